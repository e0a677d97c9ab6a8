/// A cluster file that fits the schema.
package struct ClusterConfig: Sendable, Equatable {
    /// `cluster_name`, where the file gives one.
    package var name: String?
    /// `provider.type`, which chooses the plugin.
    package var providerType: String
    /// Where the provider's type stands.
    package var providerTypePlace: Place
    /// The whole file.
    package var node: YAMLNode
    /// The path of the file.
    package var file: String

    /// Reads and checks a cluster file.
    ///
    /// Throws everything that is wrong with it at once, in the order of the file. `place` is where
    /// the file is named, when a project names it, and `name` what it is called there.
    package static func load(
        _ file: String, schema: ProjectSchema, namedAt place: Place? = nil, as name: String? = nil
    ) throws(Failure) -> ClusterConfig {
        let bytes: [UInt8]
        do {
            bytes = try ConfigurationFile.read(file, namedAt: place, as: name)
        } catch {
            throw ConfigurationFile.exists(file) ? error : missing(error, file, name: name)
        }
        let node = try YAMLNode.parse(bytes, file: file)
        var diagnostics = try schema.cluster().findings(in: node, of: "the cluster file").map(\.diagnostic)
        diagnostics += wrongHeadType(in: node) + tooManyWorkers(in: node)
        guard diagnostics.isEmpty, let type = node["provider"]?["type"], let typeName = type.string else {
            throw Failure(diagnostics.sorted { $0.precedes($1) })
        }
        return ClusterConfig(
            name: node["cluster_name"]?.string, providerType: typeName, providerTypePlace: type.place, node: node,
            file: file)
    }

    private static func missing(_ error: Failure, _ file: String, name: String?) -> Failure {
        var failure = Failure(
            .input, "the cluster file `\(name ?? file)` does not exist", at: error.diagnostics.first?.place)
        let folder = file.parentPath
        if let similar = nearest(to: file.lastPathName, among: ConfigurationFile.names(in: folder)) {
            let written = (name ?? file).contains("/") ? (name ?? file).parentPath / similar : similar
            failure.diagnostics[0].hint = "did you mean `\(written)`?"
        }
        return failure
    }

    private static func wrongHeadType(in node: YAMLNode) -> [Diagnostic] {
        guard let head = node["head_node_type"], let name = head.string else { return [] }
        let types = node["available_node_types"]?.mapping?.map(\.key) ?? []
        guard !types.contains(name) else { return [] }
        let hint = nearest(to: name, among: types).map { "did you mean `\($0)`?" }
        return [
            Diagnostic(
                .input, "`head_node_type` must be one of `available_node_types`, not `\(name)`", at: head.place,
                hint: hint)
        ]
    }

    private static func tooManyWorkers(in node: YAMLNode) -> [Diagnostic] {
        guard let limit = node["max_workers"], let most = limit.int else { return [] }
        let types = node["available_node_types"]?.mapping ?? []
        let least = types.compactMap { $0.value["min_workers"]?.number }.reduce(0, +)
        guard least > max(0, Double(most)), let sum = Int64(exactly: least) else { return [] }
        return [
            Diagnostic(
                .input, "the `min_workers` of the node types add up to \(sum), more than `max_workers`, \(most)",
                at: limit.place)
        ]
    }
}
