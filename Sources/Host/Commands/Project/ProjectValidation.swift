/// What can be said of the project of the working directory without starting anything.
struct ProjectValidation {
    /// The project, where its files could be read.
    private(set) var loaded: LoadedProject?
    /// What is wrong, with what was said beside it.
    private(set) var errors: [Diagnostic] = []
    /// What should be said although the project is usable.
    private(set) var warnings: [Diagnostic] = []

    var isValid: Bool { errors.isEmpty }

    /// Reads the project and asks the plugins concerned about their parts.
    init(
        _ context: Context, _ options: PluginOptions, _ arguments: @autoclosure () throws -> ClusterArguments,
        _ plugins: PluginHost
    ) async throws {
        let loaded: LoadedProject
        do {
            loaded = try await LoadedProject.load(context, options, arguments: arguments(), plugins: plugins)
        } catch let failure as Failure {
            errors = failure.diagnostics
            return
        }
        self.loaded = loaded
        warnings = loaded.warnings
        for cluster in loaded.clusters { try await check(cluster, of: loaded, plugins) }
        let environments = EnvironmentSetup(context, plugins: plugins, .init(isLocked: loaded.isLocked))
        try await collect { try await environments.check(loaded.layers, of: loaded.project) }
    }

    /// Asks the provider of a cluster; one that is known and not installed is no mistake of the
    /// project's.
    private mutating func check(_ cluster: ClusterConfig, of loaded: LoadedProject, _ plugins: PluginHost) async throws
    {
        guard !cluster.unresolved.contains(cluster.providerTypePlace) else { return }
        let absence = loaded.known.warning(
            forProvider: cluster.providerType, at: cluster.providerTypePlace, loaded.catalogue)
        if let absence {
            warnings.append(absence)
            return
        }
        try await collect {
            let provider = try Provider(for: cluster, in: loaded.catalogue, plugins: plugins, known: loaded.known)
            // Without all of its values there is nothing that a provider could judge.
            guard cluster.unresolved.isEmpty else { return [] }
            return try await provider.configure(cluster, project: loaded.project).warnings
        }
    }

    private mutating func collect(_ check: () async throws -> [Diagnostic]) async throws {
        do { warnings += try await check() } catch let failure as Failure { errors += failure.diagnostics }
    }

    /// The whole of it for programs.
    var json: JSONValue {
        var distinct: [Diagnostic] = []
        for diagnostic in errors + warnings where !distinct.contains(diagnostic) { distinct.append(diagnostic) }
        return [
            "valid": .bool(isValid), "project": loaded?.description.json ?? .null,
            "diagnostics": .array(distinct.map(\.json)),
        ]
    }
}

extension LoadedProject {
    /// The clusters of the project and of its commands, each once.
    fileprivate var clusters: [ClusterConfig] {
        var clusters = [project.cluster]
        for cluster in project.commands.compactMap(\.cluster) where !clusters.contains(cluster) {
            clusters.append(cluster)
        }
        return clusters
    }
}
