import ArgumentParser

struct Attach: RunnableCommand {
    static let configuration = CommandConfiguration(
        commandName: "attach", abstract: "Open a shell on a cluster's head.",
        discussion: """
            $ ray attach cluster.yaml
            $ ray attach cluster.yaml --tmux            the last window of tmux there, or a new one
            $ ray attach cluster.yaml -p 8265
            """)

    @OptionGroup var cluster: ClusterFileArguments
    @OptionGroup var head: HeadCommandOptions

    @Flag(name: [.customShort("N"), .long], help: "Open a new window of tmux or screen.")
    var new = false

    @OptionGroup var output: OutputOptions

    var passesStatusThrough: Bool { true }

    func validate() throws {
        guard !new || head.tmux || head.screen else {
            throw ValidationError("`--new` is about windows: it needs `--tmux` or `--screen`")
        }
    }

    private var shell: RemoteCommand {
        if head.tmux { return RemoteCommand(text: new ? "tmux new" : "tmux attach || tmux new") }
        if head.screen { return RemoteCommand(text: new ? "screen -L" : "screen -L -xRR") }
        return RemoteCommand(text: "exec \"${SHELL:-sh}\"")
    }

    func run(_ context: Context, _ interrupts: Interrupts) async throws -> Int32 {
        let host = PluginHost(context)
        return try await host.closing {
            let loaded = try await LoadedCluster(cluster, context, host)
            try await head.begin(loaded, context)
            let node = try await loaded.connectedHead()
            return try await PortForwarding(to: node).with(head.forwarded) {
                try await RemoteRun(node, context).run(shell, interrupts)
            }
        }
    }
}
