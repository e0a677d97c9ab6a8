import FoundationEssentials
import Glibc
import Host
import Testing

/// The shells complete what a user types, by the scripts that `ray` prints.
@Suite(.needsTestBed, .timeLimit(.minutes(5))) struct CompletionScriptTests {
    private static let project = #"""
        commands:
          - {name: default, command: "true"}
          - name: train
            help: "train once: fast"
            command: echo {{lr}} {{data}} {{fast}}
            params:
              - {name: lr, type: float, help: learning rate, default: 0.1}
              - {name: data, choices: [small, "la rge", "it's:"], default: small}
              - {name: fast, type: bool, default: false}
          - {name: "tr ain's: \"x\" $y*", command: "true"}
        """#

    /// Ends of lines typed, each with what a press of the key leads to.
    private static let byBash: [(line: String, replaced: String, replies: [String])] = [
        ("ray se", "se", ["session"]),
        ("ray session st", "st", ["start", "stop", "status"]),
        ("ray session start ", "", ["default", "train", #"tr\ ain\'s:\ \"x\"\ \$y\*"#]),
        (#"ray session start tr\ ain\'s:"#, "", [#"\ \"x\"\ \$y\*"#]),
        ("ray session start 'tr a", "tr a", [#"tr ain'\''s: "x" $y*"#]),
        (#"ray session start "tr a"#, "tr a", [#"tr ain's: \"x\" \$y*"#]),
        ("ray session start train --lr", "--lr", ["--lr"]),
        ("ray session start train --data ", "", ["small", #"la\ rge"#, #"it\'s:"#, #"\*"#]),
        ("ray session start train --data=l", "l", [#"la\ rge"#]),
        (#"ray session start train --data="l"#, "l", ["la rge"]),
        ("ray session start train --fast=", "", ["true", "false"]),
        ("ray session start --plugin-path ", "", ["dirnames"]),
        ("ray session start --plugin-path=/tm", "/tm", ["dirnames"]),
        ("ray session stop ", "", [#"a:b\ c"#]),
        ("ray session stop a:", "", [#"b\ c"#]),
        ("ray session attach --name ", "", [#"a:b\ c"#]),
        ("ray start --he", "--he", ["default"]),
        ("ray session frob ", "", []),
    ]

    @Test func `bash completes words as they are typed, quotes and all`() async throws {
        try await Workplace.with { place in
            try await prepare(place)
            // Outside of a completion `compopt` is an error.
            var script = "eval \"$('\(try program())' completion bash)\"\ncompopt() { COMPREPLY=(\"$2\"); }\n"
            for (line, replaced, _) in Self.byBash {
                script += """
                    COMP_LINE=\(line.shellQuoted) COMP_POINT=${#COMP_LINE} COMP_WORDS=($COMP_LINE) COMPREPLY=()
                    _ray ray \(replaced.shellQuoted) ''
                    printf '%s\\n' "${COMPREPLY[@]}" END

                    """
            }
            let outcome = try await place.run("bash", ["--norc", "--noprofile", "-fc", script])
            #expect(outcome.errors.isEmpty)
            let replies = outcome.output.split(separator: "END\n", omittingEmptySubsequences: false).map {
                $0.split(separator: "\n").map(String.init)
            }
            try #require(replies.count == Self.byBash.count + 1)
            for (reply, example) in zip(replies, Self.byBash) { #expect(reply == example.replies, "\(example.line)") }
        }
    }

    @Test func `bash replaces the end of the word at a terminal`() async throws {
        // `script` gives bash a terminal.
        guard try await Workplace.has("script") else { return }
        try await Workplace.with { place in
            try await prepare(place)
            try place.write("rc", "PS1=\nbind 'set bell-style none'\neval \"$('\(try program())' completion bash)\"\n")
            let keys = """
                ray() { printf '<%s>' "$@" >> out; echo >> out; }
                ray session start train --data="l\t --lr 1
                ray session start tr\\ a\t
                ray session stop a:\t
                exit

                """
            let outcome = try await place.run(
                "sh",
                [
                    "-c",
                    "(sleep 1; while IFS= read -r line; do printf '%s\\n' \"$line\"; sleep 0.5; done; sleep 1)"
                        + " | script -qc 'bash --noprofile --rcfile rc -i' /dev/null",
                ], input: keys)
            #expect(outcome.status == 0)
            let typed = try #require(try Files.read(place.project / "out"))
            #expect(
                String(decoding: typed, as: UTF8.self) == """
                    <session><start><train><--data=la rge><--lr><1>
                    <session><start><tr ain's: "x" $y*>
                    <session><stop><a:b c>

                    """)
        }
    }

    @Test(.enabled("zsh is not installed") { try await Workplace.has("zsh") })
    func `zsh is given words and what they are`() async throws {
        try await Workplace.with { place in
            try await prepare(place)
            let script = """
                compdef() { : }
                compset() { print -r -- "compset $*" }
                _files() { print -r -- "files $*" }
                compadd() { print -rl -- "$@[1,-3]" "${(@P)@[-3]}" "${(@P)@[-1]}" }
                eval "$('\(try program())' completion zsh)"
                complete() { words=("$@"); CURRENT=$#words; PREFIX=$words[-1]; _ray; print END }
                complete ray session start tr
                complete ray session start "tr\\\\ ain" --plugin-path ''
                complete ray session start train --data "'l"
                """
            let outcome = try await place.run("zsh", ["-f", "-c", script])
            #expect(outcome.errors.isEmpty)
            #expect(
                outcome.output == """
                    -V
                    ray
                    -l
                    -d
                    shown
                    default
                    train  -- train once: fast
                    tr ain's: "x" $y*
                    default
                    train
                    tr ain's: "x" $y*
                    END
                    compset -P -*=
                    files -/
                    END
                    -V
                    ray
                    -l
                    -d
                    shown
                    small  -- the default
                    la rge
                    it's:
                    *  -- each of them
                    small
                    la rge
                    it's:
                    *
                    END

                    """)
        }
    }

    @Test(.enabled("fish is not installed") { try await Workplace.has("fish") })
    func `fish completes words as they are typed, quotes and all`() async throws {
        try await Workplace.with { place in
            try await prepare(place)
            try Files.makeFolder(place.project / "a folder")
            let script = """
                '\(try program().replacing("'", with: "\\'"))' completion fish | source
                for line in 'ray session st' 'ray session start tr\\\\ ' 'ray session start train --data=l' \\
                    'ray session start train --data "l' 'ray session stop ' 'ray session start --plugin-path a' \\
                    'ray session start --plugin-path=a' 'ray job a'
                    complete -C $line
                    echo END
                end
                """
            let outcome = try await place.run("fish", ["--no-config", "-c", script])
            #expect(outcome.errors.isEmpty)
            #expect(
                outcome.output == """
                    start\tBring a session up and run a command in it.
                    stop\tEnd the commands and the Ray of sessions.
                    status\tShow a session: what it has, what runs in it and what has run.
                    END
                    tr ain's: "x" $y*
                    END
                    --data=la rge
                    END
                    la rge
                    END
                    a:b c
                    END
                    a folder/
                    END
                    --plugin-path=a folder/
                    END
                    a folder/
                    END

                    """)
        }
    }

    @Test func `completion says nothing of what is wrong, and writes nothing`() async throws {
        try await Workplace.with { place in
            for project in ["[", "commands: 7", "\u{0}"] {
                try place.write(".rayproject/project.yaml", project)
                let outcome = try await place.ray(
                    "completion", "complete", "--shell", "zsh", "--", "session", "start", "")
                #expect(outcome.status == 0)
                #expect(outcome.errors.isEmpty)
                #expect(outcome.output.hasPrefix("--name\t"))
            }
            #expect(!Files.exists(place.folder / "state"))
            #expect(!Files.exists(place.folder / "cache"))
        }
    }

    @Test func `make install puts the scripts where the shells look for them`() async throws {
        try await Workplace.with { place in
            let repository = #filePath.parentPath.parentPath.parentPath
            let prefix = place.folder / "prefix"
            let outcome = try await place.run(
                repository / "Scripts/install", [try #require(TestBed.prefix), prefix], in: repository)
            #expect(outcome.errors.isEmpty)
            #expect(outcome.status == 0)
            for (shell, file) in [
                ("bash", "bash-completion/completions/ray"), ("zsh", "zsh/site-functions/_ray"),
                ("fish", "fish/vendor_completions.d/ray.fish"),
            ] {
                let printed = try await place.run(prefix / "bin/ray", ["completion", shell])
                let installed = try #require(try Files.read(prefix / "share" / file))
                #expect(String(decoding: installed, as: UTF8.self) == printed.output)
                #expect(
                    printed.output.contains(
                        shell == "fish"
                            ? "'\(prefix.replacing("'", with: "\\'"))/bin/ray'" : (prefix / "bin/ray").shellQuoted))
            }
        }
    }

    private func program() throws -> String { try #require(TestBed.prefix) / "bin/ray" }

    /// A project with names that must be quoted, and a session with such a name beside an ended one.
    private func prepare(_ place: Workplace) async throws {
        try place.makeProject()
        for name in ["a:b c", "ended"] {
            let started = try await place.ray("session", "start", "--name", name, "--no-command")
            #expect(started.status == 0, "\(started.errors)")
        }
        #expect(try await place.ray("session", "stop", "ended", "--terminate").status == 0)
        // A session cannot be started with a command of such a name; completion has no opinion.
        try place.makeProject(Self.project)
    }
}

extension Workplace {
    /// Whether this machine has a program.
    static func has(_ program: String) async throws -> Bool {
        let path = TestBed.variable("PATH") ?? ""
        return path.split(separator: ":").contains { access(String($0) / program, X_OK) == 0 }
    }
}
