extension Provider {
    /// The nodes that there are, the head first, with the way to each.
    func located(
        _ asked: JSONValue, uid: String, of cluster: ClusterConfig, _ context: Context, _ reach: NodeReach
    ) async throws -> [ClusterNode] {
        let nodes = try await nodes(asked, uid: uid).filter { $0.state == .running }
        let access = try await access(asked, uid: uid, ids: nodes.map(\.id))
        let authentication = ClusterAuthentication(cluster, home: context.folders.home)
        return try nodes.sorted { $0.kind == .head && $1.kind != .head }.map { node in
            guard let target = access[node.id].flatMap({ authentication.target(of: $0, node: node.id) }) else {
                throw Failure(
                    .plugin,
                    "provider `\(cluster.providerType)` says no way to node `\(node.id)` that this version of ray knows",
                    at: cluster.providerTypePlace)
            }
            return ClusterNode(node: node, connection: try reach.connection(to: target))
        }
    }
}

extension ClusterConfig {
    /// The head among the nodes.
    func head(of nodes: [ClusterNode]) throws(Failure) -> ClusterNode {
        guard let head = nodes.first, head.node.kind == .head else {
            throw Failure(
                .capacity, "provider `\(providerType)` gave no running head node", at: providerTypePlace,
                hint: "see with the provider what became of it, and run the command again")
        }
        return head
    }
}
