import FoundationEssentials
import Host
import Testing

/// What the sessions of Ray 0.8 did with one command, case by case, and what became of it here.
@Suite(.needsTestBed, .timeLimit(.minutes(10))) struct AcceptanceSessionTests {
    @Test func `15, commands shows how each command is used`() async throws {
        try await Workplace.with { place in
            try place.makeP2()
            let commands = try await place.ray("session", "commands")
            #expect(
                commands.output == """
                    Active project: p2

                    Command "default":
                      usage: ray session start default
                      runs the job

                    Command "train":
                      usage: ray session start train [--lr FLOAT] --dataset {a,b} [--epochs INT]
                               [--opt VALUE]
                      trains the model

                        --lr FLOAT       the learning rate (default: 0.1)
                        --dataset {a,b}  the data set (required)
                        --epochs INT     (default: 3)
                        --opt VALUE      (empty unless given)

                    Command "bg":
                      usage: ray session start bg

                    Command "fail":
                      usage: ray session start fail

                    """)
            #expect(commands.errors.isEmpty)
            #expect(commands.status == 0)
        }
    }

    @Test func `16, no commands are no mistake, and a percent sign in a help is printed`() async throws {
        try await Workplace.with { place in
            try place.makeProject(named: "a")
            let none = try await place.ray("session", "commands")
            #expect(none.output == "Active project: a\n")
            #expect(
                place.plain(none.errors)
                    == "it has no commands; `commands` in PROJECT/.rayproject/project.yaml is where they go\n")
            #expect(none.status == 0)
            try place.makeProject(named: "a", "commands: [{name: b, command: c, help: '100% sure %s %(x)d'}]")
            let percent = try await place.ray("session", "commands")
            #expect(percent.output.hasSuffix("\n  100% sure %s %(x)d\n"))
            #expect(percent.status == 0)
        }
    }

    @Test func `17, a start without a command is three steps, and the project's files are there`() async throws {
        try await Workplace.with { place in
            try place.makeP2()
            try place.write("hello.py", "print('hello')\n")
            let start = try await place.ray("session", "start", "--no-command")
            #expect(
                start.errors == """
                    [1/3] Creating cluster: this machine
                    [2/3] Syncing the project: in place, nothing to copy
                    [3/3] Setting up environment: nothing to build
                          no Ray in this environment: commands run without
                    session `p2` is up: `ray session execute` runs a command in it, `ray session stop` ends it

                    """)
            #expect(start.output.isEmpty)
            #expect(start.status == 0)
            #expect(
                try await place.ray("session", "execute", "--shell", "python3 hello.py; ls -A").output
                    == "hello\n.rayproject\nhello.py\n")
        }
    }

    @Test func `18, a start of the command default is four steps, and a second start skips what is done`() async throws
    {
        try await Workplace.with { place in
            try place.makeP2("environment: {shell: [echo built >> built.txt]}")
            let first = try await place.ray("session", "start", "default")
            #expect(first.output == "Starting ray job in \(place.project)\n")
            #expect(first.errors.contains("[4/4] Running `default`\n"))
            #expect(!first.errors.contains("(unchanged)"))
            #expect(first.status == 0)
            let second = try await place.ray("session", "start", "default")
            #expect(second.output == first.output)
            #expect(second.errors.contains(/\[3\/4\] Setting up environment: shell [0-9a-f]{8} \(unchanged\)\n/))
            #expect(second.status == 0)
            #expect(try place.text("built.txt") == "built\n")
        }
    }

    @Test func `19, execute finds the session of a start, whatever the cluster is called`() async throws {
        try await Workplace.with { place in
            try place.makeP2()
            _ = try await place.ray("session", "start", "--no-command")
            let execute = try await place.ray("session", "execute", "default")
            #expect(execute.output == "Starting ray job in \(place.project)\n")
            #expect(execute.errors.isEmpty)
            #expect(execute.status == 0)
        }
    }

    @Test func `20, a parameter without value is empty where it may be, else told`() async throws {
        try await Workplace.with { place in
            try place.makeP2()
            _ = try await place.ray("session", "start", "--no-command")
            #expect(
                try await place.ray("session", "execute", "train", "--lr", "0.5", "--dataset", "a").output
                    == "train 0.5 a 3 \n")
            let unset = try await place.ray("session", "execute", "train", "--lr", "0.5")
            #expect(unset.errors == "error[usage]: train: `--dataset` is not given and has no default\n")
            #expect(unset.output.isEmpty)
            #expect(unset.status == 2)
        }
    }

    @Test func `20, a placeholder that stands for no parameter is told before anything starts`() async throws {
        try await Workplace.with { place in
            try place.makeProject("commands: [{name: train, command: 'echo {{lr}} {{missing}}', params: [{name: lr}]}]")
            for (words, status) in [(["project", "validate"], 1), (["session", "start", "train", "--lr", "1"], 125)] {
                let outcome = try await place.run(try #require(TestBed.prefix) / "bin/ray", words)
                #expect(
                    place.brief(outcome.errors) == """
                        error[input]: .rayproject/project.yaml:3:48: `{{missing}}` stands for no parameter of `train`
                          hint: add `missing` to its `params`

                        """)
                #expect(outcome.output.isEmpty)
                #expect(outcome.status == Int32(status))
            }
            #expect(try await place.listed("p") == nil)
        }
    }

    @Test(arguments: [
        (["--lr", "abc", "--dataset", "a"], "`--lr` must be a number, not `abc`"),
        (["--dataset", "zzz"], "`--dataset` must be one of `a`, `b`, not `zzz`"),
        (
            ["--dataset", "a", "--nope", "1"],
            "there is no option `--nope`\n  hint: there are `--lr`, `--dataset`, `--epochs`, `--opt`"
        ),
        (["--dataset", "a", "extra"], "unexpected argument `extra`"),
    ])
    func `21, arguments that do not fit are usage errors`(words: [String], message: String) async throws {
        try await Workplace.with { place in
            try place.makeP2()
            _ = try await place.ray("session", "start", "--no-command")
            for verb in ["start", "execute"] {
                let outcome = try await place.run(
                    try #require(TestBed.prefix) / "bin/ray", ["session", verb, "train"] + words)
                #expect(outcome.errors == "error[usage]: train: \(message)\n")
                #expect(outcome.output.isEmpty)
                #expect(outcome.status == 2)
            }
        }
    }

    @Test func `22, a command that the project does not have is told, with those that it has`() async throws {
        try await Workplace.with { place in
            try place.makeP2()
            _ = try await place.ray("session", "start", "--no-command")
            let missing = try await place.ray("session", "execute", "nosuch")
            #expect(
                place.plain(missing.errors) == """
                    error[usage]: there is no command `nosuch` in `PROJECT/.rayproject/project.yaml`
                      hint: the project has `default`, `train`, `bg`, `fail`

                    """)
            #expect(missing.status == 2)
        }
    }

    @Test func `23, a value is never a command`() async throws {
        try await Workplace.with { place in
            try place.makeP2()
            _ = try await place.ray("session", "start", "--no-command")
            let value = #"x"; echo INJECTED; echo ""#
            let outcome = try await place.ray("session", "execute", "train", "--dataset", "a", "--opt", value)
            #expect(outcome.output == "train 0.1 a 3 \(value)\n")
            #expect(outcome.status == 0)
        }
    }

    @Test func `24, the status of a command is that of execute`() async throws {
        try await Workplace.with { place in
            try place.makeP2()
            _ = try await place.ray("session", "start", "--no-command")
            let outcome = try await place.ray("session", "execute", "fail")
            #expect(outcome.status == 7)
            #expect(outcome.errors.isEmpty)
        }
    }

    @Test func `25, shell text keeps its words, and execute alone is a usage error`() async throws {
        try await Workplace.with { place in
            try place.makeP2()
            _ = try await place.ray("session", "start", "--no-command")
            #expect(try await place.ray("session", "execute", "--shell", "uptime").status == 0)
            let pretty = try await place.ray("session", "execute", "--shell", "uptime", "-p")
            #expect(pretty.output.hasPrefix("up "))
            #expect(pretty.status == 0)
            let alone = try await place.ray("session", "execute")
            #expect(
                alone.errors == """
                    error[usage]: `ray session execute` needs a command
                      hint: the project has `default`, `train`, `bg`, `fail`

                    """)
            #expect(alone.status == 2)
        }
    }
}
