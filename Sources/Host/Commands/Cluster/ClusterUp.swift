/// Brings a cluster of other machines up, or to what its file says now.
struct ClusterUp: Sendable {
    var options = ClusterBringUp.Options()
    /// Ray is left as it is on nodes that were up.
    var leavesRay = false
    /// How many workers come up, and how many at most, where that is said beside the file.
    var leastWorkers: Int?
    var mostWorkers: Int?

    private let loaded: LoadedCluster
    private let context: Context

    /// Throws what is wrong with the file before anything starts.
    init(_ loaded: LoadedCluster, _ context: Context) async throws {
        guard loaded.config.notHonoured.isEmpty else { throw Failure(loaded.config.notHonoured) }
        guard loaded.config.missing.isEmpty else { throw Failure(loaded.config.missing) }
        self.loaded = loaded
        self.context = context
        options = .init(context)
        options.mounts = try await ClusterMounts(loaded.config, context)
    }

    func run() async throws {
        try await loaded.withJournal(purpose: "ray up") { try await run($0) }
    }

    private func run(_ journal: JournalWriter) async throws {
        let before = await journal.state
        let isNew = before.phase == .none || before.phase == .stopped
        let uid = before.phase == .none ? RandomName.make() : before.uid
        let reach = try NodeReach(context)
        let launch = loaded.configuration.workers.map { _ in
            NodeLaunch(
                provider: loaded.provider, config: loaded.configuration.config, uid: uid, wait: self.options.wait,
                terminal: context.terminal)
        }
        if let launch {
            try await launch.giveBack(madeFor: before)
            try await journal.append(.intent, .session, record(uid))
            try await launch.run(workers: made, journal)
        }
        let nodes = try await wanted(uid, reach)
        let identity = ClusterIdentity(name: loaded.name, uid: uid, context: context)
        let wanted = Set(nodes.map(\.id))
        try await release(Set(before.nodes.map(\.node.id)).subtracting(wanted), before, identity)
        try await launch?.giveBack(besides: wanted)
        try await journal.append(.intent, .session, record(uid, nodes))
        var options = options
        options.leavesRay = leavesRay && !isNew
        let outcome = try await ClusterBringUp(
            loaded.config, identity, reach, options, in: loaded.folder, context.terminal
        ).run(nodes)
        guard outcome.failures.isEmpty else {
            let message = outcome.failures.first?.message ?? ""
            try await journal.append(
                .outcome, .session, ["problem": ["step": "nodes", "message": .string(message)]])
            throw Failure(outcome.failures)
        }
        try await journal.append(.outcome, .session)
        tell(nodes, outcome)
    }

    /// What the journal knows of the cluster; without nodes those it has stay.
    private func record(_ uid: String, _ nodes: [ClusterNode]? = nil) -> JSONValue {
        var members: [String: JSONValue] = [
            "uid": .string(uid), "project": .string(loaded.name),
            "provider": .string(loaded.config.providerType), "config": loaded.configuration.config,
            "cluster": .string(loaded.config.file), "machine": .string(ProcessIdentity.machine),
        ]
        members["nodes"] = nodes.map { JSONValue(encoding: $0.map(\.record)) }
        return .object(members)
    }

    /// How many workers a provider that makes its nodes is to have.
    private var made: Int {
        let count = leastWorkers ?? loaded.config.leastWorkers ?? loaded.configuration.workers ?? 0
        return min(count, mostWorkers ?? count)
    }

    /// Those that are to be up.
    private func wanted(_ uid: String, _ reach: NodeReach) async throws -> [ClusterNode] {
        let nodes = try await loaded.nodes(of: uid, reach: reach)
        _ = try loaded.config.head(of: nodes)
        let count = nodes.count - 1
        let most = min(mostWorkers ?? count, count)
        if loaded.configuration.workers != nil { return Array(nodes.prefix(1 + made)) }
        return Array(nodes.prefix(1 + min(leastWorkers ?? loaded.config.workers(of: count), most)))
    }

    /// Ends what runs on nodes that the cluster has no more.
    private func release(_ ids: Set<String>, _ before: SessionState, _ identity: ClusterIdentity) async throws {
        guard !ids.isEmpty else { return }
        let reach = try NodeReach(context)
        let nodes = try await loaded.nodes(of: before.uid, config: before.config, reach: reach)
        try await ClusterTeardown(identity, reach, context.terminal).release(nodes.filter { ids.contains($0.id) })
    }

    /// Says what `run` would do.
    func inspect() async throws -> Int32 {
        let state = try loaded.folder.state()
        let identity = ClusterIdentity(
            name: loaded.name, uid: state.uid.isEmpty ? RandomName.make() : state.uid, context: context)
        let known = try await loaded.provider.nodes(loaded.configuration.config, uid: identity.uid)
        if loaded.configuration.workers != nil, !known.contains(where: { $0.state == .running }) {
            return tellOfMissing()
        }
        let nodes = try await wanted(identity.uid, try NodeReach(context))
        var options = options
        options.leavesRay = leavesRay && !state.isEnded
        let results = await withTaskGroup(of: (String, Result<NodeInspection, any Error>).self) { group in
            for node in nodes {
                group.addTask { [options] in
                    do {
                        return (
                            node.id,
                            .success(try await NodeInspection(node, loaded.config, identity, options, all: nodes))
                        )
                    } catch { return (node.id, .failure(error)) }
                }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        let inspections = nodes.compactMap { try? results[$0.id]?.get() }
        if context.terminal.isJSON {
            context.terminal.output(json: .array(inspections.map(\.json)))
        } else {
            for inspection in inspections { context.terminal.output(inspection.text) }
        }
        var problems: [Diagnostic] = []
        for case .failure(let error) in nodes.compactMap({ results[$0.id] }) {
            guard let failure = error as? Failure else { throw error }
            problems += failure.diagnostics
        }
        guard problems.isEmpty else { throw Failure(problems) }
        return 0
    }

    /// There is nothing yet to inspect.
    private func tellOfMissing() -> Int32 {
        if context.terminal.isJSON {
            context.terminal.output(json: [])
        } else {
            for line in loaded.configuration.creates { context.terminal.output(line) }
        }
        return 0
    }

    private func tell(_ nodes: [ClusterNode], _ outcome: ClusterBringUp.Outcome) {
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
