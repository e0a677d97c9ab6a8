import FoundationEssentials

/// One node of a cluster while it is brought up, used or taken down.
package struct ClusterNode: Sendable {
    package let node: Node
    package let connection: SSHConnection

    package var id: String { node.id }

    /// For people: what it is for, and which.
    package var title: String { "\(node.kind.rawValue) \(id)" }

    /// The address that other nodes of the cluster reach it by.
    package var internalAddress: String { node.addresses?["internal"] ?? id }
}
