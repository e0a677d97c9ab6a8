import FoundationEssentials
import Host
import Testing

/// What the sessions of Ray 0.8 did with several values, environments and shells, case by case.
@Suite(.needsTestBed, .timeLimit(.minutes(10))) struct AcceptanceEnvironmentTests {
    @Test func `26, a wildcard is one session with a run for each choice`() async throws {
        try await Workplace.with { place in
            try place.makeP2("environment: {shell: [echo built >> built.txt]}")
            let sweep = try await place.ray("session", "start", "train", "--lr", "0.5", "--dataset", "*")
            #expect(sweep.sortedLines == ["dataset=a | train 0.5 a 3 ", "dataset=b | train 0.5 b 3 "])
            #expect(sweep.status == 0)
            #expect(try place.text("built.txt") == "built\n")
            #expect(
                Files.names(in: place.folder / "state/ray/sessions") == ["p2"],
                "all runs share one session, so its environment and its Ray")
            let runs = try #require(try await place.listed("p2")?["runs"]?.array)
            #expect(runs.map { $0["choices"] } == ["dataset=a", "dataset=b"])
            #expect(runs.map { $0["status"] } == [0, 0])
        }
    }

    @Test func `26, the runs are side by side`() async throws {
        try await Workplace.with { place in
            // Each waits for the other.
            try place.makeProject(
                """
                commands:
                  - name: meet
                    command: |
                      touch here-{{x}}
                      while ! { [ -e here-a ] && [ -e here-b ]; }; do sleep 0.01; done
                      echo met
                    params: [{name: x, choices: [a, b]}]
                """)
            let sweep = try await place.ray("session", "start", "meet", "--x", "*", "--parallel", "2")
            #expect(sweep.sortedLines == ["x=a | met", "x=b | met"])
        }
    }

    @Test func `27, two wildcards are a product, and so are lists`() async throws {
        try await Workplace.with { place in
            try place.makeProject(
                """
                commands:
                  - name: train
                    command: echo {{lr}} {{dataset}} {{size}}
                    params:
                      - {name: lr, type: float, default: 0.1}
                      - {name: dataset, choices: [a, b], default: a}
                      - {name: size, type: int, choices: [1, 2], default: 1}
                """)
            let both = try await place.ray("session", "start", "train", "--dataset", "*", "--size", "*")
            #expect(
                both.sortedLines == [
                    "dataset=a size=1 | 0.1 a 1", "dataset=a size=2 | 0.1 a 2", "dataset=b size=1 | 0.1 b 1",
                    "dataset=b size=2 | 0.1 b 2",
                ])
            #expect(both.status == 0)
            let list = try await place.ray("session", "execute", "train", "--lr", "0.1,0.01", "--dataset", "*")
            #expect(
                list.sortedLines == [
                    "lr=0.01 dataset=a | 0.01 a 1", "lr=0.01 dataset=b | 0.01 b 1",
                    "lr=0.1 dataset=a  | 0.1 a 1", "lr=0.1 dataset=b  | 0.1 b 1",
                ])
            #expect(list.status == 0)
        }
    }

    @Test func `27, a wildcard needs choices`() async throws {
        try await Workplace.with { place in
            try place.makeP2()
            let outcome = try await place.ray("session", "start", "train", "--dataset", "a", "--opt", "*")
            #expect(
                outcome.errors == """
                    error[usage]: train: `--opt` has no choices that `*` could stand for
                      hint: give it `choices` in the project file, or `type: str` if `*` itself is meant

                    """)
            #expect(outcome.status == 2)
            #expect(try await place.listed("p2") == nil)
        }
    }

    @Test(arguments: [
        ("13", "conda: env.yml", "conda", "conda"), ("28", "dockerimage: rayproject/ray", "dockerimage", "docker"),
    ])
    func `13 and 28, an environment whose plugin is missing is an error that names it`(
        number: String, environment: String, key: String, plugin: String
    ) async throws {
        // A release may ship it.
        guard !Files.exists(try #require(TestBed.prefix) / "lib/ray/plugins" / plugin) else { return }
        try await Workplace.with { place in
            try place.makeP2("environment: {\(environment)}")
            try place.write("env.yml", "name: x\ndependencies: [python]\n")
            for (words, status) in [([], 1), (["default"], 125)] {
                let start = try await place.run(
                    try #require(TestBed.prefix) / "bin/ray", ["session", "start"] + words)
                #expect(
                    start.errors.hasPrefix(
                        "error[plugin]: .rayproject/project.yaml:3:15: `environment.\(key)` needs the plugin `\(plugin)` ("
                    ),
                    "\(number)")
                #expect(start.errors.contains("), which is not installed\n"))
                #expect(start.output.isEmpty)
                #expect(start.status == Int32(status))
            }
            #expect(try await place.listed("p2") == nil)
        }
    }

    @Test func `29, a package that does not exist fails the start at its step, with the words of the installer`()
        async throws
    {
        try await Workplace.with { place in
            try place.makeP2("environment: {requirements: requirements.txt}")
            try place.write("requirements.txt", "no-such-package-of-anyone==1.0\n")
            let start = try await place.ray("session", "start", "default")
            #expect(start.status == 125)
            #expect(start.output.isEmpty)
            let error = try #require(start.errors.firstRange(of: "error["))
            let told = place.brief(String(start.errors[error.lowerBound...]))
            #expect(
                told == """
                    error[unsatisfiable]: requirements.txt:1:1: there is no package `no-such-package-of-anyone`
                      hint: look at its name, and at the index that it comes from

                    """)

            let session = try #require(try await place.listed("p2"))
            #expect(session["state"] == "environment-failed")
            #expect(session["problem"]?["step"] == "environment")
            #expect(session["problem"]?["message"]?.string?.hasPrefix("there is no package `no-such") == true)
            #expect(session["runs"] == [])
            let status = try await place.ray("session", "status")
            #expect(
                status.output.contains("state        environment-failed\nproblem      there is no package `no-such"))
            let logs = try await place.ray("session", "logs", "--only", "build")
            #expect(logs.output.contains("no-such-package-of-anyone was not found in the package registry"))
            let execute = try await place.ray("session", "execute", "default")
            #expect(execute.status == 125)
            #expect(execute.errors.contains("\n  its last start failed: there is no package `no-such"))
        }
    }

    @Test func `30, a session starts and runs from a sub-directory`() async throws {
        try await Workplace.with { place in
            try place.makeP2()
            try Files.makeFolder(place.project / "a/b")
            let start = try await place.ray("session", "start", "default", in: place.project / "a/b")
            #expect(start.output == "Starting ray job in \(place.project)\n")
            #expect(start.status == 0)
            let execute = try await place.ray("session", "execute", "default", in: place.project / "a/b")
            #expect(execute.output == "Starting ray job in \(place.project)\n")
            #expect(execute.status == 0)
        }
    }

    @Test func `31, attach is a shell in the project's root`() async throws {
        try await Workplace.with { place in
            try place.makeP2()
            _ = try await place.ray("session", "start", "--no-command")
            try Files.makeFolder(place.project / "a")
            let attach = try await place.ray(
                "session", "attach", in: place.project / "a", input: "echo from-attach $((6*7)) in $PWD; exit",
                variables: ["SHELL": "/bin/bash"])
            #expect(attach.output == "from-attach 42 in \(place.project)\n")
            #expect(attach.errors.isEmpty)
            #expect(attach.status == 0)
        }
    }

    @Test func `38, of two starts of one session the second waits, and says for whom`() async throws {
        try await Workplace.with { place in
            try place.makeP2("environment: {shell: ['touch begun; while ! [ -e go ]; do sleep 0.01; done']}")
            let program = try #require(TestBed.prefix) / "bin/ray"
            async let first = place.ray("session", "start")
            try await until { Files.exists(place.project / "begun") }
            async let second = place.run("sh", ["-c", "'\(program)' session start 2> second.log"])
            try await until { try place.text("second.log").contains("\n") }
            try place.write("go", "")
            let (one, two) = try await (first, second)
            #expect([one.status, two.status] == [0, 0])
            #expect([one.output, two.output] == Array(repeating: "Starting ray job in \(place.project)\n", count: 2))
            #expect(
                try place.text("second.log").contains(
                    /^waiting for session `p2`: process \d+ holds it \(ray session start, since [^)]*Z\)\n/))
            #expect(try place.journal("p2").filter { $0.step == .layer && $0.phase == .intent }.count == 1)
        }
    }
}
