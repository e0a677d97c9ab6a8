import ArgumentParser

struct EnvironmentVerify: RunnableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Compare environments with what was built.",
        discussion: """
            Looks at the layers of this project, or with --all at all that are on this machine. Without --full the sizes \
            and times of their files are compared, with it the contents, and files that nobody vouches for \
            are found. Mends nothing: `ray environment build` does.

            $ ray environment verify
            $ ray environment verify --full --all
            """)

    @Flag(help: "Read every file.")
    var full = false

    @Flag(help: "Look at every environment on this machine.")
    var all = false

    @OptionGroup var plugins: PluginPathOptions
    @OptionGroup var output: OutputOptions

    func run(_ context: Context, _ interrupts: Interrupts) async throws -> Int32 {
        let store = EnvironmentStore(folders: context.folders)
        let (stamps, absent) = all ? (store.built(), []) : try await stamps(of: context, store)
        let checked = try stamps.map { stamp in
            CheckedLayer(
                plugin: stamp.plugin ?? "-", digest: stamp.digest, files: stamp.files,
                damage: try store.check(stamp, full ? .full : .quick))
        }
        if context.terminal.isJSON { context.terminal.output(json: JSONValue(encoding: checked)) }
        let problems =
            absent
            + checked.filter { !$0.damage.isEmpty }
            .map { layer in
                Diagnostic(
                    .verifyFailed,
                    "layer \(layer.plugin) \(layer.digest.prefix(8)) is damaged: \(layer.damage.sentence)",
                    at: Place(file: store.prefix(of: layer.digest)),
                    hint: "`ray environment build\(full ? " --check full" : "")` builds it again")
            }
        guard problems.isEmpty else { throw Failure(problems) }
        if !context.terminal.isJSON { tell(checked, context) }
        return 0
    }

    private func tell(_ layers: [CheckedLayer], _ context: Context) {
        for layer in layers {
            context.terminal.note("\(layer.plugin) \(layer.digest.prefix(8)): \(layer.files) files as they were built")
        }
        if layers.isEmpty {
            context.terminal.note("there is nothing to verify")
        }
    }

    /// Of the layers of the project: those that are built, and what is to be said of the others.
    private func stamps(
        of context: Context, _ store: EnvironmentStore
    ) async throws -> (stamps: [LayerStamp], absent: [Diagnostic]) {
        let host = PluginHost(context)
        return try await host.closing {
            let loaded = try await LoadedProject.load(context, plugins.options, plugins: host)
            let setup = EnvironmentSetup(context, plugins: host)
            let plans = try await setup.layers(loaded.layers, of: loaded.project, observer: nil)
            let absent = plans.filter { store.stamp(of: $0.digest) == nil }.map { plan in
                Diagnostic(
                    .verifyFailed, "layer \(plan.plugin.id) is not built", at: plan.place,
                    hint: "`ray environment build` builds it")
            }
            return (plans.compactMap { store.stamp(of: $0.digest) }, absent)
        }
    }
}

/// A layer as `ray environment verify` tells it.
private struct CheckedLayer: Codable {
    var plugin: String
    var digest: String
    var files: Int
    var damage: [LayerDamage]
}
