package import PluginKit

/// A cluster of one node, which is this machine.
package struct LocalProvider: ClusterProvider {
    package static let id = "local"
    package static let version = "1.0.0"

    private let head = Node(
        id: "localhost", kind: .head, type: "local", state: .running, addresses: ["internal": "127.0.0.1"])

    package init() {}

    package func configure(_ request: ConfigureRequest, _ call: Call) throws -> ConfigureAnswer {
        let diagnostics = elsewhere.compactMap { key, what -> Diagnostic? in
            guard names(request.cluster["provider"]?[key]) else { return nil }
            return Diagnostic(
                .input,
                "`provider.\(key)` names \(what), and this version of the provider runs clusters on this "
                    + "machine only",
                at: request.place(of: "/provider/\(key)"), hint: "leave `\(key)` out to run here")
        }
        return ConfigureAnswer(diagnostics: diagnostics, config: ["type": "local"], inPlace: diagnostics.isEmpty)
    }

    package func nodes(_ request: NodesRequest, _ call: Call) throws -> NodesAnswer {
        NodesAnswer(nodes: [head])
    }

    /// This machine is the head, however often it is asked for; there is nothing to make a second
    /// node of.
    package func launch(_ request: LaunchRequest, _ call: Call) throws -> LaunchAnswer {
        let nodes = request.kind == .head && request.count > 0 ? [head] : []
        let missing = max(0, request.count - nodes.count)
        guard missing > 0 else { return LaunchAnswer(nodes: nodes) }
        let reason = LaunchError(.capacity, "a cluster on this machine has one node, its head")
        return LaunchAnswer(nodes: nodes, missing: missing, errors: [reason])
    }

    package func find(_ request: FindRequest, _ call: Call) throws -> NodesAnswer {
        NodesAnswer(nodes: [head])
    }

    package func stop(_ request: IDsRequest, _ call: Call) throws -> OutcomeAnswer {
        unchanged(request)
    }

    package func start(_ request: IDsRequest, _ call: Call) throws -> OutcomeAnswer {
        unchanged(request)
    }

    package func terminate(_ request: IDsRequest, _ call: Call) throws -> OutcomeAnswer {
        unchanged(request)
    }

    package func access(_ request: IDsRequest, _ call: Call) throws -> AccessAnswer {
        AccessAnswer(access: request.ids.contains(head.id) ? [head.id: Access(via: .thisMachine)] : [:])
    }

    /// This machine is neither started nor ended by a cluster that runs on it.
    private func unchanged(_ request: IDsRequest) -> OutcomeAnswer {
        let results = Set(request.ids).map { ($0, $0 == head.id ? Outcome.already : .failed) }
        return OutcomeAnswer(results: Dictionary(uniqueKeysWithValues: results))
    }
}

/// The keys of `provider` that say that a cluster is on other machines.
private let elsewhere = [
    ("head_ip", "a host"), ("worker_ips", "hosts"), ("coordinator_address", "a host"),
]

/// Whether a value names any host: an empty one is what people leave in a copied file.
private func names(_ value: JSONValue?) -> Bool {
    switch value {
    case nil, .null: false
    case .string(let text): !text.isEmpty
    case .array(let items): !items.isEmpty
    default: true
    }
}
