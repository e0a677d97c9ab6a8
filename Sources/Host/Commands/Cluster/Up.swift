import ArgumentParser

struct Up: RunnableCommand {
    static let configuration = CommandConfiguration(
        commandName: "up", abstract: "Bring a cluster of other machines up, or to what its file says now.",
        discussion: """
            All nodes are prepared at once, and Ray is started on the head first. What is there already stays as \
            it is: a command that has succeeded is not run again, and Ray is not restarted unless what starts it has \
            changed. Nothing is asked.

            $ ray up cluster.yaml
            $ ray up cluster.yaml --no-restart
            $ ray up cluster.yaml --dry-run
            """)

    @OptionGroup var cluster: ClusterFileArguments

    @Option(
        name: .customLong("min-workers"),
        help: ArgumentHelp("How many workers are to come up, instead of what the file says.", valueName: "number"))
    var minWorkers: Int?

    @Option(
        name: .customLong("max-workers"),
        help: ArgumentHelp("How many workers may come up, instead of what the file says.", valueName: "number"))
    var maxWorkers: Int?

    @Flag(name: .customLong("no-restart"), help: "Leave Ray as it is on nodes that were up.")
    var noRestart = false

    @Flag(name: .customLong("restart-only"), help: "Start Ray again, also where nothing has changed.")
    var restartOnly = false

    @Flag(name: .customLong("force-setup"), help: "Run what prepares the nodes again, also where it was done.")
    var forceSetup = false

    @Flag(name: .customLong("dry-run"), help: "Say what would be run on each node, and change nothing.")
    var dryRun = false

    @Option(
        name: .customLong("step-timeout"),
        help: ArgumentHelp("How long one command of the cluster file may take, in seconds.", valueName: "seconds"))
    var stepTimeout = 3600

    @Flag(name: .shortAndLong, help: "Ask nothing, as always.")
    var yes = false

    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard !noRestart || !restartOnly else {
            throw ValidationError("`--no-restart` and `--restart-only` cannot both be given")
        }
        guard stepTimeout > 0 else { throw ValidationError("`--step-timeout` must be more than 0") }
        guard (minWorkers ?? 0) >= 0, (maxWorkers ?? 0) >= 0 else {
            throw ValidationError("`--min-workers` and `--max-workers` cannot be less than 0")
        }
        if let minWorkers, let maxWorkers, minWorkers > maxWorkers {
            throw ValidationError("`--min-workers` cannot be more than `--max-workers`")
        }
    }

    func run(_ context: Context, _ interrupts: Interrupts) async throws -> Int32 {
        let host = PluginHost(context)
        return try await host.closing {
            let loaded = try await LoadedCluster(cluster, context, host)
            var up = try await ClusterUp(loaded, context)
            up.leavesRay = noRestart
            up.options.restarts = restartOnly
            up.options.preparesAgain = forceSetup
            up.options.stepTimeout = .seconds(stepTimeout)
            up.leastWorkers = minWorkers
            up.mostWorkers = maxWorkers
            if dryRun { return try await up.inspect() }
            try await up.run()
            return 0
        }
    }
}
