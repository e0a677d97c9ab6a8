import ArgumentParser

struct Up: RunnableCommand {
    static let configuration = CommandConfiguration(
        commandName: "up", abstract: "Bring a cluster of other machines up, or to what its file says now.",
        discussion: """
            All nodes are prepared at once, and Ray is started on the head first. What is there already stays as \
            it is: a command that has succeeded is not run again, and Ray is not restarted unless what starts it has \
            changed.

            $ ray up cluster.yaml
            $ ray up cluster.yaml --no-restart
            """)

    @OptionGroup var cluster: ClusterFileArguments

    @Flag(name: .customLong("no-restart"), help: "Leave Ray as it is on nodes that were up.")
    var noRestart = false

    @Flag(name: .customLong("restart-only"), help: "Start Ray again, also where nothing has changed.")
    var restartOnly = false

    @Option(
        name: .customLong("step-timeout"),
        help: ArgumentHelp("How long one command of the cluster file may take, in seconds.", valueName: "seconds"))
    var stepTimeout = 3600

    @Flag(name: .shortAndLong, help: "Ask nothing.")
    var yes = false

    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard !noRestart || !restartOnly else {
            throw ValidationError("`--no-restart` and `--restart-only` cannot both be given")
        }
        guard stepTimeout > 0 else { throw ValidationError("`--step-timeout` must be more than 0") }
    }

    func run(_ context: Context, _ interrupts: Interrupts) async throws -> Int32 {
        let host = PluginHost(context)
        return try await host.closing {
            let loaded = try await LoadedCluster(cluster, context, host)
            guard loaded.config.notHonoured.isEmpty else { throw Failure(loaded.config.notHonoured) }
            guard loaded.config.missing.isEmpty else { throw Failure(loaded.config.missing) }
            let mounts = try await ClusterMounts(loaded.config, context)
            let journal = try await JournalWriter(
                loaded.folder, purpose: "ray up",
                waiting: { context.terminal.note($0.waitingText(loaded.name, what: "cluster")) })
            do {
                let status = try await bringUp(loaded, mounts, journal, context)
                await journal.close()
                return status
            } catch {
                await journal.close()
                throw error
            }
        }
    }

    private func bringUp(
        _ loaded: LoadedCluster, _ mounts: ClusterMounts, _ journal: JournalWriter, _ context: Context
    ) async throws -> Int32 {
        let before = await journal.state
        let isNew = before.phase == .none || before.phase == .stopped
        try await journal.append(
            .intent, .session,
            [
                "uid": .string(before.phase == .none ? RandomName.make() : before.uid), "project": .string(loaded.name),
                "provider": .string(loaded.config.providerType), "config": loaded.configuration.config,
                "cluster": .string(loaded.config.file), "machine": .string(ProcessIdentity.machine),
            ])
        let uid = await journal.state.uid
        let reach = try NodeReach(context)
        var nodes = try await loaded.nodes(of: uid, reach: reach)
        _ = try loaded.head(of: nodes)
        nodes = Array(nodes.prefix(1 + (loaded.config.leastWorkers ?? nodes.count)))
        var options = ClusterBringUp.Options(context)
        options.leavesRay = noRestart && !isNew
        options.restarts = restartOnly
        options.mounts = mounts
        options.stepTimeout = .seconds(stepTimeout)
        let identity = ClusterIdentity(name: loaded.name, uid: uid, context: context)
        let outcome = try await ClusterBringUp(
            loaded.config, identity, reach, options, logs: loaded.folder.logs, context.terminal
        ).run(nodes)
        guard outcome.failures.isEmpty else {
            let up = outcome.started.count + outcome.unchanged.count
            context.terminal.note("\(up) of \(nodes.count) nodes are up")
            let message = outcome.failures.first?.message ?? ""
            try await journal.append(
                .outcome, .session, ["problem": ["step": "nodes", "message": .string(message)]])
            throw Failure(outcome.failures)
        }
        try await journal.append(.outcome, .session)
        tell(loaded, nodes, outcome, context)
        return 0
    }

    private func tell(
        _ loaded: LoadedCluster, _ nodes: [ClusterNode], _ outcome: ClusterBringUp.Outcome, _ context: Context
    ) {
        if context.terminal.isJSON {
            context.terminal.output(json: [
                "cluster": .string(loaded.name), "head": .string(nodes.first?.id ?? ""),
                "workers": .array(nodes.dropFirst().map { .string($0.id) }),
                "unchanged": .array(outcome.unchanged.sorted().map(JSONValue.string)),
            ])
            return
        }
        let count = nodes.count == 1 ? "1 node" : "\(nodes.count) nodes"
        context.terminal.note(
            outcome.started.isEmpty
                ? "cluster `\(loaded.name)` is up as it was: \(count)" : "cluster `\(loaded.name)` is up: \(count)")
    }
}
