import FoundationEssentials

/// A project with everything that its files refer to: the cluster, the plugins and the layers.
package struct LoadedProject: Sendable {
    package let project: Project
    /// The cluster that is meant: the project's, unless a command asks for its own.
    package private(set) var cluster: ClusterConfig
    /// Its file, as the project names it.
    package private(set) var clusterFile: String
    package let catalogue: Catalogue
    package let known: KnownPlugins
    package let layers: [Layer]
    package let warnings: [Diagnostic]
    /// Whether what is locked must be as it is.
    package let isLocked: Bool

    /// Reads the project that the working directory belongs to.
    ///
    /// Throws everything that is wrong with its files, all at once; runs no plugin. `arguments` are
    /// the values for the parameters of the cluster file.
    package init(
        _ context: Context, _ options: PluginOptions, arguments: ClusterArguments = ClusterArguments()
    ) throws(Failure) {
        var (schema, catalogue) = try Self.schemaAndCatalogue(context, options)
        let known = try KnownPlugins(folders: context.folders)
        var arguments = arguments
        arguments.environment = context.environment
        let loaded = try Project.load(
            from: context.workingDirectory, schema: schema, arguments: arguments,
            unknownEnvironmentKey: { known.diagnostic(forKey: $0.key, at: $0.keyPlace, catalogue) })
        self.known = known
        project = loaded.project
        cluster = loaded.project.cluster
        clusterFile = loaded.project.clusterReference.file.text
        let used = try Self.plugins(of: loaded.project, in: catalogue)
        let lock = try LockCheck(of: used, besides: loaded.project.file, context, options)
        if options.isLocked, let lock = lock.lock { catalogue.pin(to: lock) }
        self.catalogue = catalogue
        warnings = loaded.warnings + lock.warnings
        isLocked = options.isLocked
        layers = try Layer.layers(of: loaded.project, in: catalogue)
    }

    /// The plugins that a project and its commands make use of, each once.
    package static func plugins(of project: Project, in catalogue: Catalogue) throws(Failure) -> [Plugin] {
        let clusters = [project.cluster] + project.commands.compactMap(\.cluster)
        let providers = clusters.flatMap { catalogue.providers(of: $0.providerType) }
        var plugins: [Plugin] = []
        for plugin in try Layer.layers(of: project, in: catalogue).map(\.plugin) + providers
        where !plugins.contains(where: { $0.id == plugin.id }) {
            plugins.append(plugin)
        }
        return plugins
    }

    /// The schema with what the plugins add to it, and the plugins; without a project.
    package static func schemaAndCatalogue(
        _ context: Context, _ options: PluginOptions
    ) throws(Failure) -> (schema: ProjectSchema, catalogue: Catalogue) {
        let schema = try schema(context)
        let catalogue = try Catalogue(context, options)
        return (try schema.composed(with: catalogue), catalogue)
    }

    private static func schema(_ context: Context) throws(Failure) -> ProjectSchema {
        let file = context.folders.schema
        guard Files.exists(file) else { throw Failure(incompleteInstallation: file) }
        return try ProjectSchema(parsing: try ConfigurationFile.read(file), file: file)
    }

    /// The name and the root of the project that the working directory belongs to, whatever else may
    /// be wrong with its files: what runs can always be ended.
    package static func identity(_ context: Context) throws(Failure) -> (name: String, root: String) {
        guard let location = try? ProjectLocation.find(from: context.workingDirectory),
            let bytes = try? ConfigurationFile.read(location.file),
            let name = try? YAMLNode.parse(bytes, file: location.file)["name"]?.string
        else {
            throw Failure(
                .usage, "no session is named, and this folder belongs to no project that names one",
                hint: "`ray session list` shows your sessions")
        }
        return (name, location.root)
    }

    /// This project on the cluster that a command asks for.
    package func onCluster(of command: SessionCommand?) -> LoadedProject {
        guard let file = command?.clusterFile,
            let own = project.commands.first(where: { $0.name == command?.name })?.cluster
        else { return self }
        var other = self
        other.cluster = own
        other.clusterFile = file.text
        return other
    }

    /// `environment.variables`, for commands.
    package var variables: [String: String] {
        Dictionary(project.variables.map { ($0.name, $0.value.text) }) { _, last in last }
    }
}
