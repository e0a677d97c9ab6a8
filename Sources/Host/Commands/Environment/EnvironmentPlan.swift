import ArgumentParser

struct EnvironmentPlan: RunnableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "Show the layers of the project's environment, what would be built, and why.",
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
            let setup = EnvironmentSetup(context, plugins: host, .init(isLocked: lock.locked))
            let warnings = try await setup.check(loaded.layers, of: loaded.project)
            if !(loaded.warnings + warnings).isEmpty { context.terminal.report(loaded.warnings + warnings) }
            let plans = try await setup.layers(loaded.layers, of: loaded.project, observer: nil)
            let entries = try EnvironmentLock(besides: loaded.project.file).entries
            let layers = plans.map { plan in
                PlannedLayer(
                    plan, reason: setup.reason(for: plan, in: loaded.project),
                    lockReason: plan.pendingLock?.reason(entries[plan.plugin.id]))
            }
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
        var table = Table("LAYER", "DIGEST", "ACTION", "WHY")
        table.wrapsLast = true
        for layer in layers {
            table.add(
                layer.plugin, layer.digest.map { String($0.prefix(8)) } ?? "-", layer.action,
                layer.reason ?? "built, and nothing that went into it has changed")
            if let lock = layer.lockReason { table.add("", "", "", "lock: \(lock)") }
            if layer.action != "keep" { for title in layer.titles { table.add("", "", "", "- \(title)") } }
            for line in layer.notReproducible { table.add("", "", "", "not reproducible: \(line)") }
        }
        return table
    }
}

/// A layer as `ray environment plan` shows it.
private struct PlannedLayer: Codable {
    var plugin: String
    /// Nil while a lock is to be made that decides it.
    var digest: String?
    /// `keep` for one that is built, else `build` or `lock and build`.
    var action: String
    var reason: String?
    var lockReason: String?
    var steps: [LayerPlan.Step]
    /// The titles of everything that would be run.
    var titles: [String]
    var notReproducible: [String]
    /// What the digest was taken of.
    var components: JSONValue
    var prefix: String?

    private enum CodingKeys: String, CodingKey {
        case plugin, digest, action, reason, steps, titles, components, prefix
        case lockReason = "lock_reason"
        case notReproducible = "not_reproducible"
    }

    init(_ plan: LayerPlan, reason: String?, lockReason: String?) {
        plugin = plan.plugin.id
        digest = plan.isSettled ? plan.digest : nil
        action = plan.action(reason)
        self.reason = reason
        self.lockReason = lockReason
        steps = plan.steps
        titles = plan.stepTitles
        // Without the lock that is to be made, the plugin says that there is none.
        notReproducible = plan.pendingLock == nil ? plan.notReproducible : []
        components = plan.components
        prefix = plan.isSettled ? plan.prefix : nil
    }
}
