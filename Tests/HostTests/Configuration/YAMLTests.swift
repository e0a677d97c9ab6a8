import Host
import Testing

@Suite struct `Reading YAML` {
    @Test(arguments: scalarsAsPyYAMLReadsThem.indices)
    func `a plain scalar has the type that PyYAML gives it`(index: Int) throws {
        let (text, expected) = scalarsAsPyYAMLReadsThem[index]
        let node = try #require(try YAMLNode.parse("- \(text)", file: "f")[0])
        if case .float(let number) = expected, number.isNaN {
            guard case .float(let found) = node.value else {
                Issue.record("`\(text)` is \(node.value)")
                return
            }
            #expect(found.isNaN)
        } else {
            #expect(node.value == expected, "\(text)")
        }
        #expect(node.text == text)
    }

    @Test(arguments: [
        ("!!str 12", YAMLNode.Value.string("12")), ("'12'", .string("12")),
        ("\"yes\"", .string("yes")), ("!!int '12'", .int(12)), ("!!float 3", .float(3)),
        ("!!bool 'on'", .bool(true)), ("!!null x", .null), ("!!seq []", .sequence([])),
        ("!!map {}", .mapping([])), ("|\n  a\n  b\n", .string("a\nb\n")), (">-\n  a\n  b\n", .string("a b")),
        ("-9223372036854775808", .int(.min)), ("\"\\u00e9\\n\"", .string("é\n")),
    ])
    func `tags and quotes decide the type`(text: String, expected: YAMLNode.Value) throws {
        #expect(try YAMLNode.parse(text, file: "f").value == expected)
    }

    @Test func `places count from 1 and columns are characters`() throws {
        let node = try YAMLNode.parse("\u{FEFF}name: é\r\nlist: [ü, x]\r\n", file: "f.yaml")
        #expect(node.entry("name")?.keyPlace == Place(file: "f.yaml", line: 1, column: 1))
        #expect(node["name"]?.place == Place(file: "f.yaml", line: 1, column: 7))
        #expect(node["list"]?[1]?.place == Place(file: "f.yaml", line: 2, column: 11))
        #expect(node["list"]?[1]?.string == "x")
        #expect(node["list"]?[2] == nil)
        #expect(node.places["/list/0"] == Place(file: "f.yaml", line: 2, column: 8))
    }

    @Test func `keys keep their text`() throws {
        let node = try YAMLNode.parse("yes: 1\n010: 2\n~: 3\n1.10: 4\n", file: "f")
        #expect(node.mapping?.map(\.key) == ["yes", "010", "~", "1.10"])
    }

    @Test(arguments: ["", "\n\n", "# only a comment\n", "---\n", "~"])
    func `an empty file is null`(text: String) throws {
        #expect(try YAMLNode.parse(text, file: "f").isNull)
    }

    @Test func `the JSON has the values`() throws {
        let node = try YAMLNode.parse("a: [1, 2.5, yes, ~, x]\nb: {c: .inf}", file: "f")
        #expect(node.json == ["a": [1, .number(2.5), true, .null, "x"], "b": ["c": ".inf"]])
    }

    @Test func `merge keys yield to own keys, and later mappings to earlier ones`() throws {
        let text = """
            a: &a {x: 1, y: 1}
            b: &b {y: 2, z: 2}
            one: {<<: *a, x: 3}
            list: {<<: [*a, *b], w: 4}
            two: {<<: *a, y: 5, <<: *b}
            quoted: {"<<": 1}
            """
        let node = try YAMLNode.parse(text, file: "f")
        #expect(node["one"]?.json == ["x": 3, "y": 1])
        #expect(node["list"]?.json == ["x": 1, "y": 1, "z": 2, "w": 4])
        #expect(node["two"]?.json == ["x": 1, "y": 5, "z": 2])
        #expect(node["quoted"]?.json == ["<<": 1])
    }

    @Test(arguments: [
        ("a:\n\tb: 1\n", "f:2:1: a tab cannot indent YAML (use spaces)"),
        ("a:\n  b: 1\n \tc: 1\n", "f:3:2: a tab cannot indent YAML (use spaces)"),
        ("a: 1\na: 2\n", "f:2:1: the key `a` is given twice, first on line 1, column 1"),
        ("? [a]\n: 1\n", "f:1:3: a key must be a single word or text"),
        ("a: *b\n", "f:1:4: no `&b` comes before `*b`"),
        ("base: &base 1\na: *bse\n", "f:2:4: no `&bse` comes before `*bse` (did you mean `*base`?)"),
        ("a: &a [*a]\n", "f:1:8: `*a` stands inside the very value it names"),
        ("a: 1\n---\nb: 2\n", "f:2:1: a second document begins here (keep one document in a file)"),
        ("a: !!set {x}\n", "f:1:4: the tag `!!set` is not supported (leave the tag out)"),
        ("a: !Ref x\n", "f:1:4: the tag `!Ref` is not supported (leave the tag out)"),
        ("a: !!seq {}\n", "f:1:4: the tag `!!seq` is not supported (leave the tag out)"),
        ("a: !!int x\n", "f:1:4: `x` is no `!!int`"),
        ("a: {<<: 1}\n", "f:1:9: `<<` takes a mapping or a list of mappings"),
        (
            "a: 9223372036854775808\n",
            "f:1:4: `9223372036854775808` does not fit a 64-bit integer (put it in quotes if it is text)"
        ),
        (
            "a: b: c\n",
            "f:1:5: a `key: value` cannot stand here "
                + "(check the indentation, and quote a text that contains `: `)"
        ),
        (
            "a: 1\nbcd\ne: 2\n",
            "f:3:1: a `:` is missing after a key (write `key: value`, and check the indentation)"
        ),
        ("a: 'x\n", "f:2:1: a quote is not closed"),
        ("a: [1, 2\nb: 3\n", "f:2:2: a `,` or `]` is missing"),
        ("a: @x\n", "f:1:4: a text cannot begin with this character (put the text in quotes)"),
        ("a: %x\n", "f:1:4: a text cannot begin with this character (put the text in quotes)"),
        ("a: \u{1}\n", "f:1:4: a control character is not allowed in YAML"),
    ])
    func `what is wrong is said with its place`(text: String, expected: String) {
        #expect(firstProblem { _ = try YAMLNode.parse(text, file: "f") } == expected)
    }

    @Test func `libyaml's context says where the construct starts`() {
        let failure = #expect(throws: Failure.self) { try YAMLNode.parse("a: 1\nb: 'x\ny\n", file: "f") }
        #expect(
            failure?.diagnostics.first?.cause == "while scanning a quoted scalar that starts on line 2")
    }

    @Test func `bytes that are not UTF-8 are refused with their line`() {
        let bytes = Array("a: é\nb: ".utf8) + [0xFF, 0x0A]
        #expect(firstProblem { _ = try YAMLNode.parse(bytes, file: "f") } == "f:2:4: the file is not UTF-8 text")
        let wide: [UInt8] = [0xFF, 0xFE, 0x61, 0x00]
        #expect(firstProblem { _ = try YAMLNode.parse(wide, file: "f") } == "f:1:1: the file is not UTF-8 text")
    }
}

@Suite struct `The bounds of YAML` {
    @Test func `a billion laughs are refused at the alias`() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
        for level in 1...9 {
            let aliases = Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(aliases)]\n"
        }
        #expect(
            firstProblem { _ = try YAMLNode.parse(text, file: "f") }
                == "f:5:10: the aliases unfold to more than 10,000 values")
    }

    @Test func `64 levels are read and 65 are not`() throws {
        let deepest = String(repeating: "[", count: 64) + String(repeating: "]", count: 64)
        _ = try YAMLNode.parse(deepest, file: "f")
        let tooDeep = String(repeating: "[", count: 65) + String(repeating: "]", count: 65)
        #expect(
            firstProblem { _ = try YAMLNode.parse(tooDeep, file: "f") }
                == "f:1:65: the file is nested more than 64 levels deep")
    }

    @Test func `aliases cannot nest deeper than the file may`() {
        var text = "a0: &a0 []\n"
        for level in 1...70 { text += "a\(level): &a\(level) [*a\(level - 1)]\n" }
        #expect(
            firstProblem { _ = try YAMLNode.parse(text, file: "f") }
                == "f:64:12: `*a62` is nested more than 64 levels deep")
    }

    @Test func `a file of more than 1 MiB is refused`() {
        let bytes = [UInt8](repeating: UInt8(ascii: "\n"), count: (1 << 20) + 1)
        #expect(firstProblem { _ = try YAMLNode.parse(bytes, file: "f") } == "f: the file is larger than 1 MiB")
    }
}

@Suite struct `Writing YAML` {
    @Test(arguments: [
        "", " ", "plain", "with \"quote", "a: b", "- x", "yes", "012", "back\\slash", "line\nbreak\r\ttab", "é√😀",
        "\u{85}\u{2028}\u{FEFF}\u{A0}\u{7F}\u{1}", "#", "*a", "'single'", "\u{200B}",
    ])
    func `a quoted text is read back as it was`(text: String) throws {
        #expect(try YAMLNode.parse("k: \(YAMLText.quoted(text))\n", file: "f")["k"]?.value == .string(text))
    }
}
