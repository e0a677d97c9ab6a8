import FoundationEssentials
import Glibc
import Host
import Testing

/// Names, owners, locks and ends of sessions, without Ray.
@Suite(.needsTestBed, .timeLimit(.minutes(5))) struct SessionLifeTests {
    @Test func `list shows what there is, and nothing of what was given back`() async throws {
        try await Workplace.with { place in
            try place.makeProject()
            #expect(
                try await place.ray("session", "list").errors
                    == "no sessions; `ray session start` in a project starts one\n")
            #expect(try await place.ray("session", "list", "--json").output == "[]\n")
            _ = try await place.ray("session", "start")
            _ = try await place.ray("session", "start", "--name", "other")
            let rows =
                try JSONValue(parsing: Data(try await place.ray("session", "list", "--json").output.utf8)).array ?? []
            #expect(rows.map { $0["name"] } == ["other", "p"])
            #expect(rows.map { $0["state"] } == ["up", "up"])
            #expect(rows.map { $0["root"] } == [.string(place.project), .string(place.project)])
            #expect(try await place.ray("session", "stop", "other").errors == "session `other` is stopped\n")
            #expect(
                try await place.ray("session", "stop", "--name", "p", "--terminate").errors == "session `p` is ended\n")
            let left =
                try JSONValue(parsing: Data(try await place.ray("session", "list", "--json").output.utf8)).array ?? []
            #expect(left.map { $0["name"] } == ["other"])
            #expect(left.map { $0["state"] } == ["stopped"])
        }
    }

    @Test func `stopping what does not run is no error`() async throws {
        try await Workplace.with { place in
            try place.makeProject()
            let outcome = try await place.ray("session", "stop")
            #expect(outcome.errors == "session `p` is not running\n")
            #expect(outcome.status == 0)
        }
    }

    @Test func `a name that runs from another folder is refused`() async throws {
        try await Workplace.with { place in
            try place.makeProject()
            _ = try await place.ray("session", "start")
            let other = place.folder / "other"
            _ = try await place.run("cp", ["-r", place.project, other])
            let refused = try await place.ray("session", "start", in: other)
            #expect(refused.status == 1)
            #expect(
                place.plain(refused.errors) == """
                    error[conflict]: there is a session `p` of the project in `PROJECT`
                      hint: use another name with `--name`, or end the other with `ray session stop p --terminate`

                    """)
            #expect(
                try await place.ray("session", "start", "--name", "q", "--shell", "pwd", in: other).output == other
                    + "\n")
        }
    }

    @Test func `without a name only this project's own session is meant`() async throws {
        try await Workplace.with { place in
            try place.makeProject()
            _ = try await place.ray("session", "start")
            let other = place.folder / "other"
            _ = try await place.run("cp", ["-r", place.project, other])
            for words in [["stop", "--terminate"], ["execute", "--shell", "pwd"], ["attach"]] {
                let refused = try await place.run(
                    try #require(TestBed.prefix) / "bin/ray", ["session"] + words, in: other)
                #expect(refused.status != 0)
                #expect(
                    place.plain(refused.errors).hasPrefix(
                        "error[conflict]: there is a session `p` of the project in `PROJECT`\n"))
            }
            #expect(try place.state().phase == .up)
            #expect(try await place.ray("session", "stop", "p", in: other).errors == "session `p` is stopped\n")
        }
    }

    @Test func `told to end, the client ends all that its command started`() async throws {
        try await Workplace.with { place in
            try place.makeProject()
            let program = try #require(TestBed.prefix) / "bin/ray"
            let ended = try await place.run(
                "sh",
                [
                    "-c",
                    "'\(program)' session start --shell 'sleep 1000 & echo $! > pid; wait' & p=$!; while ! [ -s pid ]; do sleep 0.01; done; kill -TERM $p; wait $p",
                ])
            #expect(ended.status == 143 || ended.status == 130)
            let text = String(decoding: try Files.read(place.project / "pid") ?? Data(), as: UTF8.self)
            #expect(ProcessIdentity(running: try #require(Int32(text.filter(\.isNumber)))) == nil)
            #expect(try place.state().openCommands.isEmpty)
        }
    }

    @Test func `one damaged journal hides no other session`() async throws {
        try await Workplace.with { place in
            try place.makeProject()
            _ = try await place.ray("session", "start")
            _ = try await place.ray("session", "start", "--name", "other")
            let path = place.folder / "state/ray/sessions/other/journal.jsonl"
            let whole = try #require(try Files.read(path))
            try Files.replace(path, with: Data("{}\n".utf8))
            let list = try await place.ray("session", "list")
            #expect(list.output.split(separator: "\n").last?.hasPrefix("p ") == true)
            #expect(list.errors.contains("the journal is damaged"))
            #expect(list.status == 1)
            try Files.replace(path, with: whole)
        }
    }

    @Test func `execute in a session that is not up says how to bring it up`() async throws {
        try await Workplace.with { place in
            try place.makeProject()
            let outcome = try await place.ray("session", "execute", "--shell", "true")
            #expect(outcome.status == 125)
            #expect(
                outcome.errors == """
                    error[input]: session `p` is not up
                      hint: bring it up with `ray session start --no-command`

                    """)
        }
    }

    @Test func `a second start waits and is told who holds the session`() async throws {
        try await Workplace.with { place in
            try place.makeProject(
                """
                environment: {shell: [mkfifo gate && cat gate >> built.txt]}
                commands: [{name: default, command: echo ran}]
                """)
            async let first = place.ray("session", "start")
            try await until { Files.exists(place.project / "gate") }
            async let second = place.ray("session", "start")
            // The second writes who holds the lock as soon as it waits: give it the gate only then.
            try await until { try waiters(on: place.folder / "state/ray/sessions/p/lock") >= 2 }
            let gate = try await place.run("sh", ["-c", "echo once > gate"])
            #expect(gate.status == 0)
            let (one, two) = try await (first, second)
            #expect([one.output, two.output] == ["ran\n", "ran\n"])
            let waited = try #require(two.errors.split(separator: "\n").first)
            #expect(waited.contains(/^waiting for session `p`: process \d+ holds it \(ray session start, since .*Z\)$/))
            #expect(try String(decoding: Files.read(place.project / "built.txt") ?? Data(), as: UTF8.self) == "once\n")
        }
    }

    @Test func `stop ends a command that runs, and all that it started`() async throws {
        try await Workplace.with { place in
            try place.makeProject()
            async let running = place.ray(
                "session", "start", "--shell",
                "(sleep 1000 & echo $! > child; setsid sleep 1000 & echo $! > apart); echo $$ > parent; sleep 1000")
            try await until { Files.exists(place.project / "parent") }
            #expect(try await place.ray("session", "stop").status == 0)
            #expect(try await running.status == 143)
            for file in ["child", "apart", "parent"] {
                let text = String(decoding: try Files.read(place.project / file) ?? Data(), as: UTF8.self)
                let pid = try #require(Int32(text.filter(\.isNumber)))
                #expect(ProcessIdentity(running: pid) == nil, "\(file)")
            }
            #expect(try place.state().phase == .stopped)
        }
    }

    @Test func `a command whose client was killed is ended by the next start`() async throws {
        try await Workplace.with { place in
            try place.makeProject()
            let program = try #require(TestBed.prefix) / "bin/ray"
            let killed = try await place.run(
                "sh",
                [
                    "-c",
                    "'\(program)' session start --shell 'echo $$ > pid; sleep 1000' & while ! [ -s pid ]; do sleep 0.01; done; kill -9 $!",
                ])
            #expect(killed.status == 0)
            let text = String(decoding: try Files.read(place.project / "pid") ?? Data(), as: UTF8.self)
            let pid = try #require(Int32(text.filter(\.isNumber)))
            #expect(ProcessIdentity(running: pid) != nil)
            let next = try await place.ray("session", "start", "--shell", "echo ran")
            #expect(next.output == "ran\n")
            #expect(next.errors.contains("ended a command of `p` whose client is gone: echo $$ > pid; sleep 1000\n"))
            #expect(ProcessIdentity(running: pid) == nil)
        }
    }

    @Test func `a journal that was tampered with is refused`() async throws {
        try await Workplace.with { place in
            try place.makeProject()
            _ = try await place.ray("session", "start")
            let path = place.folder / "state/ray/sessions/p/journal.jsonl"
            let text = String(decoding: try Files.read(path) ?? Data(), as: UTF8.self)
            try Files.replace(path, with: Data(text.replacing("\"root\":", with: "\"soot\":").utf8))
            let refused = try await place.ray("session", "list")
            #expect(refused.status == 1)
            #expect(
                place.plain(refused.errors) == """
                    error[internal]: FOLDER/state/ray/sessions/p/journal.jsonl:1: the journal is damaged
                      the line does not match its checksum or its place
                      hint: end the session's processes, if there are any, and remove the folder `FOLDER/state/ray/sessions/p`

                    """)
            try Files.replace(path, with: Data(text.utf8))
        }
    }

    @Test func `the first interrupt winds down and the next start goes on`() async throws {
        try await Workplace.with { place in
            try place.makeProject(
                "environment: {shell: ['echo $$ > pid; test -e go || sleep 1000']}\ncommands: [{name: default, command: echo ran}]"
            )
            let program = try #require(TestBed.prefix) / "bin/ray"
            let interrupted = try await place.run(
                "sh",
                [
                    "-c",
                    "'\(program)' session start & p=$!; while ! [ -s pid ]; do sleep 0.01; done; kill -TERM $p; wait $p",
                ])
            #expect(interrupted.status == 130)
            #expect(
                interrupted.errors.hasSuffix(
                    "error[cancelled]: interrupted\n  hint: run the same command again to go on from here\n"))
            let text = String(decoding: try Files.read(place.project / "pid") ?? Data(), as: UTF8.self)
            #expect(ProcessIdentity(running: try #require(Int32(text.filter(\.isNumber)))) == nil)
            try place.write("go", "")
            #expect(try await place.ray("session", "start").output == "ran\n")
        }
    }

    /// How many processes have `path` open.
    private func waiters(on path: String) throws -> Int {
        let resolved = path
        return Files.names(in: "/proc").compactMap { Int32($0) }.filter { pid in
            Files.names(in: "/proc/\(pid)/fd").contains { descriptor in
                var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
                let count = readlink("/proc/\(pid)/fd/\(descriptor)", &buffer, buffer.count)
                return count > 0
                    && String(decoding: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self) == resolved
            }
        }.count
    }
}

/// Waits until `condition` holds; fails the test after a minute.
func until(_ condition: () async throws -> Bool) async throws {
    let deadline = ContinuousClock.now + .seconds(60)
    while try await !condition() {
        try #require(ContinuousClock.now < deadline, "what was waited for did not happen")
        try await Task.sleep(for: .milliseconds(10))
    }
}
