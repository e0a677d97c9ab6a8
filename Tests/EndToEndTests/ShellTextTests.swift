import Host
import Testing

/// Shell text on the command line, and what becomes of a command whose client is gone.
@Suite(.needsTestBed, .timeLimit(.minutes(5))) struct ShellTextTests {
    @Test func `options behind shell text are ours, other words are the text's`() async throws {
        try await Workplace.with { place in
            try place.makeProject()
            let plan = try await place.ray("session", "start", "--shell", "echo x", "--dry-run", "--name", "e")
            #expect(plan.output.hasPrefix("session `e`: nothing was started\n"))
            #expect(Files.names(in: place.folder / "state/ray/sessions").isEmpty)
            let start = try await place.ray("session", "start", "--shell", "echo $A", "--env", "A=1", "--name=e", "-q")
            #expect(start.output == "1\n")
            #expect(start.errors.isEmpty)
            let words = try await place.ray("session", "execute", "--name", "e", "--shell", "echo", "a  b", "--json")
            #expect(words.output == "a  b --json\n")
            let all = try await place.ray("session", "execute", "--name", "e", "--shell", "--", "echo", "--json")
            #expect(all.output == "--json\n")
        }
    }

    @Test func `a command whose client was killed is ended before the next one runs`() async throws {
        try await Workplace.with { place in
            try place.makeProject()
            _ = try await place.ray("session", "start", "--no-command")
            let program = try #require(TestBed.prefix) / "bin/ray"
            _ = try await place.run(
                "bash",
                [
                    "-c",
                    """
                    '\(program)' session execute --shell 'echo $$ > pid; sleep 1000' &
                    while ! [ -s pid ]; do sleep 0.01; done
                    kill -9 $!; wait
                    """,
                ])
            #expect(try place.process(in: "pid") != nil)
            let next = try await place.ray("session", "execute", "--shell", "echo next")
            #expect(next.output == "next\n")
            #expect(next.errors == "ended a command of `p` whose client is gone: echo $$ > pid; sleep 1000\n")
            #expect(try place.process(in: "pid") == nil)
        }
    }
}
