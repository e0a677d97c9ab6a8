import Glibc

/// The tmux servers of runs, each with a run's name.
extension TmuxRun {
    /// Shows a tmux server in this terminal until it is left or ends.
    package static func attach(to server: String, _ context: Context, _ interrupts: Interrupts) async throws -> Int32 {
        var environment = context.environment
        environment["TMUX"] = nil
        let program = NodeProgram(
            [context.tool("tmux") ?? "tmux", "-L", server, "attach"], environment: environment, directory: "/")
        return try await interrupts.leaving { try await ThisMachine().runInTerminal(program) }.shellStatus
    }

    /// Ends a server, if it is there, and removes its socket; also when the task is cancelled.
    static func end(_ server: String, _ context: Context) async {
        if let tmux = context.tool("tmux") {
            let program = NodeProgram(
                [tmux, "-L", server, "kill-server"], environment: context.environment, directory: "/")
            _ = await Task.detached { try? await ThisMachine().run(program, log: "/dev/null") }.value
        }
        unlink(sockets(context) / server)
    }

    /// Removes the socket of the server that this client runs in and that ends with it; tmux leaves
    /// it.
    package static func removeOwnSocket(_ context: Context) {
        // The path may have commas too; the server's pid and the number of its session follow it.
        guard let fields = context.environment["TMUX"]?.split(separator: ",", omittingEmptySubsequences: false),
            fields.count > 2
        else { return }
        unlink(fields.dropLast(2).joined(separator: ","))
    }

    /// Removes what the tmux servers of a session, all ended, have left.
    static func removeSockets(uid: String, _ context: Context) {
        let folder = sockets(context)
        for name in Files.names(in: folder) where name.hasPrefix("ray-\(uid.prefix(8))-") {
            unlink(folder / name)
        }
    }

    private static func sockets(_ context: Context) -> String {
        (context.environment["TMUX_TMPDIR"] ?? "/tmp") / "tmux-\(getuid())"
    }
}
