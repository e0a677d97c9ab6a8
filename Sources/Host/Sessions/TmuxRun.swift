import Glibc

/// A command that runs in a tmux session of its own, which survives the client.
///
/// What runs inside tmux is this program again, as `ray session execute`, so that the command is
/// recorded and ended like any other. Each has a tmux server of its own: it gets this client's
/// variables, also those that must not stand on a command line.
package struct TmuxRun: Sendable {
    private let folder: SessionFolder
    private let context: Context
    private let tmux: String

    /// Fails with class `tool-missing` where there is no tmux.
    package init(of command: SessionCommand, in folder: SessionFolder, _ context: Context) throws(Failure) {
        self.folder = folder
        self.context = context
        guard let tmux = context.tool("tmux") else {
            throw Failure(
                .toolMissing, "`\(command.name ?? command.text.description)` runs in tmux, which is not installed",
                hint: "install tmux, or leave `tmux: true` out of the command's `config`")
        }
        self.tmux = tmux
    }

    /// The name of the tmux server of a run; `tmux -L NAME attach` shows it.
    static func server(uid: String, run: String) -> String { "ray-\(uid.prefix(8))-\(run.prefix(8))" }

    /// Starts `ray session execute WORDS` in tmux and waits until its command is recorded.
    ///
    /// The session must not be locked by this process.
    package func start(_ words: [String], variables: [String: String], uid: String, title: String) async throws {
        let run = RandomName.make()
        let log = folder.log(ofRun: run)
        try Files.makeFolder(folder.logs)
        var environment = context.environment.merging(variables) { $1 }
        environment["TMUX"] = nil
        let handedOn = variables.keys.sorted().flatMap { ["--env", $0] }
        let server = Self.server(uid: uid, run: run)
        let program = NodeProgram(
            [
                tmux, "-L", server, "new-session", "-d", "-s", title.filter { $0 != ":" && $0 != "." }, "--",
                context.program, "session", "execute",
            ]
                + ["--quiet", "--name", folder.name, "--run-id", run] + handedOn + words
                // What it prints is kept from the first line on: the client inside takes longer to begin.
                + [";", "pipe-pane", "-o", "cat >> \(log.shellQuoted)"],
            environment: environment, directory: context.workingDirectory)
        let exit = try await ThisMachine().run(program, log: log)
        guard exit == .status(0) else { throw failure(title, log) }
        let deadline = ContinuousClock.now + .seconds(30)
        while try folder.state().commands[run] == nil {
            try await Task.sleep(for: .milliseconds(20))
            let isThere = try await ThisMachine().run(
                NodeProgram([tmux, "-L", server, "has-session"], environment: environment, directory: "/"),
                log: "/dev/null")
            guard isThere == .status(0), ContinuousClock.now < deadline else {
                // It may have come and gone.
                if try folder.state().commands[run] != nil { return }
                throw failure(title, log)
            }
        }
    }

    /// Shows a tmux server in this terminal until it is left or ends.
    package static func attach(to server: String, _ context: Context, _ interrupts: Interrupts) async throws -> Int32 {
        var environment = context.environment
        environment["TMUX"] = nil
        let program = NodeProgram(
            [context.tool("tmux") ?? "tmux", "-L", server, "attach"], environment: environment, directory: "/")
        return try await interrupts.leaving { try await ThisMachine().runInTerminal(program) }.shellStatus
    }

    /// Removes the socket of the server that this client runs in and that ends with it; tmux leaves
    /// it.
    package static func removeOwnSocket(_ context: Context) {
        guard let socket = context.environment["TMUX"]?.split(separator: ",").first else { return }
        try? Files.remove(String(socket))
    }

    /// Removes what the tmux servers of a session, all ended, have left.
    static func removeSockets(uid: String, _ context: Context) {
        let folder = (context.environment["TMUX_TMPDIR"] ?? "/tmp") / "tmux-\(getuid())"
        for name in Files.names(in: folder) where name.hasPrefix("ray-\(uid.prefix(8))-") {
            try? Files.remove(folder / name)
        }
    }

    private func failure(_ title: String, _ log: String) -> Failure {
        Failure(
            .internal, "`\(title)` did not start in tmux", cause: Files.tail(of: log, lines: 10),
            hint: "the whole output is in `\(log)`")
    }
}

extension Context {
    /// The first program of this name on PATH.
    package func tool(_ name: String) -> String? {
        (environment["PATH"] ?? "").split(separator: ":").lazy.map { String($0) / name }
            .first { $0.hasPrefix("/") && Files.isProgram($0) }
    }
}
