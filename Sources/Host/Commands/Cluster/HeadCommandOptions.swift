import ArgumentParser

/// What commands that run something on a cluster's head have in common.
struct HeadCommandOptions: ParsableArguments {
    @Flag(help: "Bring the cluster up first, where it is not.")
    var start = false

    @Flag(help: "Run it in a new window of tmux there, and leave it.")
    var tmux = false

    @Flag(help: "Run it in a new window of screen there, and leave it.")
    var screen = false

    @Option(
        name: [.customShort("p"), .customLong("port-forward")],
        help: ArgumentHelp(
            "Have this port of this machine lead to the same one of the head meanwhile; may be repeated.",
            valueName: "port"))
    var ports: [Int] = []

    func validate() throws {
        guard !tmux || !screen else { throw ValidationError("`--tmux` and `--screen` cannot both be given") }
        for port in ports where !(1...65535).contains(port) {
            throw ValidationError("`--port-forward` needs a port from 1 to 65535, not \(port)")
        }
    }

    var forwarded: [PortForwarding.Port] { ports.map { PortForwarding.Port(local: $0, remote: $0) } }

    /// Brings the cluster up if that is asked for and it is not.
    func begin(_ loaded: LoadedCluster, _ context: Context) async throws {
        guard start, try loaded.folder.state().phase != .up else { return }
        try await ClusterUp(loaded, context).run()
    }

    /// Runs a command of the user's on the head, as the options say.
    func run(
        _ command: RemoteCommand, on node: ClusterNode, _ context: Context, _ interrupts: Interrupts
    ) async throws -> Int32 {
        let name = "ray-\(RandomName.make())"
        let status = try await PortForwarding(to: node).with(forwarded) {
            try await RemoteRun(node, context).run(command.inWindow(self, name: name), interrupts)
        }
        if status == 0, tmux || screen {
            context.terminal.note(
                "it runs in \(tmux ? "tmux" : "screen") as `\(name)`; `ray attach` with the same option shows it")
        }
        return status
    }
}

/// Takes a cluster down after what was run on its head.
struct StopOption: ParsableArguments {
    @Flag(help: "Take the cluster down afterwards.")
    var stop = false

    /// What a command does with it, and with a window that stays there.
    func validate(with head: HeadCommandOptions) throws {
        guard stop, head.tmux || head.screen else { return }
        throw ValidationError(
            "`--stop` waits for the command, which `--tmux` and `--screen` do not: use `ray down` when it has ended")
    }

    /// Runs `body`, and takes the cluster down also when that fails.
    func after(
        _ loaded: LoadedCluster, _ context: Context, _ body: () async throws -> Int32
    ) async throws -> Int32 {
        guard stop else { return try await body() }
        let status: Int32
        do { status = try await body() } catch {
            await Task { try? await ClusterDown(loaded, context).run(purpose: "ray down") }.value
            throw error
        }
        try await Task { try await ClusterDown(loaded, context).run(purpose: "ray down") }.value
        return status
    }
}

extension RemoteCommand {
    /// The same in a window of tmux or screen that stays when the command has ended.
    ///
    /// `name` is the window's, for attaching to it.
    func inWindow(_ head: HeadCommandOptions, name: String) -> RemoteCommand {
        let kept = "\(text)\nexec bash".shellQuoted
        if head.tmux { return RemoteCommand(text: "tmux new-session -d -s \(name) bash -c \(kept)") }
        if head.screen { return RemoteCommand(text: "screen -S \(name) -d -m bash -c \(kept)") }
        return self
    }
}
