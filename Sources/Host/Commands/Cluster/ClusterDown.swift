/// Ends what a cluster runs, and gives its machines back.
struct ClusterDown: Sendable {
    /// How many nodes stay up, the head first.
    var remaining = 0

    private let loaded: LoadedCluster
    private let context: Context

    init(_ loaded: LoadedCluster, _ context: Context) {
        self.loaded = loaded
        self.context = context
    }

    func run(purpose: String) async throws {
        try await loaded.withJournal(purpose: purpose) { journal in
            try await run(journal)
            if await journal.state.phase == .none { await journal.forget() }
        }
    }

    private func run(_ journal: JournalWriter) async throws {
        let state = await journal.state
        let reach = try NodeReach(context)
        let config = state.config == .null ? loaded.configuration.config : state.config
        // Those that were brought up, also where the file names others by now.
        let all = try await loaded.nodes(of: state.uid, config: config, reach: reach)
        let known = Set(state.nodes.map(\.node.id))
        let nodes = Array(all.filter { known.isEmpty || known.contains($0.id) }.dropFirst(remaining))
        if remaining == 0 { try await journal.append(.intent, .stop, ["terminate": true]) }
        let identity = ClusterIdentity(name: loaded.name, uid: state.uid, context: context)
        let isMade = loaded.configuration.workers != nil
        let problems = try await ClusterTeardown(identity, reach, context.terminal).run(nodes) { node in
            // One that its provider has made is the cluster's until it is given back.
            if !isMade { try await journal.append(.outcome, .nodes, ["ended": .string(node.id)]) }
        }
        guard remaining == 0 else {
            if isMade {
                try await loaded.provider.end(config, uid: state.uid, ids: nodes.map(\.id), after: problems)
                for node in nodes { try await journal.append(.outcome, .nodes, ["ended": .string(node.id)]) }
            } else if !problems.isEmpty {
                throw Failure(problems)
            }
            let count = nodes.count == 1 ? "1 worker" : "\(nodes.count) workers"
            context.terminal.note("cluster `\(loaded.name)` has \(count) less")
            return
        }
        // Also those that do not run, or that nobody has heard of yet.
        let ids = try await loaded.provider.ids(config, uid: state.uid, with: state.launches)
        try await loaded.provider.end(config, uid: state.uid, ids: ids.sorted(), after: problems)
        try await journal.append(.outcome, .stop, ["terminated": true])
        context.terminal.note("cluster `\(loaded.name)` is down")
    }
}
