import ArgumentParser

struct Down: RunnableCommand {
    static let configuration = CommandConfiguration(
        commandName: "down", abstract: "End what a cluster runs, and give its machines back.",
        discussion: """
            $ ray down cluster.yaml
            $ ray down cluster.yaml --workers-only --keep-min-workers
            """)

    @OptionGroup var cluster: ClusterFileArguments

    @Flag(name: .customLong("workers-only"), help: "Leave the head as it is.")
    var workersOnly = false

    @Flag(
        name: .customLong("keep-min-workers"),
        help: "With `--workers-only`: leave as many workers as the file wants at least.")
    var keepMinWorkers = false

    @Flag(name: .shortAndLong, help: "Ask nothing.")
    var yes = false

    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard !keepMinWorkers || workersOnly else {
            throw ValidationError("`--keep-min-workers` needs `--workers-only`: workers without a head do nothing")
        }
    }

    func run(_ context: Context, _ interrupts: Interrupts) async throws -> Int32 {
        let host = PluginHost(context)
        return try await host.closing {
            let loaded = try await LoadedCluster(cluster, context, host)
            guard Files.exists(loaded.folder.journal), try loaded.folder.state().phase != .none else {
                context.terminal.note("cluster `\(loaded.name)` is not up")
                return 0
            }
            let what = workersOnly ? "the workers of cluster" : "cluster"
            if !yes {
                guard context.terminal.canAsk else {
                    throw Failure(
                        .usage, "taking \(what) `\(loaded.name)` down is to be confirmed, and there is nobody to ask",
                        hint: "`--yes` confirms it")
                }
                guard try await context.terminal.ask("take \(what) `\(loaded.name)` down? [y/N] ") else { return 1 }
            }
            var down = ClusterDown(loaded, context)
            if workersOnly { down.remaining = 1 + (keepMinWorkers ? loaded.config.leastWorkers ?? 0 : 0) }
            try await down.run(purpose: "ray down")
            return 0
        }
    }
}
