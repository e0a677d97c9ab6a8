/// Ends what a cluster runs on its nodes, and gives the machines back.
package struct ClusterTeardown: Sendable {
    private let identity: ClusterIdentity
    private let reach: NodeReach
    private let terminal: Terminal

    package init(_ identity: ClusterIdentity, _ reach: NodeReach, _ terminal: Terminal) {
        self.identity = identity
        self.reach = reach
        self.terminal = terminal
    }

    /// Returns what could not be done; the other nodes do not wait for it.
    ///
    /// `ended` hears of each that is given back.
    package func run(
        _ nodes: [ClusterNode], ended: @escaping @Sendable (ClusterNode) async throws -> Void
    ) async throws -> [Diagnostic] {
        try await nodes.concurrently { node in
            try await end(node)
            try await ended(node)
        }
    }

    /// Does this on nodes that the cluster has no more, and warns of what could not be done: nothing waits for it.
    func release(_ nodes: [ClusterNode]) async throws {
        let problems = try await run(nodes, ended: { _ in })
        terminal.report(
            problems.map { problem in
                Diagnostic(
                    .unreachable,
                    "a node that is no longer of the cluster may still run what was started there: \(problem.message)",
                    hint: "see there for processes of Ray", severity: .warning)
            })
    }

    private func end(_ node: ClusterNode) async throws {
        try await node.connect(wait: .zero, told: { _ in })
        try await reach.withConversation(with: node, of: identity.uid) { conversation in
            try await RayOnNode(conversation, identity, node).end()
            try await conversation.release(owner: identity.uid)
        }
        await node.connection.close()
        terminal.note("\(node.title): down")
    }
}
