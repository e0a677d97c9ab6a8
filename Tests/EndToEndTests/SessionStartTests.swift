import FoundationEssentials
import Host
import Testing

/// What a start does with the project, without Ray: its environment is shell text.
@Suite(.needsTestBed, .timeLimit(.minutes(5))) struct SessionStartTests {
    @Test func `a second start builds nothing`() async throws {
        try await Workplace.with { place in
            try place.makeProject(
                "environment: {shell: [echo built >> built.txt]}\ncommands: [{name: default, command: echo ran}]")
            let first = try await place.ray("session", "start")
            #expect(first.status == 0)
            #expect(first.output == "ran\n")
            let steps = try place.journal().filter { $0.step == .buildStep }.count
            #expect(steps == 1)
            #expect(try await place.ray("session", "start").output == "ran\n")
            #expect(try place.journal().filter { $0.step == .buildStep }.count == steps)
            #expect(try String(decoding: Files.read(place.project / "built.txt") ?? Data(), as: UTF8.self) == "built\n")
        }
    }

    @Test func `the status of the command is ours`() async throws {
        try await Workplace.with { place in
            try place.makeProject("commands: [{name: fail, command: exit 7}, {name: killed, command: kill -9 $$}]")
            #expect(try await place.ray("session", "start", "fail").status == 7)
            #expect(try await place.ray("session", "execute", "fail").status == 7)
            #expect(try await place.ray("session", "execute", "killed").status == 137)
            #expect(try place.state().commands.values.compactMap(\.status).sorted() == [7, 7, 137])
        }
    }

    @Test(arguments: [
        #"x"; echo INJECTED; echo ""#, "$HOME `id -u` $(id)", "it's", "a\nb", #"back\slash"#, "*", "ünï", "",
    ])
    func `a value is one piece of text wherever its placeholder stands`(value: String) async throws {
        try await Workplace.with { place in
            try place.write("show.py", "import sys; print(repr(sys.argv[1:]))\n")
            try place.makeProject(
                """
                commands:
                  - name: show
                    command: python3 show.py {{opt}} "{{opt}}" '{{opt}}' "a{{opt}}b"
                    params: [{name: opt, type: str}]
                """)
            let shown = try await place.ray("session", "start", "show", "--opt", value)
            let literal = try await place.run(
                "python3", ["-c", "import sys; print(repr([sys.argv[1]] * 3 + ['a' + sys.argv[1] + 'b']))", value])
            #expect(shown.output == literal.output)
            #expect(shown.status == 0)
        }
    }

    @Test func `a build leaves the builds of another cache alone`() async throws {
        try await Workplace.with { place in
            try place.makeProject(
                "environment:\n  shell: ['while ! [ -e go ]; do sleep 0.01; done']\ncommands: [{name: default, command: echo ran}]"
            )
            async let first = place.ray("session", "start")
            let steps = { try place.journal().filter { $0.step == .buildStep }.count }
            try await until { try steps() == 1 }
            async let second = place.ray(
                "session", "start", "--name", "q", variables: ["XDG_CACHE_HOME": place.folder / "cache2"])
            try await until { try place.journal("q").filter { $0.step == .buildStep }.count == 1 }
            try place.write("go", "")
            let (one, two) = try await (first, second)
            #expect([one.output, two.output] == ["ran\n", "ran\n"])
        }
    }

    @Test func `an answer is not remembered when a variable that a plugin may read has changed`() async throws {
        try await Workplace.with { place in
            try place.makeProject("environment: {requirements: requirements.txt}")
            try place.write("requirements.txt", "click==${WANTED}\n")
            let unset = try await place.ray("project", "validate")
            #expect(unset.status == 1)
            #expect(unset.errors.contains("WANTED"))
            #expect(try await place.ray("project", "validate", variables: ["WANTED": "8.1"]).status == 0)
            #expect(try await place.ray("project", "validate").status == 1)
        }
    }

    @Test func `errors of project, cluster and requirements are told in one run`() async throws {
        try await Workplace.with { place in
            try place.makeProject("environment: {requirements: requirements.txt}\ncommands: [{nam: x}]")
            try place.write(".rayproject/cluster.yaml", "cluster_nme: c\nprovider: {type: local}\n")
            try place.write("requirements.txt", "ray\nnumpy=2.1\n")
            for words in [["project", "validate"], ["session", "start"]] {
                let outcome = try await place.run(try #require(TestBed.prefix) / "bin/ray", words)
                #expect(outcome.status == 1)
                for part in ["project.yaml:4:", "cluster.yaml:1:1", "requirements.txt:2:6"] {
                    #expect(outcome.errors.contains(part), "\(part) in \(outcome.errors)")
                }
            }
        }
    }

    @Test func `a Python that is none is named`() async throws {
        try await Workplace.with { place in
            try place.makeProject("environment: {requirements: requirements.txt}")
            try place.write("requirements.txt", "")
            let outcome = try await place.ray("session", "start", variables: ["RAY_PYTHON": "/nonexistent"])
            #expect(outcome.status == 1)
            #expect(outcome.errors.contains("`RAY_PYTHON` names `/nonexistent`, which is no Python that runs\n"))
        }
    }

    @Test func `an interrupt sent to the client alone ends its command`() async throws {
        try await Workplace.with { place in
            try place.makeProject()
            let program = try #require(TestBed.prefix) / "bin/ray"
            let ended = try await place.run(
                "python3",
                [
                    "-c",
                    """
                    import os, signal, subprocess, sys, time
                    client = subprocess.Popen([sys.argv[1], "session", "start", "--shell", "touch runs; sleep 1000"])
                    while not os.path.exists("runs"):
                        time.sleep(0.01)
                    client.send_signal(signal.SIGINT)
                    sys.exit(client.wait())
                    """, program,
                ])
            #expect(ended.status == 143)
        }
    }

    @Test func `a command and its absence cannot both be asked for`() async throws {
        try await Workplace.with { place in
            try place.makeProject()
            let outcome = try await place.ray("session", "start", "--no-command", "--shell", "true")
            #expect(outcome.status == 2)
            #expect(
                outcome.errors
                    == "error[usage]: `--no-command` and a command cannot both be given\n  hint: leave one of them out\n"
            )
        }
    }

    @Test func `it works from a folder below the project's`() async throws {
        try await Workplace.with { place in
            try place.write("a/b/file.txt", "")
            try place.makeProject("commands: [{name: default, command: pwd}]")
            let outcome = try await place.ray("session", "start", in: place.project / "a/b")
            #expect(outcome.output == place.project + "\n")
        }
    }

    @Test func `an unwritable home does not matter where state and cache have their own folders`() async throws {
        try await Workplace.with { place in
            try place.makeProject("environment: {shell: ['true']}\ncommands: [{name: default, command: echo ran}]")
            // Nothing can be made below /proc, not even by root.
            let outcome = try await place.ray("session", "start", variables: ["HOME": "/proc"])
            #expect(outcome.output == "ran\n")
            #expect(outcome.status == 0)
        }
    }

    @Test func `variables of the project reach its commands`() async throws {
        try await Workplace.with { place in
            try place.makeProject(
                "environment: {variables: {WORD: a b, NUMBER: 1.10}}\ncommands: [{name: default, command: 'echo \"$WORD\" $NUMBER'}]"
            )
            #expect(try await place.ray("session", "start").output == "a b 1.10\n")
        }
    }

    @Test func `shell text runs as given, and several words stay words`() async throws {
        try await Workplace.with { place in
            try place.makeProject()
            #expect(try await place.ray("session", "start", "--shell", "echo a; echo b").output == "a\nb\n")
            #expect(
                try await place.ray("session", "execute", "--shell", "printf", "%s,", "a b", "-p").output == "a b,-p,")
        }
    }

    @Test func `input and output are the command's own`() async throws {
        try await Workplace.with { place in
            try place.makeProject()
            let outcome = try await place.ray(
                "session", "start", "--shell", "tr a-z A-Z; echo note >&2", input: "hello")
            #expect(outcome.output == "HELLO")
            #expect(outcome.errors.hasSuffix("note\n"))
        }
    }

    @Test func `attach opens a shell in the project's folder`() async throws {
        try await Workplace.with { place in
            try place.makeProject("environment: {variables: {COLOUR: green}}")
            _ = try await place.ray("session", "start")
            let outcome = try await place.ray(
                "session", "attach", input: "echo from-attach $((6*7)) in $PWD $COLOUR; exit 5",
                variables: ["SHELL": "/bin/bash"])
            #expect(outcome.output == "from-attach 42 in \(place.project) green\n")
            #expect(outcome.status == 5)
        }
    }

    @Test func `a failing build step shows its words, and the next start tries again`() async throws {
        try await Workplace.with { place in
            try place.makeProject(
                "environment:\n  shell: ['echo no luck; test -e luck']\ncommands: [{name: default, command: echo ran}]")
            let failed = try await place.ray("session", "start")
            #expect(failed.status == 1)
            #expect(failed.output == "")
            let errors = place.plain(failed.errors)
            let start = try #require(errors.firstRange(of: "error["))
            #expect(
                String(errors[start.lowerBound...]).replacing(/[0-9a-f]{32}/, with: "DIGEST") == """
                    error[build-failed]: .rayproject/project.yaml:4:11: shell: `echo no luck; test -e luck` failed with status 1
                      4 |   shell: ['echo no luck; test -e luck']
                        |           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^
                      no luck
                      hint: the whole output is in `FOLDER/cache/ray/v1/logs/DIGEST.log`

                    """)
            #expect(try place.state().phase == .starting)
            try place.write("luck", "")
            #expect(try await place.ray("session", "start").output == "ran\n")
        }
    }
}
