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
        let server = Self.server(uid: uid, run: run)
        let client = ["session", "execute", "--quiet", "--name", folder.name, "--run-id", run]
        let handedOn = variables.keys.sorted().flatMap { ["--env", $0] }
        let program = NodeProgram(
            [tmux, "-L", server]
                + Self.commands(
                    running: [context.program] + client + handedOn + words, title: title, log: log,
                    end: folder.logEnd(ofRun: run)),
            environment: environment, directory: context.workingDirectory)
        do {
            let exit = try await ThisMachine().run(program, log: log)
            var isThere = exit == .status(0)
            var pause = Duration.milliseconds(20)
            while try folder.state().commands[run] == nil {
                // It may have come and gone.
                guard isThere else {
                    try Task.checkCancellation()
                    throw failure(title, log)
                }
                try await Task.sleep(for: pause)
                if pause == .milliseconds(320), FileLock.isHeld(folder.lock) {
                    context.terminal.note(FileLock.holder(of: folder.lock).waitingText(folder.name))
                }
                pause = min(pause * 2, .milliseconds(640))
                let asked = NodeProgram([tmux, "-L", server, "has-session"], environment: environment, directory: "/")
                isThere = try await ThisMachine().run(asked, log: "/dev/null") == .status(0)
            }
        } catch {
            await Self.end(server, context)
            throw error
        }
    }

    /// tmux's commands: what the user's own tmux.conf may say against a session that nobody looks at
    /// and that ends with its program, is taken back.
    private static func commands(running program: [String], title: String, log: String, end: String) -> [String] {
        let name = title.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" }
        // tmux reads the paths as one of its formats, in which strftime has its say too.
        let (log, end) = (log.shellQuoted, end.shellQuoted)
        let keep = "cat >> \(log); : > \(end)".replacing("#", with: "##").replacing("%", with: "%%")
        return [
            ["start-server"], ["set-option", "-s", "exit-empty", "on"], ["set-option", "-s", "exit-unattached", "off"],
            ["set-option", "-g", "destroy-unattached", "off"], ["set-option", "-g", "remain-on-exit", "off"],
            // What ends in `;` would end tmux's command.
            ["new-session", "-d", "-s", String(name), "--"]
                + program.map { $0.hasSuffix(";") ? $0.dropLast() + "\\;" : $0 },
            // What it prints is kept from the first line on: the client inside takes longer to begin.
            ["pipe-pane", "-o", keep],
        ].joined(separator: [";"]).map { String($0) }
    }

    private func failure(_ title: String, _ log: String) -> Failure {
        Failure(
            .internal, "`\(title)` did not start in tmux", cause: Files.tail(of: log, lines: 10),
            hint: "the whole output is in `\(log)`")
    }
}
