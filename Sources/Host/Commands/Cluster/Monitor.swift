import ArgumentParser

struct Monitor: RunnableCommand {
    static let configuration = CommandConfiguration(
        commandName: "monitor", abstract: "Follow what Ray's monitor writes on a cluster's head.",
        discussion: """
            $ ray monitor cluster.yaml --lines 20
            """)

    @OptionGroup var cluster: ClusterFileArguments

    @Option(help: ArgumentHelp("How much of each log to show at first.", valueName: "number"))
    var lines = 100

    @OptionGroup var output: OutputOptions

    var passesStatusThrough: Bool { true }

    func validate() throws {
        guard lines >= 0 else { throw ValidationError("`--lines` cannot be less than 0") }
    }

    func run(_ context: Context, _ interrupts: Interrupts) async throws -> Int32 {
        let host = PluginHost(context)
        return try await host.closing {
            let loaded = try await LoadedCluster(cluster, context, host)
            let command = RemoteCommand(
                text: "tail -n \(lines) -f \"${RAY_TMPDIR:-${TMPDIR:-/tmp}}\"/ray/session_latest/logs/monitor*")
            return try await RemoteRun(try await loaded.connectedHead(), context).run(command, interrupts)
        }
    }
}
