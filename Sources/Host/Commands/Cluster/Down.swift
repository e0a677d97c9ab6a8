import ArgumentParser

struct Down: RunnableCommand {
    static let configuration = CommandConfiguration(
        commandName: "down", abstract: "End what a cluster runs, and give its machines back.",
        discussion: """
            $ ray down cluster.yaml
            """)

    @OptionGroup var cluster: ClusterFileArguments

    @Flag(name: .shortAndLong, help: "Ask nothing.")
    var yes = false

    @OptionGroup var output: OutputOptions

    func run(_ context: Context, _ interrupts: Interrupts) async throws -> Int32 {
        let host = PluginHost(context)
        return try await host.closing {
            let loaded = try await LoadedCluster(cluster, context, host)
            guard Files.exists(loaded.folder.journal), try loaded.folder.state().phase != .none else {
                context.terminal.note("cluster `\(loaded.name)` is not up")
                return 0
            }
            if !yes {
                guard context.terminal.canAsk else {
                    throw Failure(
                        .usage, "taking cluster `\(loaded.name)` down is to be confirmed, and there is nobody to ask",
                        hint: "`--yes` confirms it")
                }
                guard try await context.terminal.ask("take cluster `\(loaded.name)` down? [y/N] ") else { return 1 }
            }
            let journal = try await JournalWriter(
                loaded.folder, purpose: "ray down",
                waiting: { context.terminal.note($0.waitingText(loaded.name, what: "cluster")) })
            do {
                try await takeDown(loaded, journal, context)
                if await journal.state.phase == .none { await journal.forget() }
                await journal.close()
                return 0
            } catch {
                await journal.close()
                throw error
            }
        }
    }

    private func takeDown(_ loaded: LoadedCluster, _ journal: JournalWriter, _ context: Context) async throws {
        let state = await journal.state
        let reach = try NodeReach(context)
        let config = state.config == .null ? loaded.configuration.config : state.config
        // Those that were brought up, also where the file names others by now.
        let nodes = try await loaded.nodes(of: state.uid, config: config, reach: reach)
        try await journal.append(.intent, .stop, ["terminate": true])
        let identity = ClusterIdentity(name: loaded.name, uid: state.uid, context: context)
        let problems = try await ClusterTeardown(identity, reach, context.terminal).run(nodes)
        guard problems.isEmpty else { throw Failure(problems) }
        _ = try await loaded.provider.end(config, uid: state.uid, ids: nodes.map(\.id), terminate: true)
        try await journal.append(.outcome, .stop, ["terminated": true])
        context.terminal.note("cluster `\(loaded.name)` is down")
    }
}
