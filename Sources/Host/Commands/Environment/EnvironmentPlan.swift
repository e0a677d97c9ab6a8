import ArgumentParser

struct EnvironmentPlan: RunnableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "Show the layers of the project's environment and what building them would do.",
        discussion: """
            Builds nothing. With --json each layer tells everything that went into its digest.

            $ ray environment plan
            $ ray environment plan --json
            """)

    @OptionGroup var plugins: PluginPathOptions
    @OptionGroup var lock: LockedOption
    @OptionGroup var output: OutputOptions

    func run(_ context: Context, _ interrupts: Interrupts) async throws -> Int32 {
        let host = PluginHost(context)
        return try await host.closing {
            let loaded = try await LoadedProject.load(context, plugins.options.locked(lock.locked), plugins: host)
            let setup = EnvironmentSetup(context, plugins: host)
            let warnings = try await setup.check(loaded.layers, of: loaded.project)
            if !(loaded.warnings + warnings).isEmpty { context.terminal.report(loaded.warnings + warnings) }
            let plans = try await setup.layers(loaded.layers, of: loaded.project, observer: nil)
            let layers = plans.map { PlannedLayer($0, isBuilt: setup.store.isBuilt($0.digest)) }
            if context.terminal.isJSON {
                context.terminal.output(json: JSONValue(encoding: layers))
            } else if layers.isEmpty {
                context.terminal.note("nothing to build: `environment` names nothing that a plugin handles")
            } else {
                context.terminal.output(table(of: layers))
            }
            return 0
        }
    }

    private func table(of layers: [PlannedLayer]) -> Table {
        var table = Table("LAYER", "DIGEST", "ACTION", "STEPS")
        table.wrapsLast = true
        for layer in layers {
            table.add(layer.plugin, String(layer.digest.prefix(8)), layer.action, layer.steps.first?.title ?? "-")
            for step in layer.steps.dropFirst() { table.add("", "", "", step.title) }
        }
        return table
    }
}

/// A layer as `ray environment plan` shows it.
private struct PlannedLayer: Codable {
    var plugin: String
    var digest: String
    /// `keep` for one that is built, else `build`.
    var action: String
    var steps: [LayerPlan.Step]
    /// What the digest was taken of.
    var components: JSONValue
    var prefix: String

    init(_ plan: LayerPlan, isBuilt: Bool) {
        plugin = plan.plugin.id
        digest = plan.digest
        action = isBuilt ? "keep" : "build"
        steps = plan.steps
        components = plan.components
        prefix = plan.prefix
    }
}
