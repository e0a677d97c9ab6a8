package import PluginKit

/// Provides clusters of the type `@ID@`: one node, which is this machine.
///
/// A provider of real machines asks its cloud here. It never opens a connection to a node: it says
/// how each is reached, and the host does it.
package struct Provider: ClusterProvider {
    package static let id = "@ID@"
    package static let version = "0.1.0"

    package init() {}

    /// Checks the cluster file and resolves its defaults; `config` comes back in all other requests.
    package func configure(_ request: ConfigureRequest, _ call: Call) throws -> ConfigureAnswer {
        let name = request.cluster["provider"]?["node_name"]?.string ?? "@ID@-head"
        guard name.wholeMatch(of: #/[a-z0-9-]+/#) != nil else {
            let message = "the name of a node is lower-case letters, digits and `-`"
            return ConfigureAnswer(diagnostics: [
                Diagnostic(.input, message, at: request.place(of: "/provider/node_name"))
            ])
        }
        return ConfigureAnswer(
            config: ["node": .string(name)], inPlace: true, creates: ["\(name), which is this machine"])
    }

    /// Lists every node of the cluster.
    package func nodes(_ request: NodesRequest, _ call: Call) throws -> NodesAnswer {
        NodesAnswer(nodes: [try head(request.config)])
    }

    /// Makes nodes; repeated with the same token it makes no more of them.
    ///
    /// This machine is the head, and there is nothing to make a second node of.
    package func launch(_ request: LaunchRequest, _ call: Call) throws -> LaunchAnswer {
        let nodes = request.kind == .head && request.count > 0 ? [try head(request.config)] : []
        let missing = max(0, request.count - nodes.count)
        let reasons = missing > 0 ? [LaunchError(.capacity, "there is one node, this machine")] : []
        return LaunchAnswer(nodes: nodes, missing: missing, errors: reasons)
    }

    /// Lists the nodes that a launch made: the same one.
    package func find(_ request: FindRequest, _ call: Call) throws -> NodesAnswer {
        NodesAnswer(nodes: [try head(request.config)])
    }

    /// Stops nodes so that they can be started again.
    package func stop(_ request: IDsRequest, _ call: Call) throws -> OutcomeAnswer {
        try unchanged(request)
    }

    /// Starts nodes that were stopped.
    package func start(_ request: IDsRequest, _ call: Call) throws -> OutcomeAnswer {
        try unchanged(request)
    }

    /// Gives nodes back for good.
    package func terminate(_ request: IDsRequest, _ call: Call) throws -> OutcomeAnswer {
        try unchanged(request)
    }

    /// Says how each node is reached; those that cannot be reached are left out.
    package func access(_ request: IDsRequest, _ call: Call) throws -> AccessAnswer {
        let id = try head(request.config).id
        return AccessAnswer(access: request.ids.contains(id) ? [id: Access(via: .thisMachine)] : [:])
    }

    /// This machine is neither started nor ended by a cluster that runs on it.
    private func unchanged(_ request: IDsRequest) throws -> OutcomeAnswer {
        let id = try head(request.config).id
        let results = Set(request.ids).map { ($0, $0 == id ? Outcome.already : .failed) }
        return OutcomeAnswer(results: Dictionary(uniqueKeysWithValues: results))
    }

    private func head(_ config: JSONValue) throws -> Node {
        guard let name = config["node"]?.string else {
            throw PluginError(.internal, "the config has no `node`")
        }
        return Node(
            id: name, kind: .head, type: "@ID@", state: .running, addresses: ["internal": "127.0.0.1"])
    }
}
