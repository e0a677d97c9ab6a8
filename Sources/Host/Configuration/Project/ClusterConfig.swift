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

    /// The values of its parameters, by name; nil for one that nobody gave.
    package var parameters: [String: String?]
    /// Where something stands that depends on a value nobody gave: it is not checked.
    package var unresolved: Set<Place>
    /// The errors, where a session is to start on it, for values that it needs and nobody gave.
    package var missing: [Diagnostic]
    /// What should be said about the file although it is usable.
    package var warnings: [Diagnostic]

    /// Reads and checks a cluster file.
    ///
    /// Throws everything that is wrong with it at once, in the order of the file; warnings are among
    /// it. `reference` is where a project names the file.
    package static func load(
        _ file: String, schema: ProjectSchema, reference: ClusterReference? = nil,
        arguments: ClusterArguments = ClusterArguments()
    ) throws(Failure) -> ClusterConfig {
        try ClusterConfig(ClusterText.read(file, reference, arguments), file, schema)
    }

    /// Checks a cluster file that is not written yet.
    package init(parsing text: String, file: String, schema: ProjectSchema) throws(Failure) {
        let text = ClusterText(try YAMLNode.parse(text, file: file))
        try self.init(text, file, schema)
    }

    private init(_ text: ClusterText, _ file: String, _ schema: ProjectSchema) throws(Failure) {
        let node = text.node
        var found = try schema.cluster().findings(in: node, of: "the cluster file").map(\.diagnostic)
        found += Self.wrongHeadType(in: node, text.unresolved) + Self.tooManyWorkers(in: node)
        found.removeAll { $0.depends(on: text.unresolved) }
        let failures = text.diagnostics + found
        guard failures.isEmpty, let type = node["provider"]?["type"], let typeName = type.string else {
            throw Failure((failures + text.warnings).sorted { $0.precedes($1) })
        }
        name = node["cluster_name"]?.string
        providerType = typeName
        providerTypePlace = type.place
        self.node = node
        self.file = file
        parameters = text.values.byName
        unresolved = text.unresolved
        missing = text.values.missing
        warnings = text.warnings
    }

    private static func wrongHeadType(in node: YAMLNode, _ unresolved: Set<Place>) -> [Diagnostic] {
        guard let head = node["head_node_type"], let name = head.string else { return [] }
        let entries = node["available_node_types"]?.mapping ?? []
        guard !entries.contains(where: { unresolved.contains($0.keyPlace) }) else { return [] }
        let types = entries.map(\.key)
        guard !types.contains(name) else { return [] }
        let hint = suggestion(for: name, among: types)
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
