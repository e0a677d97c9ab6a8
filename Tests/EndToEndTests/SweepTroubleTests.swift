import FoundationEssentials
import Glibc
import Host
import Testing

/// Sweeps with values, outputs and numbers that nobody would choose.
@Suite(.needsTestBed, .timeLimit(.minutes(5))) struct SweepTroubleTests {
    @Test func `odd values reach their runs, and each line tells its run in one line`() async throws {
        try await Workplace.with { place in
            try place.makeProject(
                #"""
                commands:
                  - name: show
                    command: python3 -c 'import sys; print(ascii(sys.argv[1]))' {{v}}
                    params: [{name: v, choices: ["a b", "c:d", "e'f", "g\nh", "i\"j", "", "$(id)", "ü"]}]
                """#)
            let sweep = try await place.ray("session", "start", "show", "--v", "*")
            #expect(sweep.status == 0)
            #expect(
                sweep.sortedLines
                    == [
                        #"v=a b   | 'a b'"#, #"v=c:d   | 'c:d'"#, #"v=e'f   | "e'f""#, #"v=g\nh  | 'g\nh'"#,
                        #"v=i"j   | 'i"j'"#, #"v=      | ''"#, #"v=$(id) | '$(id)'"#,
                        #"v=ü     | '\xfc'"#,
                    ].sorted())
            let runs = try #require(try await place.listed("p")?["runs"]?.array)
            #expect(runs.count == 8)
            #expect(try await place.ray("session", "logs", "--only", "v=a b").output == "show v=a b | 'a b'\n")
        }
    }

    @Test func `output without a last line break, binary output and none at all are shown as they are`() async throws {
        try await Workplace.with { place in
            try place.makeSweep(#"case {{n}} in 1) printf 'no\nbreak';; 2) printf '\377\376 \001\n';; esac"#)
            let sweep = try await place.ray("session", "start", "run", "--n", "1,2,3")
            #expect(sweep.sortedLines == ["n=1 | break", "n=1 | no", "n=2 | \u{FFFD}\u{FFFD} \u{1}"])
            #expect(sweep.status == 0)
        }
    }

    @Test func `a line is one line however long it is`() async throws {
        try await Workplace.with { place in
            try place.makeSweep("head -c 5000000 /dev/zero | tr '\\0' x; echo {{n}}; echo end")
            let sweep = try await place.ray("session", "start", "run", "--n", "1,2")
            #expect(sweep.status == 0)
            #expect(sweep.sortedLines.map(\.utf8.count).sorted() == [9, 9, 5_000_007, 5_000_007])
        }
    }

    @Test func `what a run leaves in the background goes on, and its words are kept`() async throws {
        try await Workplace.with { place in
            try place.makeSweep(
                "{ while ! [ -e go ]; do sleep 0.01; done; echo late {{n}}; touch done-{{n}}; } & echo early {{n}}")
            let sweep = try await place.ray("session", "start", "run", "--n", "1,2")
            #expect(sweep.sortedLines == ["n=1 | early 1", "n=2 | early 2"])
            #expect(sweep.status == 0)
            try place.write("go", "")
            try await until { ["done-1", "done-2"].allSatisfy { Files.exists(place.project / $0) } }
            #expect(
                try await place.ray("session", "logs").output
                    == "run n=1 | early 1\nrun n=1 | late 1\nrun n=2 | early 2\nrun n=2 | late 2\n")
        }
    }

    @Test func `two hundred runs are all run, shown and recorded`() async throws {
        try await Workplace.with { place in
            try place.makeSweep("echo {{n}}")
            let numbers = Array(1...200)
            let list = numbers.map(String.init).joined(separator: ",")
            let sweep = try await place.ray("session", "start", "run", "--n", list, "--parallel", "50")
            #expect(sweep.status == 0)
            let shown = Set(sweep.output.split(separator: "\n").compactMap { $0.split(separator: "| ").last })
            #expect(shown == Set(numbers.map { String($0)[...] }))
            let state = try place.state()
            #expect(state.openCommands.isEmpty)
            #expect(state.commands.values.filter { $0.status == 0 }.count == 200)
            let status = try await place.ray("session", "status")
            #expect(status.output.contains("runs         the last 20 of 200; --json has all\n"))
            #expect(status.output.contains("run n=200  ok"))
        }
    }

    @Test func `two sweeps in one session do not disturb each other`() async throws {
        try await Workplace.with { place in
            try place.makeSweep("echo {{n}}")
            _ = try await place.ray("session", "start", "--no-command")
            let lists = [1...30, 31...60].map { $0.map(String.init).joined(separator: ",") }
            async let one = place.ray("session", "execute", "run", "--n", lists[0], "--parallel", "5")
            async let two = place.ray("session", "execute", "run", "--n", lists[1], "--parallel", "5")
            let outcomes = try await [one, two]
            #expect(outcomes.map(\.status) == [0, 0])
            #expect(outcomes.map(\.sortedLines.count) == [30, 30])
            let state = try place.state()
            #expect(state.commands.count == 60)
            #expect(state.openCommands.isEmpty)
        }
    }

    @Test func `a session that is held keeps a sweep waiting, which says so, and loses nothing`() async throws {
        try await Workplace.with { place in
            try place.makeSweep("touch begun-{{n}}; while ! [ -e go ]; do sleep 0.01; done; echo {{n}}")
            _ = try await place.ray("session", "start", "--no-command")
            let program = try #require(TestBed.prefix) / "bin/ray"
            async let sweep = place.run(
                "sh", ["-c", "'\(program)' session execute run --n 1,2,3 --parallel 2 2> sweep.log"])
            try await until { ["begun-1", "begun-2"].allSatisfy { Files.exists(place.project / $0) } }
            // A start that builds holds the session.
            try place.makeProject("environment: {shell: ['touch building; while ! [ -e built ]; do sleep 0.01; done']}")
            async let start = place.ray("session", "start", "--no-command")
            try await until { Files.exists(place.project / "building") }
            try place.write("go", "")
            try await until { try place.text("sweep.log").contains("\n") }
            try place.write("built", "")
            let (swept, started) = try await (sweep, start)
            #expect(swept.sortedLines == ["n=1 | 1", "n=2 | 2", "n=3 | 3"])
            #expect([swept.status, started.status] == [0, 0])
            #expect(
                try place.text("sweep.log").contains(
                    /^a command has ended; waiting for session `p`: process \d+ holds it \(ray session start, since [^)]*Z\)\n/
                ))
            #expect(try place.state().openCommands.isEmpty)
        }
    }

    @Test func `runs in a folder that is gone fail each for itself`() async throws {
        try await Workplace.with { place in
            try place.makeSweep("echo {{n}}; [ {{n}} != 1 ] || rm -r \"$PWD\"")
            try Files.makeFolder(place.folder / "gone")
            _ = try await place.run("cp", ["-r", place.project / ".rayproject", place.folder / "gone"])
            let sweep = try await place.ray(
                "session", "start", "--name", "g", "run", "--n", "1,2", "--parallel", "1", in: place.folder / "gone")
            #expect(sweep.output == "n=1 | 1\n")
            #expect(sweep.errors.contains("error[input]: cannot run `/bin/bash` in `\(place.folder)/gone`\n"))
            #expect(sweep.status == 125)
            #expect(try place.state("g").openCommands.isEmpty)
        }
    }
}
