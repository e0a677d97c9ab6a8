/// Has a provider that makes its nodes make those that are missing, and give back those that are not wanted.
struct NodeLaunch: Sendable {
    let provider: Provider
    let config: JSONValue
    let uid: String
    /// How long nodes that boot, or that stop, are waited for.
    let wait: Duration
    let terminal: Terminal

    /// Starts those that are stopped and launches the others, until there is a head and as many workers.
    ///
    /// What is asked for is journaled before: asked again after an end of this program, the provider makes it once.
    func run(workers: Int, _ journal: JournalWriter) async throws {
        for (token, launch) in await journal.state.launches.sorted(by: { $0.key < $1.key }) {
            try await ask(token, launch, journal)
        }
        let wanted: [(kind: Node.Kind, count: Int)] = [(.head, 1), (.worker, workers)]
        // What stops now may be started again once it has.
        var nodes = try await nodes { nodes in
            wanted.contains { nodes.missing($0) > 0 } ? nodes.filter { $0.state == .stopping } : []
        }
        for (kind, count) in wanted { try await start(nodes.filter { $0.kind == kind }, nodes.missing((kind, count))) }
        nodes = try await provider.nodes(config, uid: uid)
        for (kind, count) in wanted where nodes.missing((kind, count)) > 0 {
            try await ask(RandomName.make(), .init(kind: kind, count: nodes.missing((kind, count))), journal)
        }
        nodes = try await self.nodes { nodes in nodes.filter { $0.state == .pending } }
        try check(nodes, wanted)
    }

    /// Of these nodes as many as are missing and do not run.
    private func start(_ nodes: [Node], _ missing: Int) async throws {
        let stopped = nodes.filter { $0.state == .stopped }.prefix(max(0, missing)).map(\.id)
        guard !stopped.isEmpty else { return }
        try await provider.start(config, uid: uid, ids: stopped)
    }

    /// The nodes once there are none of those that `unsettled` says, or when that has taken too long.
    private func nodes(without unsettled: ([Node]) -> [Node]) async throws -> [Node] {
        let end = ContinuousClock.now + wait
        var told = ""
        while true {
            let nodes = try await provider.nodes(config, uid: uid)
            let left = unsettled(nodes)
            guard !left.isEmpty, .now < end else { return nodes }
            if left.stateSentence != told { terminal.note("waiting: \(left.stateSentence)") }
            told = left.stateSentence
            try await Task.sleep(for: .seconds(1))
        }
    }

    private func check(_ nodes: [Node], _ wanted: [(kind: Node.Kind, count: Int)]) throws(Failure) {
        for (kind, count) in wanted {
            let running = nodes.count { $0.kind == kind && $0.state == .running }
            guard running < count else { continue }
            let others = nodes.filter { $0.kind == kind && $0.state != .running }
            throw Failure(
                .capacity, "\(running) of \(count) \(kind.rawValue) nodes of provider `\(provider.type)` run",
                at: provider.place, cause: others.isEmpty ? "it lists no others" : others.stateSentence,
                hint:
                    "run the command again; for how many seconds it waits is what AUTOSCALER_NODE_START_WAIT_S says (\(wait.inSeconds) now)"
            )
        }
    }

    private func ask(_ token: String, _ launch: SessionState.Launch, _ journal: JournalWriter) async throws {
        try await journal.append(
            .intent, .nodes,
            [
                "token": .string(token), "kind": .string(launch.kind.rawValue), "count": .int(Int64(launch.count)),
            ])
        let made: (nodes: [Node], problems: [String])
        do {
            made = try await provider.launch(config, uid: uid, token: token, kind: launch.kind, count: launch.count)
        } catch let failure as Failure where failure.isRefusal {
            // Asked for again it would be with the count of then.
            try await journal.append(.outcome, .nodes, ["token": .string(token), "ids": []])
            throw failure
        }
        try await journal.append(
            .outcome, .nodes, ["token": .string(token), "ids": .array(made.nodes.map { .string($0.id) })])
        guard made.nodes.count < launch.count else { return }
        throw Failure(
            .capacity,
            "provider `\(provider.type)` gave \(made.nodes.count) of \(launch.count) \(launch.kind.rawValue) nodes",
            at: provider.place,
            cause: made.problems.isEmpty ? nil : made.problems.joined(separator: "\n"),
            hint: "run the command again when that is mended")
    }

    /// Gives back all nodes but these.
    func giveBack(besides wanted: Set<String>) async throws {
        let left = try await provider.nodes(config, uid: uid).filter { !wanted.contains($0.id) && !$0.isGoing }
        try await provider.end(config, uid: uid, ids: left.map(\.id))
    }

    /// Gives back what was made for another configuration and is not seen with this one, in another region perhaps.
    ///
    /// To be called before the journal forgets that configuration.
    func giveBack(madeFor state: SessionState) async throws {
        guard state.mayHaveNodes, state.config != config else { return }
        let seen = Set(try await provider.nodes(config, uid: uid).map(\.id))
        let ids = try await provider.ids(state.config, uid: uid, with: state.launches).subtracting(seen).sorted()
        guard !ids.isEmpty else { return }
        terminal.note("giving back what the cluster file does not ask for any more: \(ids.joined(separator: ", "))")
        try await provider.end(state.config, uid: uid, ids: ids)
    }
}

extension Node {
    /// Whether it runs or is about to.
    fileprivate var isComing: Bool { state == .running || state == .pending }
    fileprivate var isGoing: Bool { state == .stopping || state == .terminated }
}

extension [Node] {
    /// How many of a kind there are too few.
    fileprivate func missing(_ wanted: (kind: Node.Kind, count: Int)) -> Int {
        wanted.count - count { $0.kind == wanted.kind && $0.isComing }
    }

    /// For people: `n1` is pending, `n2` is stopped.
    fileprivate var stateSentence: String { map { "`\($0.id)` is \($0.state.rawValue)" }.joined(separator: ", ") }
}

extension Failure {
    /// Whether the provider has said no, so that there is nothing to look for.
    fileprivate var isRefusal: Bool {
        guard let diagnostic = diagnostics.first, diagnostic.repetition == nil else { return false }
        return [.usage, .input, .conflict, .unsatisfiable, .auth, .quota, .capacity].contains(diagnostic.errorClass)
    }
}
