/// What `up` would do on one node, found out without changing anything there.
package struct NodeInspection: Sendable {
    package struct Step: Sendable, Equatable {
        package var title: String
        package var isDone: Bool
    }

    package enum Ray: String, Sendable { case start, restart, unchanged }

    package let node: ClusterNode
    package private(set) var steps: [Step] = []
    package private(set) var ray = Ray.start
    /// Why Ray would be started again.
    package private(set) var reason: String?

    /// Asks the node; it is not waited for one that boots.
    package init(
        _ node: ClusterNode, _ cluster: ClusterConfig, _ identity: ClusterIdentity, _ options: ClusterBringUp.Options,
        all nodes: [ClusterNode]
    ) async throws {
        self.node = node
        let commands = SetupCommands(cluster, for: node.node)
        let preparation = commands.preparationSteps
        try await node.connect(wait: .zero, told: { _ in })
        let script = NodeProbe.script(steps: preparation.map(\.digest), identity, node)
        let probe = NodeProbe(try await node.connection.output(of: script, node: node.id))
        steps = preparation.map { step in
            Step(title: step.command.title, isDone: !options.preparesAgain && probe.done.contains(step.digest))
        }
        let head = node.node.kind == .worker ? nodes.first?.internalAddress : nil
        let isAdopted = BootstrapConfig(cluster, name: identity.name, nodes: nodes) != nil
        let texts = commands.startTexts(on: node, head: head, isAdopted: isAdopted)
        let wanted = NodeSetup.digest(after: preparation.last?.digest ?? SetupCommands.beginning, texts)
        reason = probe.ray.difference(from: wanted, restarts: options.restarts)
        if options.leavesRay || (probe.ray.digest != nil && reason == nil) {
            (ray, reason) = (.unchanged, nil)
        } else if probe.ray.digest != nil {
            ray = .restart
        }
    }

    /// For people: a line for the node, and one for everything that is or would be done there.
    package var text: String {
        let last =
            switch ray {
            case .start: "Ray: would be started"
            case .restart: "Ray: \(reason ?? "")"
            case .unchanged: "Ray: stays as it is"
            }
        let lines = steps.map { "\($0.title): \($0.isDone ? "is done" : "would be run")" } + [last]
        return ([node.title] + lines.map { "  \($0)" }).joined(separator: "\n")
    }

    package var json: JSONValue {
        [
            "node": .string(node.id), "kind": .string(node.node.kind.rawValue),
            "steps": .array(steps.map { ["title": .string($0.title), "done": .bool($0.isDone)] }),
            "ray": .string(ray.rawValue),
        ]
    }
}
