/// Has a provider that makes its nodes make those that are missing.
struct NodeLaunch: Sendable {
    let provider: Provider
    let config: JSONValue
    let uid: String
    /// How long nodes that boot are waited for.
    var wait = Duration.seconds(300)

    /// Starts those that are stopped and launches the others, until there is a head and as many workers.
    ///
    /// What is asked for is journaled before: asked again after an end of this program, the provider makes it once.
    func run(workers: Int, _ journal: JournalWriter) async throws {
        for (token, launch) in await journal.state.launches.sorted(by: { $0.key < $1.key }) {
            try await ask(token, launch, journal)
        }
        let wanted: [(Node.Kind, Int)] = [(.head, 1), (.worker, workers)]
        var nodes = try await provider.nodes(config, uid: uid)
        for (kind, count) in wanted { try await start(nodes.filter { $0.kind == kind }, count) }
        nodes = try await provider.nodes(config, uid: uid)
        for (kind, count) in wanted {
            let missing = count - nodes.count { $0.kind == kind && $0.isComing }
            guard missing > 0 else { continue }
            try await ask(RandomName.make(), .init(kind: kind, count: missing), journal)
        }
        let begin = ContinuousClock.now
        while try await provider.nodes(config, uid: uid).contains(where: { $0.state == .pending }),
            ContinuousClock.now - begin < wait
        {
            try await Task.sleep(for: .seconds(1))
        }
    }

    /// Of these nodes as many as are wanted and do not run.
    private func start(_ nodes: [Node], _ count: Int) async throws {
        let missing = count - nodes.count(where: \.isComing)
        let stopped = nodes.filter { $0.state == .stopped }.prefix(max(0, missing)).map(\.id)
        guard !stopped.isEmpty else { return }
        try await provider.start(config, uid: uid, ids: stopped)
    }

    private func ask(_ token: String, _ launch: SessionState.Launch, _ journal: JournalWriter) async throws {
        try await journal.append(
            .intent, .nodes,
            [
                "token": .string(token), "kind": .string(launch.kind.rawValue), "count": .int(Int64(launch.count)),
            ])
        let made = try await provider.launch(config, uid: uid, token: token, kind: launch.kind, count: launch.count)
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
}

extension Node {
    /// Whether it runs or is about to.
    fileprivate var isComing: Bool { state == .running || state == .pending }
}
