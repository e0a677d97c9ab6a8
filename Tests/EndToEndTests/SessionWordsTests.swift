import FoundationEssentials
import Glibc
import Host
import Testing

/// Which words of a command line are ours, and which the command's.
@Suite(.needsTestBed, .timeLimit(.minutes(5))) struct SessionWordsTests {
    @Test func `options of ours may stand behind the name of the command`() async throws {
        try await Workplace.with { place in
            try place.makeWords()
            let start = try await place.ray(
                "session", "start", "plain", "--lr", "0.5", "--quiet", "--name", "s", "--env", "WORD=given")
            #expect(start.output == "0.5 given\n")
            #expect(start.errors.isEmpty)
            #expect(start.status == 0)
            #expect(try place.state("s").phase == .up)
            let sweep = try await place.ray(
                "session", "execute", "plain", "--name=s", "--lr=1,2", "--parallel", "1", "--json")
            #expect(try JSONValue(parsing: Data(sweep.output.utf8))["runs"]?.array?.count == 2)
            let plan = try await place.ray("session", "start", "plain", "--dry-run")
            #expect(plan.output.hasPrefix("session `p`: nothing was started\n"))
            #expect(try await place.listed("p") == nil)
        }
    }

    @Test func `a parameter that is called like an option of ours is the command's`() async throws {
        try await Workplace.with { place in
            try place.makeWords()
            let start = try await place.ray(
                "session", "start", "--name", "s", "odd", "--name", "x", "--env", "y", "--json", "--help", "z")
            #expect(start.output == "x y true z\n")
            #expect(start.errors.contains("[4/4] Running `odd`\n"))
            #expect(start.status == 0)
            #expect(try place.state("s").phase == .up)
            let execute = try await place.ray(
                "session", "execute", "--name", "s", "odd", "--env=a=b", "--name=--name", "--help=--", "--json", "no")
            #expect(execute.output == "--name a=b false --\n")
        }
    }

    @Test func `after two dashes all words are the command's`() async throws {
        try await Workplace.with { place in
            try place.makeWords()
            let own = try await place.ray(
                "session", "start", "--name", "s", "--", "odd", "--name", "x", "--env", "y", "--help", "z")
            #expect(own.output == "x y false z\n")
            let plain = try await place.ray("session", "start", "plain", "--", "--lr", "2", "--quiet")
            #expect(
                plain.errors == "error[usage]: plain: there is no option `--quiet`\n  hint: there is only `--lr`\n")
            #expect(plain.status == 2)
            let help = try await place.ray("session", "start", "--", "plain", "--help")
            #expect(help.errors == "error[usage]: plain: there is no option `--help`\n  hint: there is only `--lr`\n")
            let text = try await place.ray(
                "session", "start", "--quiet", "--shell", "--", "printf", "%s,", "--json", "--")
            #expect(text.output == "--json,--,")
        }
    }

    @Test func `help behind the name of a command is the command's, and starts nothing`() async throws {
        try await Workplace.with { place in
            try place.makeWords()
            for words in [
                ["start", "plain", "--help"], ["start", "plain", "-h"], ["execute", "plain", "--lr", "1", "--help"],
            ] {
                let help = try await place.run(try #require(TestBed.prefix) / "bin/ray", ["session"] + words)
                #expect(
                    help.output == """
                        usage: ray session start plain [--lr FLOAT]

                          --lr FLOAT  (default: 0.1)

                        """)
                #expect(help.errors.isEmpty)
                #expect(help.status == 0)
            }
            let json = try await place.ray("session", "start", "plain", "--help", "--json")
            #expect(try JSONValue(parsing: Data(json.output.utf8))["name"] == "plain")
            let missing = try await place.ray("session", "start", "plan", "--help")
            #expect(missing.errors.hasSuffix("\n  hint: did you mean `plain`?\n"), "\(missing.errors)")
            #expect(missing.status == 2)
            for words in [["start", "--help"], ["start", "--quiet", "-h"], ["execute", "--help"]] {
                let ours = try await place.run(try #require(TestBed.prefix) / "bin/ray", ["session"] + words)
                #expect(ours.output.contains("USAGE: ray session \(words[0]) "), "\(words)")
                #expect(ours.errors.isEmpty)
                #expect(ours.status == 0)
            }
            #expect(Files.names(in: place.folder / "state/ray/sessions").isEmpty)
        }
    }

    @Test func `global options may stand in front`() async throws {
        try await Workplace.with { place in
            try place.makeWords()
            #expect(try await place.ray("--json", "session", "list").output == "[]\n")
            let quiet = try await place.ray("--quiet", "session", "start", "plain")
            #expect(quiet.output == "0.1\n")
            #expect(quiet.errors.isEmpty)
            let both = try await place.ray("-q", "--json", "session", "start", "plain", "--lr", "x")
            #expect(try JSONValue(parsing: Data(both.errors.utf8))["class"] == "usage")
            #expect(both.status == 2)
        }
    }

    @Test func `variables of the command line win, and are never written down`() async throws {
        try await Workplace.with { place in
            try place.makeProject(
                """
                environment: {variables: {WORD: project, OTHER: project}}
                commands: [{name: default, command: 'echo "$WORD" "$OTHER"; env | grep -c "^EMPTY=$"'}]
                """)
            let start = try await place.ray(
                "session", "start", "--env", "WORD=given=1 x", "--env", "HANDED", "--env", "EMPTY=", "default",
                variables: ["HANDED": "handed-on"])
            #expect(start.output == "given=1 x project\n1\n")
            #expect(
                try await place.ray("session", "execute", "--env", "OTHER=secret-2", "--shell", "echo $OTHER").output
                    == "secret-2\n")
            #expect(
                try await place.ray(
                    "session", "attach", "--env", "OTHER=secret-3", input: "echo $OTHER",
                    variables: ["SHELL": "/bin/sh"]
                ).output == "secret-3\n")
            for file in ["journal.jsonl", "lock"] {
                let data = try Files.read(place.folder / "state/ray/sessions/p" / file) ?? Data()
                let text = String(decoding: data, as: UTF8.self)
                #expect(!text.contains("given=1") && !text.contains("handed-on") && !text.contains("secret-"))
            }
            let wrong = try await place.ray("session", "start", "--env", "1x=y", "--env", "NOWHERE_SET", "default")
            #expect(
                wrong.errors == """
                    error[usage]: `--env 1x=…` does not begin with the name of a variable
                      hint: write `--env NAME=VALUE`; a name has letters, digits and `_`
                    error[usage]: `--env NOWHERE_SET` hands on a variable that is not set here
                      hint: give it a value with `--env NOWHERE_SET=VALUE`

                    """)
            #expect(wrong.status == 2)
        }
    }

    @Test func `a command on a cluster of its own is started there, and not run elsewhere`() async throws {
        try await Workplace.with { place in
            try place.makeProject(
                """
                commands:
                  - {name: default, command: echo small}
                  - name: large
                    command: echo large
                    cluster: .rayproject/large.yaml
                """)
            try place.write(".rayproject/large.yaml", "cluster_name: large\nprovider: {type: local}\n")
            _ = try await place.ray("session", "start")
            let refused = try await place.ray("session", "execute", "large")
            #expect(
                place.brief(refused.errors) == """
                    error[conflict]: .rayproject/project.yaml:7:14: `large` runs on the cluster of \
                    `.rayproject/large.yaml`, and session `p` is on that of `.rayproject/cluster.yaml`
                      hint: `ray session start large` brings its cluster up; give it a `--name` of its own

                    """)
            #expect(refused.output.isEmpty)
            #expect(refused.status == 125)
            let start = try await place.ray("session", "start", "large", "--name", "l")
            #expect(start.output == "large\n")
            #expect(try await place.listed("l")?["cluster"] == ".rayproject/large.yaml")
            #expect(try await place.ray("session", "execute", "large", "--name", "l").output == "large\n")
            #expect(try await place.listed("p")?["cluster"] == ".rayproject/cluster.yaml")
        }
    }

    @Test func `commands as JSON tell everything of their parameters`() async throws {
        try await Workplace.with { place in
            try place.makeFirstAndSecond()
            let commands = try await place.ray("session", "commands", "--json")
            #expect(commands.errors.isEmpty)
            let json = try JSONValue(parsing: Data(commands.output.utf8))
            #expect(json["project"] == "commands-test")
            let first = try #require(json["commands"]?.array?.first)
            #expect(first["name"] == "first")
            #expect(first["help"] == "the first of two")
            #expect(first["command"] == #"echo "Starting ray job with {{a}} and {{b}}""#)
            #expect(
                first["params"] == [
                    ["name": "a", "help": "what a does", "type": "int", "choices": ["1", "2"], "required": true],
                    ["name": "b", "type": "int", "choices": ["1", "2"], "required": true],
                ])
        }
    }
}

extension Workplace {
    /// A command like any other, and one whose parameters are called like options of ours.
    fileprivate func makeWords() throws {
        try makeProject(
            """
            commands:
              - name: plain
                command: echo {{lr}} $WORD
                params: [{name: lr, type: float, default: 0.1}]
              - name: odd
                command: printf '%s\\n' {{name}}" "{{env}}" "{{json}}" "{{help}}
                params: [{name: name}, {name: env}, {name: json, type: bool, default: false}, {name: help}]
            """)
    }
}
