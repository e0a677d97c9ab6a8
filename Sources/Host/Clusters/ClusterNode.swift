import FoundationEssentials

/// A node elsewhere, as it is written down: what it is, and how it is reached.
package struct NodeRecord: Sendable, Codable, Equatable {
    package var node: Node
    package var target: NodeTarget

    /// The node with a connection, which is not open yet.
    package func located(_ reach: NodeReach) throws(Failure) -> ClusterNode {
        ClusterNode(node: node, connection: try reach.connection(to: target))
    }
}

/// One node of a cluster while it is brought up, used or taken down.
package struct ClusterNode: Sendable {
    package let node: Node
    let connection: any NodeConnection

    package var id: String { node.id }

    /// Opens the connection, and waits up to `wait` for a machine that boots.
    package func connect(
        wait: Duration, told: @Sendable (String) -> Void, asked: @escaping @Sendable () -> Void = {}
    ) async throws {
        try await connection.open(node: id, title: title, wait: wait, told: told, asked: asked)
    }

    package var record: NodeRecord { NodeRecord(node: node, target: connection.nodeTarget) }

    /// For people: what it is for, and which.
    package var title: String { "\(node.kind.rawValue) \(id)" }

    /// The address that other nodes of the cluster reach it by.
    package var internalAddress: String { node.addresses?["internal"] ?? id }
}
