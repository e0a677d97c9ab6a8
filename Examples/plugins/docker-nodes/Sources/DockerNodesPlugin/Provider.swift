package import PluginKit

/// Provides clusters of the type `docker-nodes`: each node is a container, and `docker exec` is the way to it.
package struct Provider: ClusterProvider {
    package static let id = "docker-nodes"
    package static let version = "0.1.0"

    private let docker = Docker()

    package init() {}

    package func configure(_ request: ConfigureRequest, _ call: Call) throws -> ConfigureAnswer {
        let provider = request.cluster["provider"]
        let image = provider?["image"]?.string ?? ""
        let workers = Int(provider?["workers"]?.int ?? 0)
        var diagnostics: [Diagnostic] = []
        if image.isEmpty || image.hasPrefix("-") || image.contains(where: \.isWhitespace) {
            diagnostics.append(
                Diagnostic(
                    .input, "`\(image)` is no name of an image", at: request.place(of: "/provider/image"),
                    hint: "write it as `docker run` takes it, such as `rayproject/ray:2.60.0`"))
        }
        if workers < 0 {
            diagnostics.append(
                Diagnostic(
                    .input, "there cannot be \(workers) workers", at: request.place(of: "/provider/workers"),
                    hint: "write how many containers there are beside the head, 0 for none"))
        }
        let options = (provider?["run_options"]?.array ?? []).compactMap(\.string)
        for (index, option) in options.enumerated() where !option.hasPrefix("--") || !option.contains("=") {
            diagnostics.append(
                Diagnostic(
                    .input, "`\(option)` is no option with its value",
                    at: request.place(of: "/provider/run_options/\(index)"),
                    hint: "write it in one word, such as `--shm-size=2g`"))
        }
        let count = workers == 0 ? "1 container" : "\(workers + 1) containers"
        return ConfigureAnswer(
            diagnostics: diagnostics,
            config: ["image": .string(image), "run_options": .array(options.map(JSONValue.string))],
            creates: ["\(count) of `\(image)`"], workers: workers)
    }

    package func nodes(_ request: NodesRequest, _ call: Call) throws -> NodesAnswer {
        NodesAnswer(nodes: try containers(request.uid).map(\.node))
    }

    /// The names of containers follow from the token, so that the same one makes no more of them.
    package func launch(_ request: LaunchRequest, _ call: Call) throws -> LaunchAnswer {
        var made: [String] = []
        var errors: [LaunchError] = []
        for index in 0..<max(0, request.count) {
            try call.checkCancellation()
            let name = "ray-\(request.uid)-\(request.kind.rawValue)-\(request.token)-\(index)"
            call.progress(index, of: request.count, name)
            do {
                try make(name, request)
                made.append(name)
            } catch let error as PluginError {
                errors.append(LaunchError(error.errorClass, error.message))
                break
            }
        }
        if made.count < request.minCount {
            if !made.isEmpty { _ = try docker.run(["rm", "--force", "--volumes"] + made) }
            made = []
        }
        let nodes = try containers(request.uid).map(\.node).filter { made.contains($0.id) }
        return LaunchAnswer(nodes: nodes, missing: max(0, request.count - nodes.count), errors: errors)
    }

    /// Reaps what ends in the container, and ends at once where it is told to.
    private static let waiting = "trap 'exit 0' TERM; while :; do sleep 3600 & wait $!; done"

    private func make(_ name: String, _ request: LaunchRequest) throws {
        let labels = [
            Container.uid: request.uid, Container.token: request.token, Container.kind: request.kind.rawValue,
        ]
        var words = ["run", "--detach", "--name", name, "--hostname", "\(request.kind.rawValue)-\(name.suffix(20))"]
        for (key, value) in labels.sorted(by: { $0.key < $1.key }) { words += ["--label", "\(key)=\(value)"] }
        words += (request.config["run_options"]?.array ?? []).compactMap(\.string)
        words += ["--entrypoint", "sh", request.config["image"]?.string ?? "", "-c", Self.waiting]
        let result = try docker.run(words)
        if result.status == 0 { return }
        guard result.errors.contains("is already in use by container") else { throw docker.failure(result, .capacity) }
        let started = try docker.run(["start", name])
        guard started.status == 0 else { throw docker.failure(started, .capacity) }
    }

    package func find(_ request: FindRequest, _ call: Call) throws -> NodesAnswer {
        NodesAnswer(nodes: try containers(request.uid).filter { $0.token == request.token }.map(\.node))
    }

    package func stop(_ request: IDsRequest, _ call: Call) throws -> OutcomeAnswer {
        try each(request, call, missing: .failed) { $0.node.state == .stopped ? nil : ["stop", $0.node.id] }
    }

    package func start(_ request: IDsRequest, _ call: Call) throws -> OutcomeAnswer {
        try each(request, call, missing: .failed) { $0.node.state == .running ? nil : ["start", $0.node.id] }
    }

    package func terminate(_ request: IDsRequest, _ call: Call) throws -> OutcomeAnswer {
        try each(request, call, missing: .already) { ["rm", "--force", "--volumes", $0.node.id] }
    }

    package func access(_ request: IDsRequest, _ call: Call) throws -> AccessAnswer {
        let ids = try containers(request.uid).map(\.node.id).filter(request.ids.contains)
        return AccessAnswer(
            access: Dictionary(
                ids.map {
                    ($0, Access(command: ["docker", "exec", "-i", $0], terminal: ["docker", "exec", "-it", $0]))
                }
            ) { first, _ in first })
    }

    /// Runs docker for each node that is this cluster's; without words nothing is to be done.
    private func each(
        _ request: IDsRequest, _ call: Call, missing: Outcome, _ words: (Container) -> [String]?
    ) throws -> OutcomeAnswer {
        let known = try containers(request.uid)
        var results: [String: Outcome] = [:]
        for id in request.ids {
            try call.checkCancellation()
            guard let container = known.first(where: { $0.node.id == id }) else {
                results[id] = missing
                continue
            }
            guard let words = words(container) else {
                results[id] = .already
                continue
            }
            let result = try docker.run(words)
            if result.status != 0 { call.log(docker.failure(result, .transient).message, .error) }
            results[id] = result.status == 0 ? .done : .failed
        }
        return OutcomeAnswer(results: results)
    }

    /// Those of one cluster, the oldest first.
    private func containers(_ uid: String) throws -> [Container] {
        let listed = try docker.output(["ps", "--all", "--quiet", "--filter", "label=\(Container.uid)=\(uid)"])
        let ids = listed.split(whereSeparator: \.isNewline).map(String.init)
        guard !ids.isEmpty else { return [] }
        let result = try docker.run(["inspect", "--format", Container.format] + ids)
        // One that was removed meanwhile is no failure: it is said of it alone.
        guard result.status == 0 || result.errors.contains("No such") else {
            throw docker.failure(result, .transient)
        }
        return result.output.split(whereSeparator: \.isNewline).compactMap { Container(line: String($0)) }
            .sorted { ($0.created, $0.node.id) < ($1.created, $1.node.id) }
    }
}
