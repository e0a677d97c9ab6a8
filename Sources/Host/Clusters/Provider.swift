import FoundationEssentials

/// A node as its provider lists it.
package struct Node: Sendable, Codable, Equatable {
    package enum Kind: String, Sendable, Codable { case head, worker }
    package enum State: String, Sendable, Codable { case pending, running, stopping, stopped, terminated }

    package var id: String
    package var kind: Kind
    package var type: String?
    package var state: State
    package var addresses: [String: String]?
    package var tags: [String: String]?
}

/// A cluster provider, asked about one cluster.
package struct Provider: Sendable {
    package let plugin: Plugin
    /// What cluster files call it, and where one does.
    let type: String
    let place: Place?
    private let plugins: PluginHost

    package init(plugin: Plugin, type: String, at place: Place? = nil, plugins: PluginHost) {
        self.plugin = plugin
        self.type = type
        self.place = place
        self.plugins = plugins
    }

    /// The provider that handles a cluster's `provider.type`.
    package init(
        for cluster: ClusterConfig, in catalogue: Catalogue, plugins: PluginHost, known: KnownPlugins
    ) throws(Failure) {
        let found = catalogue.providers(of: cluster.providerType)
        guard let plugin = found.first else {
            throw Failure([
                known.diagnostic(forProvider: cluster.providerType, at: cluster.providerTypePlace, catalogue)
            ])
        }
        guard found.count == 1 else {
            let names = found.map { "`\($0.id)` in `\($0.folder)`" }.joined(separator: " and ")
            throw Failure(
                .conflict, "more than one plugin handles `provider.type: \(cluster.providerType)`: \(names)",
                at: cluster.providerTypePlace,
                hint: "remove one of them, or leave it out of `--plugin-path` and RAY_PLUGIN_PATH")
        }
        self.init(plugin: plugin, type: cluster.providerType, at: cluster.providerTypePlace, plugins: plugins)
    }

    /// What `configure` made of a cluster file.
    package struct Configuration: Sendable {
        /// Given back to every other operation unchanged.
        package var config: JSONValue
        /// The session runs in the project's own folder on this machine.
        package var inPlace: Bool
        /// What bringing the cluster up would create, for people.
        package var creates: [String]
        /// How many workers are wanted, of a provider that makes its nodes; nil where they are there already.
        package var workers: Int?
        package var warnings: [Diagnostic]
    }

    /// Checks the cluster file; throws all that is wrong with it.
    ///
    /// No side effects.
    package func configure(_ cluster: ClusterConfig, project: Project) async throws -> Configuration {
        try await configure(cluster, name: project.name, root: project.root)
    }

    /// The same for a cluster of this name, whose paths are relative to `root`.
    package func configure(_ cluster: ClusterConfig, name: String, root: String) async throws -> Configuration {
        let answer = try await plugins.answer(
            plugin, "configure",
            [
                "cluster": cluster.node.json, "places": .object(cluster.node.places.mapValues(\.json)),
                "project": ["name": .string(name), "root": .string(root)],
            ])
        let problems = answer.diagnostics(of: plugin)
        guard !problems.contains(where: { $0.severity == .error }) else { throw Failure(problems) }
        guard let config = answer["config"] else {
            throw plugin.wrongShape(ofAnswerTo: "configure", "`config` is missing")
        }
        return Configuration(
            config: config, inPlace: answer["in_place"]?.bool ?? false,
            creates: answer["creates"]?.array?.compactMap(\.string) ?? [],
            workers: answer["workers"]?.int.flatMap(Int.init(exactly:)).map { max(0, $0) }, warnings: problems)
    }

    /// Every node of the cluster, as the provider sees them now.
    package func nodes(_ config: JSONValue, uid: String) async throws -> [Node] {
        let answer = try await ask("nodes", ["config": config, "uid": .string(uid)])
        return try decode(answer["nodes"], from: "nodes")
    }

    /// Asks for `count` nodes.
    ///
    /// The same token never makes more than once. Where it is not known whether the call was heard, what it made is
    /// looked for before it is made again.
    package func launch(
        _ config: JSONValue, uid: String, token: String, kind: Node.Kind, count: Int
    ) async throws -> (nodes: [Node], problems: [String]) {
        let answer = try await ask(
            "launch",
            [
                "config": config, "uid": .string(uid), "token": .string(token), "kind": .string(kind.rawValue),
                "type": .string(kind.rawValue), "count": .int(Int64(count)), "min_count": .int(Int64(count)),
                "tags": [:],
            ]
        ) {
            let found = try await self.answer(toFind: token, config, uid: uid)
            return found["nodes"]?.array?.count == count ? found : nil
        }
        let problems = answer["errors"]?.array?.compactMap { $0["message"]?.string } ?? []
        return (try decode(answer["nodes"], from: "launch"), problems)
    }

    private func answer(toFind token: String, _ config: JSONValue, uid: String) async throws -> JSONValue {
        try await ask("find", ["config": config, "uid": .string(uid), "token": .string(token)])
    }

    /// The ids of all nodes that are not gone, also of those that were asked for and whose answer was lost.
    ///
    /// A cloud may list a node only seconds after it was asked for: those of `launches` are looked for that long.
    func ids(
        _ config: JSONValue, uid: String, with launches: [String: SessionState.Launch],
        for patience: Duration = .seconds(5)
    ) async throws -> Set<String> {
        let end = ContinuousClock.now + patience
        var (ids, open) = (Set<String>(), launches)
        while true {
            for (token, launch) in open {
                let found: [Node] = try decode(try await answer(toFind: token, config, uid: uid)["nodes"], from: "find")
                ids.formUnion(found.filter { $0.state != .terminated }.map(\.id))
                if found.count >= launch.count { open[token] = nil }
            }
            guard !open.isEmpty, .now < end else { break }
            try await Task.sleep(for: .seconds(1))
        }
        return ids.union(try await nodes(config, uid: uid).filter { $0.state != .terminated }.map(\.id))
    }

    /// Calls an operation, again where the provider says that this may help.
    ///
    /// `found` is its answer, if any, where the provider does not know whether it was heard; a failure after that
    /// leaves it as unknown.
    private func ask(
        _ operation: String, _ request: JSONValue, or found: () async throws -> JSONValue? = { nil }
    ) async throws -> JSONValue {
        var delay = Duration.milliseconds(500)
        var mayHaveHappened = false
        while true {
            do { return try await plugins.call(plugin, operation, request) } catch var failure as Failure {
                let repetition = failure.diagnostics.first?.repetition
                if repetition == .afterFinding {
                    mayHaveHappened = true
                    if let answer = try await found() { return answer }
                }
                guard repetition != nil, delay < .seconds(8) else {
                    if mayHaveHappened { failure.diagnostics[0].repetition = .afterFinding }
                    throw failure
                }
                try await Task.sleep(for: delay)
                delay *= 2
            }
        }
    }

    /// How to reach each node.
    package func access(_ config: JSONValue, uid: String, ids: [String]) async throws -> [String: Access] {
        let answer = try await ask(
            "access", ["config": config, "uid": .string(uid), "ids": .array(ids.map(JSONValue.string))])
        return try decode(answer["access"], from: "access")
    }

    /// Stops or gives back nodes; throws which of them it could not.
    func end(_ config: JSONValue, uid: String, ids: [String], terminate: Bool = true) async throws {
        guard !ids.isEmpty else { return }
        let results = try await call(terminate ? "terminate" : "stop", config, uid, ids)
        let failed = ids.filter { results[$0] != "done" && results[$0] != "already" }
        guard failed.isEmpty else {
            throw Failure(
                .unreachable,
                "provider `\(type)` could not \(terminate ? "terminate" : "stop") \(failed.joined(separator: ", "))",
                at: place, hint: "run the command again")
        }
    }

    /// The same for nodes on which not all could be ended: `problems` with that count only where one still runs.
    func end(
        _ config: JSONValue, uid: String, ids: [String], terminate: Bool = true, after problems: [Diagnostic]
    ) async throws {
        do { try await end(config, uid: uid, ids: ids, terminate: terminate) } catch let failure as Failure {
            throw Failure(problems + failure.diagnostics)
        }
        guard !problems.isEmpty else { return }
        let isLeft = try await nodes(config, uid: uid).contains { ids.contains($0.id) && $0.state == .running }
        guard !isLeft else { throw Failure(problems) }
    }

    /// Starts nodes that were stopped; throws which of them it could not.
    func start(_ config: JSONValue, uid: String, ids: [String]) async throws {
        let results = try await call("start", config, uid, ids)
        let failed = ids.filter { results[$0] != "done" && results[$0] != "already" }
        guard failed.isEmpty else {
            throw Failure(
                .capacity, "provider `\(type)` could not start \(failed.joined(separator: ", ")) again", at: place,
                hint: "run the command again, or take the nodes down to have others made")
        }
    }

    private func call(
        _ operation: String, _ config: JSONValue, _ uid: String, _ ids: [String]
    ) async throws -> [String: String] {
        let answer = try await ask(
            operation, ["config": config, "uid": .string(uid), "ids": .array(ids.map(JSONValue.string))])
        return try decode(answer["results"], from: operation)
    }

    private func decode<Value: Decodable>(_ value: JSONValue?, from operation: String) throws -> Value {
        do { return try JSONDecoder().decode(Value.self, from: (value ?? .null).canonical) } catch {
            throw plugin.wrongShape(ofAnswerTo: operation, error.sentence)
        }
    }
}
