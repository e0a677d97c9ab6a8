import FoundationEssentials
import Glibc
import Host
import Testing

/// Commands that run in tmux, and outlive the client that starts them.
@Suite(.needsTestBed, .timeLimit(.minutes(5))) struct TmuxTests {
    @Test func `the run goes on when the client has ended, and its status is recorded`() async throws {
        try await Workplace.withTmux { place in
            try place.makeTmux("echo begun; while ! [ -e go ]; do sleep 0.01; done; echo over; exit 5")
            let start = try await place.ray("session", "start", "bg")
            #expect(start.status == 0)
            #expect(start.output.isEmpty)
            #expect(
                start.errors.hasSuffix(
                    """
                    [4/4] Running `bg`
                    it runs in tmux: `ray session attach p --tmux` shows it, `ray session logs p` prints what it has written

                    """))
            let running = try #require(try await place.listed("p")?["runs"]?.array)
            #expect(running.map { $0["state"] } == ["running"])
            try place.write("go", "")
            let follow = try await place.ray("session", "logs", "-f")
            #expect(follow.status == 0)
            #expect(
                follow.output.replacing(#/bg [0-9a-f]{8} \| /#, with: "") == "begun\nover\n", "follows to the end")
            let ended = try #require(try await place.listed("p")?["runs"]?.array)
            #expect(ended.map { $0["status"] } == [5])
            try await until { place.tmuxLeftovers.isEmpty }
        }
    }

    @Test func `variables reach the run and stand on no command line, nor in the journal`() async throws {
        try await Workplace.withTmux { place in
            let (given, handedOn) = ("secret-given-\(getpid())", "secret-handed-\(getpid())")
            try place.makeTmux("echo $GIVEN; echo $HANDED; touch begun; while ! [ -e go ]; do sleep 0.01; done")
            let start = try await place.ray(
                "session", "start", "--env", "GIVEN=\(given)", "--env", "HANDED", "bg", variables: ["HANDED": handedOn])
            #expect(start.status == 0)
            try await until { Files.exists(place.project / "begun") }
            #expect(!place.commandLines.contains { $0.contains(given) || $0.contains(handedOn) })
            #expect(place.commandLines.contains { $0.contains("touch begun; while") })
            let logs = try await place.ray("session", "logs")
            #expect(logs.output.contains("| \(given)\n"))
            #expect(logs.output.contains("| \(handedOn)\n"))
            let journal = try Files.read(place.folder / "state/ray/sessions/p/journal.jsonl")
            let text = String(decoding: journal ?? Data(), as: UTF8.self)
            #expect(!text.isEmpty && !text.contains("secret-"))
            try place.write("go", "")
        }
    }

    @Test func `stop ends it, records how, and leaves no server and no socket`() async throws {
        try await Workplace.withTmux { place in
            try place.makeTmux("(setsid sleep 1000 & echo $! > apart); echo $$ > pid; sleep 1000")
            _ = try await place.ray("session", "start", "bg")
            try await until { try !place.text("pid").isEmpty }
            #expect(!place.tmuxLeftovers.isEmpty)
            let stop = try await place.ray("session", "stop")
            #expect(stop.errors == "session `p` is stopped\n")
            #expect(try place.process(in: "pid") == nil)
            #expect(try place.process(in: "apart") == nil)
            #expect(try place.state().commands.values.map(\.status) == [143])
            try await until { place.tmuxLeftovers.isEmpty }
            #expect(try await place.ray("session", "stop").errors == "session `p` is not running\n")
        }
    }

    @Test func `attach shows it, and leaving it ends nothing`() async throws {
        try await Workplace.withTmux { place in
            try place.makeTmux("echo this is on the screen; while ! [ -e go ]; do sleep 0.01; done; exit 3")
            _ = try await place.ray("session", "start", "bg")
            let screen = try await place.terminal(
                ["session", "attach", "--tmux"], typing: "\u{2}d", once: "this is on the screen")
            #expect(screen.output.contains("this is on the screen"))
            #expect(screen.output.contains("[detached (from session bg)]"))
            #expect(screen.status == 0)
            #expect(try place.state().runningCommands.count == 1)
            try place.write("go", "")
            try await until { try place.state().commands.values.map(\.status) == [3] }
        }
    }

    @Test func `attach with tmux is a shell where no command runs in one`() async throws {
        try await Workplace.withTmux { place in
            try place.makeProject("environment: {variables: {COLOUR: green}}")
            _ = try await place.ray("session", "start")
            let screen = try await place.terminal(
                ["session", "attach", "--tmux"], typing: "echo colour-$COLOUR > seen; exit\n", once: "$",
                variables: ["SHELL": "/bin/sh", "PS1": "$ "])
            #expect(screen.status == 0)
            #expect(try place.text("seen") == "colour-green\n")
            #expect(try await place.ray("session", "stop").status == 0)
            try await until { place.tmuxLeftovers.isEmpty }
        }
    }

    @Test(arguments: [";", "a b;", #"x\;"#, #"\"#, "-n", "it's \"this\"", "a\nb", "#{pid} #(id) %H", "*"])
    func `odd values reach it as they are`(value: String) async throws {
        try await Workplace.withTmux { place in
            try place.makeTmux("printf '%s' {{v}} > seen", parameter: "v")
            let start = try await place.ray("session", "start", "bg", "--v=\(value)")
            #expect(start.status == 0, "\(start.errors)")
            try await until { try place.state().commands.values.compactMap(\.status) == [0] }
            #expect(try place.text("seen") == value)
        }
    }

    @Test func `names that mean something to tmux are names`() async throws {
        try await Workplace.withTmux { place in
            let session = "50% #(touch BAD) it's"
            try place.makeProject(
                "commands: [{name: 'a:b.#(touch${IFS}BAD)', command: echo fine, config: {tmux: true}}]")
            let start = try await place.ray("session", "start", "--name", session, "a:b.#(touch${IFS}BAD)")
            #expect(start.status == 0, "\(start.errors)")
            let follow = try await place.ray("session", "logs", "--name", session, "-f")
            #expect(follow.output.hasSuffix(" | fine\n"))
            try await until { place.tmuxLeftovers.isEmpty }
            #expect(Files.names(in: place.project) == [".rayproject"])
        }
    }

    @Test func `a tmux.conf that would end it or keep it does neither`() async throws {
        try await Workplace.withTmux { place in
            try Files.replace(
                place.folder / "home/.tmux.conf",
                with: Data(
                    """
                    set -g remain-on-exit on
                    set -g destroy-unattached on
                    set -s exit-empty off
                    set -s exit-unattached on

                    """.utf8))
            try place.makeTmux("while ! [ -e go ]; do sleep 0.01; done; echo over")
            #expect(try await place.ray("session", "start", "bg").status == 0)
            try place.write("go", "")
            #expect(try await place.ray("session", "logs", "-f").output.hasSuffix(" | over\n"))
            #expect(try place.state().commands.values.map(\.status) == [0])
            try await until { place.tmuxLeftovers.isEmpty }
        }
    }

    @Test func `a command that forks and exits has ended`() async throws {
        try await Workplace.withTmux { place in
            try place.makeTmux("sleep 1000 & echo $! > pid; exit 4")
            #expect(try await place.ray("session", "start", "bg").status == 0)
            try await until { try place.state().commands.values.map(\.status) == [4] }
            try await until { Files.names(in: place.folder / "tmux/tmux-\(getuid())").isEmpty }
        }
    }

    @Test func `without tmux it is an error before anything starts`() async throws {
        try await Workplace.withTmux { place in
            try place.makeTmux("echo ran")
            let tools = place.folder / "tools"
            try Files.makeFolder(tools)
            let start = try await place.ray("session", "start", "bg", variables: ["PATH": tools])
            #expect(
                start.errors == """
                    error[tool-missing]: `bg` runs in tmux, which is not installed
                      hint: install tmux, or leave `tmux: true` out of the command's `config`

                    """)
            #expect(start.output.isEmpty)
            #expect(start.status == 125)
            #expect(try await place.listed("p") == nil)
            _ = try await place.ray("session", "start", "--no-command")
            let attach = try await place.ray("session", "attach", "--tmux", variables: ["PATH": tools])
            #expect(
                attach.errors == """
                    error[tool-missing]: `tmux` is not installed
                      hint: install it, or leave `--tmux` out

                    """)
            #expect(attach.status == 125)
        }
    }
}

extension Workplace {
    /// A workplace whose tmux servers are its own.
    fileprivate static func withTmux(_ body: (Workplace) async throws -> Void) async throws {
        try await with { place in
            var place = place
            place.environment["TMUX_TMPDIR"] = place.folder / "tmux"
            place.environment["LANG"] = "C.UTF-8"
            try Files.makeFolder(place.folder / "tmux")
            do { try await body(place) } catch {
                _ = try? await place.ray("session", "stop", "--all", "--terminate")
                throw error
            }
            #expect(try await place.ray("session", "stop", "--all", "--terminate").status == 0)
        }
    }

    /// A project whose command `bg` runs in tmux.
    fileprivate func makeTmux(_ command: String, parameter: String? = nil) throws {
        try makeProject(
            """
            commands:
              - name: bg
                command: |-
                  \(command)
                config: {tmux: true}
                \(parameter.map { "params: [{name: \($0), type: str}]" } ?? "")
            """)
    }

    /// The command lines of all processes.
    fileprivate var commandLines: [String] {
        Files.names(in: "/proc").filter { Int32($0) != nil }.map { pid in
            String(decoding: ((try? Files.read("/proc/\(pid)/cmdline")) ?? nil) ?? Data(), as: UTF8.self)
        }
    }
}
