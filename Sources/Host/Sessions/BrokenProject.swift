extension LoadedProject {
    /// Reads the project that the working directory belongs to, as `init` does.
    ///
    /// Where its files are wrong the builders are asked all the same about what is right in
    /// `environment`, so that their errors are told together with the others.
    package static func load(
        _ context: Context, _ options: PluginOptions, arguments: ClusterArguments = ClusterArguments(),
        plugins: PluginHost
    ) async throws -> LoadedProject {
        let failure: Failure
        do throws(Failure) { return try LoadedProject(context, options, arguments: arguments) } catch {
            failure = error
        }
        let found = await environmentProblems(context, options, plugins)
        let all = failure.diagnostics + found.filter { !failure.diagnostics.contains($0) }
        throw Failure(all.sorted { $0.precedes($1) })
    }

    /// What builders find in a project whose files are wrong elsewhere; nothing where they cannot
    /// be asked.
    private static func environmentProblems(
        _ context: Context, _ options: PluginOptions, _ plugins: PluginHost
    ) async -> [Diagnostic] {
        guard let location = try? ProjectLocation.find(from: context.workingDirectory),
            let bytes = try? ConfigurationFile.read(location.file),
            let node = try? YAMLNode.parse(bytes, file: location.file),
            let (schema, catalogue) = try? schemaAndCatalogue(context, options)
        else { return [] }
        var found: [Diagnostic] = []
        var documents = EnvironmentDocuments(root: location.root, schema: schema)
        for entry in documents.filled(node)["environment"]?.mapping ?? [] {
            let builders = catalogue.builders(of: entry.key)
            guard builders.count == 1, let plugin = builders.first, fits(entry, plugin) else { continue }
            let request = Layer(plugin: plugin, entries: [entry])
                .request(projectName: node["name"]?.string ?? "", root: location.root)
            // A plugin that fails is reported once the rest is right.
            guard let answer = try? await plugins.answer(plugin, "check", request) else { continue }
            found += answer.diagnostics(of: plugin).filter { $0.severity == .error }
        }
        return found
    }

    private static func fits(_ entry: YAMLEntry, _ plugin: Plugin) -> Bool {
        guard let document = plugin.manifest.keys?[entry.key], let schema = try? JSONSchema(document.value) else {
            return false
        }
        return schema.findings(in: entry.value, of: "the project file").isEmpty
    }
}
