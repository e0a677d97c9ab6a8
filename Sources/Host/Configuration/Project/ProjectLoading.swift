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
    /// lines. `unknownEnvironmentKey` may give the words for a key of `environment` that nothing
    /// handles; where it gives none, the nearest key is suggested.
    package static func load(
        from directory: String, schema: ProjectSchema,
        unknownEnvironmentKey: (YAMLEntry) -> Diagnostic? = { _ in nil }
    ) throws(Failure) -> Loaded {
        try load(
            at: try ProjectLocation.find(from: directory), schema: schema,
            unknownEnvironmentKey: unknownEnvironmentKey)
    }

    /// Reads and checks the project at a location.
    package static func load(
        at location: ProjectLocation, schema: ProjectSchema,
        unknownEnvironmentKey: (YAMLEntry) -> Diagnostic? = { _ in nil }
    ) throws(Failure) -> Loaded {
        let node = try YAMLNode.parse(try ConfigurationFile.read(location.file), file: location.file)
        let findings = try schema.project().findings(in: node, of: "the project file")
        var diagnostics = findings.map { finding in
            guard case .unknownKey(let entry) = finding.kind, finding.path == environmentPath else {
                return finding.diagnostic
            }
            return unknownEnvironmentKey(entry) ?? finding.diagnostic
        }
        var commands = readCommands(in: node)
        let sound = commands.filter { command in !findings.contains { $0.path.starts(with: command.path) } }
        diagnostics += ProjectChecks.diagnostics(of: sound)
        if !findings.contains(where: { $0.path.starts(with: DocumentPath([.key("cluster")])) }) {
            diagnostics += ProjectChecks.diagnostics(
                of: clusterParameters(in: node), of: "the cluster",
                at: DocumentPath([.key("cluster"), .key("params")]))
        }
        let clusters = ClusterFiles(root: location.root, schema: schema)
        let (loaded, errors) = clusters.load([clusterFile(in: node)] + commands.map(\.clusterFile))
        diagnostics += errors
        let warnings = location.warnings + diagnostics.filter { $0.severity == .warning }
        let failures = diagnostics.filter { $0.severity == .error }.sorted { $0.precedes($1) }
        guard failures.isEmpty, let file = clusterFile(in: node), let cluster = loaded[file.text] else {
            throw Failure(failures)
        }
        for index in commands.indices {
            commands[index].cluster = commands[index].clusterFile.flatMap { loaded[$0.text] }
        }
        let project = Project(node, location: location, commands: commands, cluster: cluster)
        return Loaded(project: project, warnings: warnings.sorted { $0.precedes($1) })
    }

    private static let environmentPath = DocumentPath([.key("environment")])

    private static func readCommands(in node: YAMLNode) -> [ProjectCommand] {
        (node["commands"]?.sequence ?? []).enumerated().compactMap { index, command in
            ProjectCommand(command, path: DocumentPath([.key("commands"), .index(index)]))
        }
    }
}

/// The cluster files that a project names, each read once.
private struct ClusterFiles {
    let root: String
    let schema: ProjectSchema

    func load(_ files: [PlacedText?]) -> (loaded: [String: ClusterConfig], errors: [Diagnostic]) {
        var loaded: [String: ClusterConfig] = [:]
        var errors: [Diagnostic] = []
        var seen: Set<String> = []
        for file in files.compactMap(\.self) where !file.text.isEmpty && seen.insert(file.text).inserted {
            do throws(Failure) {
                loaded[file.text] = try ClusterConfig.load(
                    root / file.text, schema: schema, namedAt: file.place, as: file.text)
            } catch {
                errors += error.diagnostics
            }
        }
        return (loaded, errors)
    }
}
