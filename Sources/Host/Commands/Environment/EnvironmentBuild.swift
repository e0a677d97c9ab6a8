import ArgumentParser

struct EnvironmentBuild: RunnableCommand {
    static let configuration = CommandConfiguration(
        commandName: "build", abstract: "Build the project's environment, or see that it is there and whole.",
        discussion: """
            Does what `ray session start` does for the environment, without a session. A layer that is there is compared \
            with what was built, by the sizes and times of its files (--check quick), by their contents (full), or \
            not at all (none); one that was damaged is built again.

            $ ray environment build
            $ ray environment build --locked
            $ ray environment build --check full
            """)

    @Option(help: ArgumentHelp("How closely to look at what is there: none, quick or full.", valueName: "level"))
    var check = LayerCheckLevel.quick

    @OptionGroup var plugins: PluginPathOptions
    @OptionGroup var lock: LockedOption
    @OptionGroup var output: OutputOptions

    func run(_ context: Context, _ interrupts: Interrupts) async throws -> Int32 {
        let words = plugins.pluginPath + ["\(plugins.noPlugins)", "\(lock.locked)"]
        let remembered = RememberedOutcome(of: "environment build", context, words)
        if let layers = remembered.value.flatMap(BuiltLayer.layers), try areWhole(layers, context) {
            tell(layers, context)
            return 0
        }
        let host = PluginHost(context)
        return try await host.closing {
            let loaded = try await LoadedProject.load(context, plugins.options.locked(lock.locked), plugins: host)
            let setup = EnvironmentSetup(
                context, plugins: host,
                .init(isLocked: lock.locked, check: check, usage: SessionFolder.usage(in: context)))
            let warnings = try await setup.check(loaded.layers, of: loaded.project)
            if !(loaded.warnings + warnings).isEmpty { context.terminal.report(loaded.warnings + warnings) }
            let notes = BuildNotes(terminal: context.terminal, indentation: "")
            let plans = try await setup.layers(loaded.layers, of: loaded.project, observer: notes)
            let layers = plans.map { BuiltLayer(plugin: $0.plugin.id, digest: $0.digest, prefix: $0.prefix) }
            if (loaded.warnings + warnings).isEmpty {
                await remembered.remember(JSONValue(encoding: layers), loaded, context, host)
            }
            tell(layers, context)
            return 0
        }
    }

    private func areWhole(_ layers: [BuiltLayer], _ context: Context) throws -> Bool {
        let store = EnvironmentStore(folders: context.folders)
        for layer in layers {
            guard let stamp = store.stamp(of: layer.digest), try store.check(stamp, check).isEmpty else { return false }
            store.use(layer.digest)
        }
        return true
    }

    private func tell(_ layers: [BuiltLayer], _ context: Context) {
        if context.terminal.isJSON {
            context.terminal.output(json: JSONValue(encoding: layers))
        } else if layers.isEmpty {
            context.terminal.note("nothing to build: `environment` names nothing that a plugin handles")
        } else {
            let names = layers.map { "\($0.plugin) \($0.digest.prefix(8))" }.joined(separator: ", ")
            context.terminal.note("the environment is there: \(names)")
        }
    }
}

extension LayerCheckLevel: ExpressibleByArgument {}

/// A layer as `ray environment build` tells it.
private struct BuiltLayer: Codable {
    var plugin: String
    var digest: String
    var prefix: String

    static func layers(_ value: JSONValue) -> [BuiltLayer]? {
        value.array.map { items in
            items.compactMap { item in
                guard let plugin = item["plugin"]?.string, let digest = item["digest"]?.string,
                    let prefix = item["prefix"]?.string
                else { return nil }
                return BuiltLayer(plugin: plugin, digest: digest, prefix: prefix)
            }
        }
    }
}
