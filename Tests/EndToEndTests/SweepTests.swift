import FoundationEssentials
import Glibc
import Host
import Testing

/// Several runs of one command, side by side.
@Suite(.needsTestBed, .timeLimit(.minutes(5))) struct SweepTests {
    @Test func `the status is that of the first run that failed, in the order of the values`() async throws {
        try await Workplace.with { place in
            try place.makeSweep("exit {{n}}")
            let sweep = try await place.ray("session", "start", "run", "--n", "0,5,3")
            #expect(sweep.status == 5)
            #expect(
                sweep.errors.replacing(/[0-9.]+ s\n/, with: "T\n").replacing(place.folder, with: "FOLDER").hasSuffix(
                    """
                    RUN  STATUS      TIME
                    n=0  ok          T
                    n=5  failed (5)  T
                    n=3  failed (3)  T
                    what each run wrote: `ray session logs p`, or the files in FOLDER/state/ray/sessions/p/logs

                    """), "\(sweep.errors)")
        }
    }

    @Test func `parallel says how many run at a time`() async throws {
        try await Workplace.with { place in
            try place.makeSweep(
                "test $(ls running-* 2>/dev/null | wc -l) = 0; s=$?; touch running-{{n}}; sleep 0.05; rm running-{{n}}; exit $s"
            )
            let sweep = try await place.ray("session", "start", "run", "--n", "1,2,3,4", "--parallel", "1")
            #expect(sweep.status == 0)
            #expect(sweep.errors.contains("[4/4] Running `run`, 4 runs, 1 at a time\n"))
            let none = try await place.ray("session", "start", "run", "--n", "1,2", "--parallel", "0")
            #expect(none.errors.hasPrefix("error[usage]: `--parallel` must be 1 or more, not 0\n"))
            #expect(none.status == 2)
        }
    }

    @Test func `with fail-fast the first failure ends the others, begins no more and is the status`() async throws {
        try await Workplace.with { place in
            try place.makeSweep(
                "echo $$ > pid-{{n}}; [ {{n}} = 9 ] || sleep 1000; while ! [ -s pid-1 ]; do :; done; exit 9")
            let sweep = try await place.ray(
                "session", "start", "run", "--n", "1,9,2", "--fail-fast", "--parallel", "2", "--json")
            #expect(sweep.status == 9)
            let runs = try #require(try JSONValue(parsing: Data(sweep.output.utf8))["runs"]?.array)
            #expect(runs.map { $0["values"] } == [["n": "1"], ["n": "9"], ["n": "2"]])
            #expect(runs.map { $0["state"] } == ["ended", "failed", "not begun"])
            #expect(runs.map { $0["status"] } == [143, 9, nil])
            #expect(try place.process(in: "pid-1") == nil)
            #expect(!Files.exists(place.project / "pid-2"))
            #expect(try place.state().openCommands.isEmpty)
        }
    }

    @Test func `an interrupt ends all runs, begins no more, and all ends are recorded`() async throws {
        try await Workplace.with { place in
            try place.makeSweep("setsid sleep 1000 & echo $! > apart-{{n}}; echo $$ > pid-{{n}}; sleep 1000")
            let sweep = try await place.ray(
                ["session", "start", "run", "--n", "1,2,3", "--parallel", "2"], sending: SIGINT,
                once: ["pid-1", "pid-2"])
            #expect(sweep.status == 130)
            #expect(
                sweep.errors.hasSuffix(
                    """
                    error[cancelled]: interrupted: 3 of 3 runs did not come to their end
                      hint: the same command runs all of them again

                    """))
            for file in ["pid-1", "pid-2", "apart-1", "apart-2"] {
                #expect(try place.process(in: file) == nil, "\(file)")
            }
            #expect(!Files.exists(place.project / "pid-3"))
            let state = try place.state()
            #expect(state.openCommands.isEmpty)
            #expect(state.commands.values.map(\.status) == [143, 143])
        }
    }

    @Test func `a terminal that is closed ends all runs, and all ends are recorded`() async throws {
        try await Workplace.with { place in
            try place.makeSweep("setsid sleep 1000 & echo $! > apart-{{n}}; echo $$ > pid-{{n}}; sleep 1000")
            let ended = try await place.closingTerminal(
                of: ["session", "start", "run", "--n", "1,2,3", "--parallel", "2"], once: ["pid-1", "pid-2"])
            #expect(ended.status == 130)
            for file in ["pid-1", "pid-2", "apart-1", "apart-2"] {
                #expect(try place.process(in: file) == nil, "\(file)")
            }
            #expect(!Files.exists(place.project / "pid-3"))
            #expect(try place.state().commands.values.map(\.status) == [143, 143])
        }
    }

    @Test func `nohup keeps a sweep when its terminal is closed`() async throws {
        try await Workplace.with { place in
            try place.makeSweep("echo $$ > pid-{{n}}; while ! [ -e go ]; do sleep 0.01; done; touch done-{{n}}")
            async let ended = place.closingTerminal(
                of: ["session", "start", "run", "--n", "1,2"], once: ["pid-1", "pid-2"], prefix: ["nohup"])
            try await until { Files.exists(place.project / "closed") }
            try place.write("go", "")
            #expect(try await ended.status == 0)
            #expect(try place.state().commands.values.map(\.status) == [0, 0])
        }
    }

    @Test func `what a killed client left behind is ended by the next start`() async throws {
        try await Workplace.with { place in
            try place.makeSweep("echo $$ > pid-{{n}}; sleep 1000")
            let killed = try await place.ray(
                ["session", "start", "run", "--n", "1,2"], sending: SIGKILL, once: ["pid-1", "pid-2"])
            #expect(killed.status == 137)
            #expect(try place.process(in: "pid-1") != nil)
            let lost = try JSONValue(parsing: Data(try await place.ray("session", "status", "--json").output.utf8))
            #expect(lost.array?.first?["runs"]?.array?.map { $0["state"] } == ["lost", "lost"])
            let next = try await place.ray("session", "start", "--shell", "echo ran")
            #expect(next.output == "ran\n")
            #expect(
                next.errors.contains("ended a command of `p` whose client is gone: echo $$ > pid-'1'; sleep 1000\n"))
            #expect(try place.process(in: "pid-1") == nil)
            #expect(try place.process(in: "pid-2") == nil)
        }
    }

    @Test func `a session that is stopped begins no more runs`() async throws {
        try await Workplace.with { place in
            try place.makeSweep("echo $$ > pid-{{n}}; sleep 1000")
            for words in [["session", "stop"], ["session", "stop", "--terminate"]] {
                async let sweep = place.ray("session", "start", "run", "--n", "1,2,3", "--parallel", "2")
                try await until { try !place.text("pid-1").isEmpty && !place.text("pid-2").isEmpty }
                #expect(try await place.run(try #require(TestBed.prefix) / "bin/ray", words).status == 0)
                let stopped = try await sweep
                #expect(stopped.status == 143)
                #expect(stopped.errors.contains(/\nn=3 +not begun/))
                #expect(!Files.exists(place.project / "pid-3"))
                for file in ["pid-1", "pid-2"] {
                    #expect(try place.process(in: file) == nil)
                    try Files.remove(place.project / file)
                }
            }
            #expect(try place.journal().isEmpty)
        }
    }

    @Test func `json is one document, and the output of the runs is in their logs`() async throws {
        try await Workplace.with { place in
            try place.makeSweep("echo out {{n}}; echo err {{n}} >&2")
            let sweep = try await place.ray("session", "start", "run", "--n", "1,2", "--json")
            #expect(sweep.status == 0)
            let runs = try #require(try JSONValue(parsing: Data(sweep.output.utf8))["runs"]?.array)
            #expect(runs.map { $0["choices"] } == ["n=1", "n=2"])
            #expect(runs.map { $0["state"] } == ["ok", "ok"])
            for (number, run) in runs.enumerated() {
                let log = try Files.read(try #require(run["log"]?.string))
                #expect(String(decoding: log ?? Data(), as: UTF8.self) == "out \(number + 1)\nerr \(number + 1)\n")
            }
            for line in sweep.errors.split(separator: "\n") {
                #expect(try JSONValue(parsing: Data(line.utf8))["event"] == "note")
            }
        }
    }

    @Test func `a dry run shows the grid and starts nothing`() async throws {
        try await Workplace.with { place in
            try place.makeSweep("touch ran; echo {{n}}")
            let plan = try await place.ray("session", "start", "run", "--n", "1,2", "--dry-run")
            #expect(
                place.plain(plan.output) == """
                    session `p`: nothing was started
                    STEP     ACTION  WHAT  WHY
                    nodes    keep          this machine, in PROJECT
                    files    keep          in place, nothing to copy
                    ray      skip          no Ray in this environment
                    command  run     n=1   touch ran; echo '1'
                    command  run     n=2   touch ran; echo '2'

                    """)
            #expect(plan.errors.isEmpty)
            #expect(plan.status == 0)
            #expect(!Files.exists(place.project / "ran"))
            #expect(try await place.listed("p") == nil)
        }
    }

    @Test func `status and logs show every run`() async throws {
        try await Workplace.with { place in
            try place.makeSweep("echo this is {{n}}; exit {{n}}")
            _ = try await place.ray("session", "start", "run", "--n", "0,3")
            let status = try await place.ray("session", "status")
            #expect(status.output.contains(/\n[0-9a-f]{8}  run n=0  ok          .* kept\n/))
            #expect(status.output.contains(/\n[0-9a-f]{8}  run n=3  failed \(3\)  .* kept\n/))
            #expect(
                try await place.ray("session", "logs").output == "run n=0 | this is 0\nrun n=3 | this is 3\n")
            #expect(try await place.ray("session", "logs", "--only", "n=3").output == "run n=3 | this is 3\n")
        }
    }
}

extension Workplace {
    /// A project whose command `run` takes a number, or some.
    func makeSweep(_ command: String) throws {
        try makeProject(
            """
            commands:
              - name: run
                command: |-
                  \(command)
                params: [{name: n, type: int}]
            """)
    }
}
