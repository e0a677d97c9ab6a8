package import PluginKit

/// Machines that are there already: this one, or hosts that are reached by ssh.
package struct LocalProvider: ClusterProvider {
    package static let id = "local"
    package static let version = "1.1.0"

    package init() {}

    package func configure(_ request: ConfigureRequest, _ call: Call) throws -> ConfigureAnswer {
        let (machines, diagnostics) = Machines.read(request)
        return ConfigureAnswer(
            diagnostics: diagnostics, config: machines.config, inPlace: diagnostics.isEmpty && machines.isThisMachine)
    }

    package func nodes(_ request: NodesRequest, _ call: Call) throws -> NodesAnswer {
        NodesAnswer(nodes: Machines(config: request.config).nodes)
    }

    /// The machines of a kind that there are, however often they are asked for; no other can be made.
    package func launch(_ request: LaunchRequest, _ call: Call) throws -> LaunchAnswer {
        let machines = Machines(config: request.config)
        let nodes = Array(machines.nodes.filter { $0.kind == request.kind }.prefix(max(0, request.count)))
        let missing = max(0, request.count - nodes.count)
        guard missing > 0 else { return LaunchAnswer(nodes: nodes) }
        let reason =
            machines.isThisMachine
            ? "a cluster on this machine has one node, its head"
            : "the cluster file names \(machines.workers.count) workers"
        return LaunchAnswer(nodes: nodes, missing: missing, errors: [LaunchError(.capacity, reason)])
    }

    package func find(_ request: FindRequest, _ call: Call) throws -> NodesAnswer {
        NodesAnswer(nodes: Machines(config: request.config).nodes)
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
        let machines = Machines(config: request.config)
        let known = machines.nodes.map(\.id).filter(request.ids.contains)
        return AccessAnswer(
            access: Dictionary(
                known.map { ($0, machines.isThisMachine ? Access(via: .thisMachine) : Access(ssh: $0)) }
            ) { first, _ in first })
    }

    /// Machines are neither started nor ended by a cluster that runs on them.
    private func unchanged(_ request: IDsRequest) -> OutcomeAnswer {
        let known = Set(Machines(config: request.config).nodes.map(\.id))
        let results = Set(request.ids).map { ($0, known.contains($0) ? Outcome.already : .failed) }
        return OutcomeAnswer(results: Dictionary(uniqueKeysWithValues: results))
    }
}
