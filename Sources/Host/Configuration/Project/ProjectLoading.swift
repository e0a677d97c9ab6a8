extension Project {
    /// A project and what should be said about it although it is usable.
    package struct Loaded: Sendable {
        /// The project, ready to use.
        package var project: Project
        /// In the order of files and lines.
        package var warnings: [Diagnostic]
    }

    /// Finds, reads and checks the project that `directory`, an absolute path, lies in.
    ///
    /// Throws everything that is wrong in all of its files at once, in the order of files and
    /// lines. `arguments` are the values for the parameters of the cluster files.
    /// `unknownEnvironmentKey` may give the words for a key of `environment` that nothing handles;
    /// where it gives none, the nearest key is suggested.
    package static func load(
        from directory: String, schema: ProjectSchema, arguments: ClusterArguments = ClusterArguments(),
        unknownEnvironmentKey: (YAMLEntry) -> Diagnostic? = { _ in nil }
    ) throws(Failure) -> Loaded {
        try load(
            at: try ProjectLocation.find(from: directory), schema: schema, arguments: arguments,
            unknownEnvironmentKey: unknownEnvironmentKey)
    }

    /// Reads and checks the project at a location.
    package static func load(
        at location: ProjectLocation, schema: ProjectSchema, arguments: ClusterArguments = ClusterArguments(),
        unknownEnvironmentKey: (YAMLEntry) -> Diagnostic? = { _ in nil }
    ) throws(Failure) -> Loaded {
        var documents = EnvironmentDocuments(root: location.root, schema: schema)
        let node = documents.filled(
            try YAMLNode.parse(try ConfigurationFile.read(location.file), file: location.file))
        let findings = try schema.project().findings(in: node, of: "the project file")
        var diagnostics = findings.map { finding in
            guard case .unknownKey(let entry) = finding.kind, finding.path == environmentPath else {
                return finding.diagnostic
            }
            return unknownEnvironmentKey(entry) ?? finding.diagnostic
        }
        diagnostics += documents.diagnostics
        var commands = readCommands(in: node)
        let sound = commands.filter { command in !findings.contains { $0.path.starts(with: command.path) } }
        diagnostics += ProjectChecks.diagnostics(of: sound)
        let clusters = ClusterFiles(location: location, schema: schema, arguments: arguments)
        let loaded = clusters.load(node["cluster"], &commands, unsound: findings.map(\.path))
        diagnostics += loaded.diagnostics
        let warnings = location.warnings + diagnostics.filter { $0.severity == .warning }
        let failures = diagnostics.filter { $0.severity == .error }
        guard failures.isEmpty, let cluster = loaded.cluster, let reference = loaded.reference else {
            throw Failure(failures.sorted { $0.precedes($1) })
        }
        let project = Project(
            node, location: location, commands: commands, cluster: cluster, clusterReference: reference,
            documents: documents.files)
        return Loaded(project: project, warnings: warnings.sorted { $0.precedes($1) })
    }

    private static let environmentPath = DocumentPath([.key("environment")])

    private static func readCommands(in node: YAMLNode) -> [ProjectCommand] {
        (node["commands"]?.sequence ?? []).enumerated().compactMap { index, command in
            ProjectCommand(command, path: DocumentPath([.key("commands"), .index(index)]))
        }
    }
}
