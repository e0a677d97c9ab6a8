import Host
import Testing

private let place = Place(file: "project.yaml", line: 3, column: 14)

private func template(_ text: String) -> CommandTemplate {
    CommandTemplate(parsing: text, place: place)
}

private let shells = ["sh", "bash"]

private let values = [
    "", "plain", "two words", "x\"; echo INJECTED; echo \"", "$HOME `id -u`", "$(id -u)", "it's", "'; id; '", "a\nb",
    "\n", "trailing\n", "!", "wow!!", "!id", "\\", "\\\\", "\\n", "trailing\\", "*", "?[a-z]", "~", "é√😀", "{{x}}",
    "{{other}}",
    "a\tb", " lead", "-n", "--", "#", "a #b", ";", "&", "|", ">", "<(id)", "${HOME}", "$((1+1))", "$'a'", "\"", "\"\"",
    "'", "''", "%s", "{a,b}", "{1..3}", "if", "a=b", "\\\"", "\\'", "\\$HOME", "\u{1}", "\u{7F}", "\r",
]

/// Shell texts that print the value and nothing else, each with the places a value may stand in.
private let safeTexts = [
    "printf %s {{x}}", "printf %s {{ x }}", "printf %s \"{{x}}\"", "printf %s '{{x}}'",
    "printf %s ''{{x}}\"\"", "printf '%s' \"$NOTHING{{x}}\"", "printf '%s' \"${NOTHING}{{x}}\"",
    "printf '%s' \"$1{{x}}\"", "v={{x}}; printf %s \"$v\"", "v=\"{{x}}\"; printf %s \"$v\"",
    "v=$(printf a); printf %s {{x}}", "printf %s \"$(printf '')\"\"{{x}}\"", "printf %s \"$(printf '' \")\")\"{{x}}",
    "v=`printf a`; printf %s \"{{x}}\"", ": a # it's \"\n printf %s {{x}}",
    "printf %s $((0))>/dev/null; printf %s '{{x}}'",
    "cat <<EOF >/dev/null\nit's \"\nEOF\nprintf %s {{x}}", "cat <<'EOF' >/dev/null\n$(\nEOF\nprintf %s \"{{x}}\"",
    "cat <<-EOF >/dev/null\n\tit's\n\tEOF\nprintf %s {{x}}", "(printf %s {{x}})", "{ printf %s \"{{x}}\"; }",
    "if :; then printf %s {{x}}; fi", "case {{x}} in *) printf %s {{x}};; esac",
    "printf %s \\\n  {{x}}", "printf %s \"\\\n{{x}}\"", "printf %s \"$NOTHING\\\n{{x}}\"",
    "v=\"$(cat <<EOF\nit's ) \"\nEOF\n)\"; printf %s {{x}}", "w='it'\\''s'; printf %s {{x}}",
    "printf %s \"\\\\\" >/dev/null; printf %s {{x}}", "x=$#; printf %s {{x}}", "x=a#b; printf %s {{x}}",
    "x=${HOME#/}; printf %s \"{{x}}\"", "f() { printf %s {{x}}; }; f",
]

@Suite struct `A value in a command` {
    @Test(arguments: shells, safeTexts)
    func `is one piece of text in every place`(shell: String, text: String) throws {
        let template = template(text)
        #expect(template.diagnostics.isEmpty, "\(text)")
        for value in values {
            // A mark at the end, as `$(…)` is not used here but a value may end in a line break.
            let script = template.render(["x": value])
            #expect(try output(of: shell, running: script) == value, "\(shell): \(script)")
        }
    }

    @Test func `a dollar sign before a value is text`() throws {
        #expect(try output(of: "sh", running: template("printf %s \"\\${{x}}\"").render(["x": "5"])) == "$5")
        #expect(try output(of: "bash", running: template("printf %s '${{x}}'").render(["x": "HOME"])) == "$HOME")
    }

    @Test func `bash arrays and process substitutions take values`() throws {
        let script = template("a=(1 {{x}}); printf %s \"${a[1]}\"; cat <(printf %s {{x}})").render(["x": "it's"])
        #expect(try output(of: "bash", running: script) == "it'sit's")
    }
}

@Suite struct `Rendering a command` {
    @Test(arguments: [
        ("a {{x}} b", "a 'it'\\''s' b"), ("a \"{{x}}\"", "a \"it's\""), ("a '{{x}}'", "a 'it'\\''s'"),
        ("a \"$b{{x}}\"", "a \"$b\"'it'\\''s'\"\""), ("{{y}}", "''"), ("none", "none"), ("", ""),
        ("docker ps --format '{{.Names}}'", "docker ps --format '{{.Names}}'"),
        ("{{ }} {{a b}} {x} {{-x}}", "{{ }} {{a b}} {x} {{-x}}"),
        ("{{{x}}}", "{'it'\\''s'}"), ("{{num-mappers}}", "'3'"),
    ])
    func `puts each value in once, quoted for its place`(text: String, expected: String) {
        #expect(template(text).render(["x": "it's", "num-mappers": "3"]) == expected)
    }

    @Test func `names are listed once and in order`() {
        #expect(template("{{b}} {{a}} \"{{b}}\" $({{c}})").placeholders == ["b", "a", "c"])
    }
}

@Suite struct `A placeholder where nothing can be quoted` {
    @Test(arguments: [
        ("echo $(cat {{x}})", "inside `$(…)`"), ("echo \"$(cat \"{{x}}\")\"", "inside `$(…)`"),
        ("echo $(echo $(echo '{{x}}'))", "inside `$(…)`"), ("echo `cat {{x}}`", "inside backticks"),
        ("echo \"`cat {{x}}`\"", "inside backticks"), ("echo ${v:-{{x}}}", "inside `${…}`"),
        ("echo \"${v:-{{x}}}\"", "inside `${…}`"), ("echo $((1 + {{x}}))", "inside `$((…))`"),
        ("echo $[1 + {{x}}]", "inside `$[…]`"), ("(( v = {{x}} ))", "inside `((…))`"),
        ("for ((i = 0; i < {{x}}; i++)); do :; done", "inside `((…))`"), ("echo $'{{x}}'", "inside `$'…'`"),
        ("echo $\"{{x}}\"", "inside `$\"…\"`"), ("cat <<EOF\n{{x}}\nEOF\n", "inside a here-document"),
        ("cat <<'EOF'\n{{x}}\nEOF\n", "inside a here-document"),
        ("cat <<-EOF\n\t{{x}}\n\tEOF\n", "inside a here-document"),
        ("cat <<A <<B\n1\nA\n{{x}}\nB\n", "inside a here-document"), ("cat <<EOF\n{{x}}", "inside a here-document"),
        ("cat <<{{x}}\n", "in the word that ends a here-document"), ("echo # {{x}}", "in a comment"),
        ("# it's {{x}}", "in a comment"), ("echo \\{{x}}", "right behind a backslash"),
        ("echo \"\\{{x}}\"", "right behind a backslash"), ("echo ${{x}}", "right behind a `$`"),
        ("echo \"${{x}}\"", "right behind a `$`"), ("[[ {{x}} -gt 3 ]]", "inside `[[ … ]]`"),
        ("[[ \"{{x}}\" -gt 3 ]]", "inside `[[ … ]]`"), ("a[{{x}}]=1", "inside an index `[…]`"),
        ("a[\"{{x}}\"]=1", "inside an index `[…]`"), ("a\\\n[{{x}}]=1", "inside an index `[…]`"),
        ("echo \"$(case a in a) ;; esac)\" {{x}}", "behind a `case` inside `$(…)`"),
        ("echo $'a\\'b' {{x}}", "behind a `$'…'` that shells read in different ways"),
        ("echo \"$\\\n(id)\" {{x}}", "behind a `$` that a line end follows"),
        ("echo \"${v:-'}'}\" {{x}}", "behind quotes inside `\"${…}\"`, which shells read in different ways"),
        ("echo `echo '` {{x}}", "behind a quote inside backticks that is not closed"),
        ("echo $((echo a) # '\n) {{x}}", "behind `((` with quotes, comments or several lines in it"),
    ])
    func `is refused with where it stands`(text: String, place words: String) {
        let diagnostics = template(text).diagnostics
        #expect(diagnostics.count == 1)
        #expect(diagnostics.first?.message == "`{{x}}` stands \(words), where its value cannot be quoted")
        #expect(diagnostics.first?.place == place)
        #expect(diagnostics.first?.errorClass == .input)
    }

    @Test(arguments: [
        (
            "echo $(cat {{the-file}})",
            "put `the_file={{the-file}}` on a line of its own before, and write `$the_file` here"
        ),
        ("# {{x}}", "take it out of the comment"), ("[[ {{x}} ]]", "use `[ … ]`"),
        ("${{x}}", "leave the `$` out, or write `\\$` for the sign itself"),
    ])
    func `is refused with a cure`(text: String, hint: String) {
        #expect(template(text).diagnostics.first?.hint == hint)
    }

    @Test func `placeholders after it are judged by themselves`() {
        let template = template("a $(b {{x}}) {{y}} `c {{x}}` \"{{y}}\" # {{x}}\n[[ {{x}} ]] && a[{{x}}]={{y}}")
        #expect(template.diagnostics.count == 5)
        #expect(template.segments.count { $0 != .text("") && !"\($0)".contains("text(") } == 3)
    }

    @Test func `deep nesting ends in a refusal`() {
        let text = String(repeating: "$(", count: 10_000) + "{{x}}"
        #expect(!template(text).diagnostics.isEmpty)
    }
}
