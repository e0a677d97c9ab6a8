import FoundationEssentials

/// A project with everything that its files refer to: the cluster, the plugins and the layers.
package struct LoadedProject: Sendable {
    package let project: Project
    package var cluster: ClusterConfig { project.cluster }
    package let catalogue: Catalogue
    package let known: KnownPlugins
    package let layers: [Layer]
    package let warnings: [Diagnostic]

    /// Reads the project that the working directory belongs to.
    ///
    /// Throws everything that is wrong with its files, all at once; runs no plugin. `arguments` are
    /// the values for the parameters of the cluster file.
    package init(
        _ context: Context, _ options: PluginOptions, arguments: ClusterArguments = ClusterArguments()
    ) throws(Failure) {
        let (schema, catalogue) = try Self.schemaAndCatalogue(context, options)
        let known = try KnownPlugins(folders: context.folders)
        let loaded = try Project.load(
            from: context.workingDirectory, schema: schema, arguments: arguments,
            unknownEnvironmentKey: { known.diagnostic(forKey: $0.key, at: $0.keyPlace, catalogue) })
        self.catalogue = catalogue
        self.known = known
        project = loaded.project
        warnings = loaded.warnings
        layers = try Layer.layers(of: loaded.project, in: catalogue)
    }

    /// The schema with what the plugins add to it, and the plugins; without a project.
    package static func schemaAndCatalogue(
        _ context: Context, _ options: PluginOptions
    ) throws(Failure) -> (schema: ProjectSchema, catalogue: Catalogue) {
        let schema = try schema(context)
        let catalogue = try Catalogue(context, options: options, schema: schema.plugin())
        return (try schema.composed(with: catalogue), catalogue)
    }

    /// The plugins that there are, without a project.
    package static func catalogue(_ context: Context, _ options: PluginOptions) throws(Failure) -> Catalogue {
        try Catalogue(context, options: options, schema: schema(context).plugin())
    }

    private static func schema(_ context: Context) throws(Failure) -> ProjectSchema {
        let file = context.folders.schema
        guard Files.exists(file) else {
            throw Failure(
                .internal, "`\(file)` is missing",
                hint: "install ray again: its bin, lib, libexec and share belong together")
        }
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

    /// The command that `words` ask for: a name and its options, or shell text.
    ///
    /// Without words it is the command `default`, or nil where there is none.
    package func command(_ words: [String], isShell: Bool) throws(Failure) -> SessionCommand? {
        var words = words
        if words.first == "--" { words.removeFirst() }
        if isShell {
            guard let first = words.first else {
                throw Failure(.usage, "`--shell` needs a command", hint: "for example `--shell 'ray status'`")
            }
            // One word is shell text; of several, each stays the one word that it is.
            let text = words.count == 1 ? first : words.map(\.shellQuoted).joined(separator: " ")
            return SessionCommand(name: nil, text: .script(text), variables: variables)
        }
        let name = words.first ?? "default"
        guard let command = project.commands.first(where: { $0.name == name }) else {
            if words.isEmpty { return nil }
            if name.hasPrefix("-") {
                throw Failure(
                    .usage, "there is no option `\(name)`",
                    hint: "put the command's name before its options, as in `CMD \(name)`")
            }
            throw Failure(
                .usage, "there is no command `\(name)` in `\(project.file)`",
                hint: nearest(to: name, among: project.commands.map(\.name)).map { "did you mean `\($0)`?" }
                    ?? commandHint
                    ?? "run shell text with `--shell`")
        }
        let arguments = try CommandArguments(parsing: Array(words.dropFirst()), for: command)
        return SessionCommand(
            name: name, text: .script(command.template.render(arguments.values)), variables: variables)
    }

    /// `environment.variables`, for commands.
    package var variables: [String: String] {
        Dictionary(project.variables.map { ($0.name, $0.value.text) }) { _, last in last }
    }

    /// The commands that there are, for a hint.
    package var commandHint: String? {
        project.commands.isEmpty
            ? nil : "the project has \(project.commands.map { "`\($0.name)`" }.joined(separator: ", "))"
    }
}
