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
        let stamps = all ? store.built() : try await stamps(of: context, store)
        let checked = try stamps.map { stamp in
            CheckedLayer(
                plugin: stamp.plugin ?? "-", digest: stamp.digest, files: stamp.files,
                damage: try store.check(stamp, full ? .full : .quick))
        }
        let damaged = checked.filter { !$0.damage.isEmpty }
        if context.terminal.isJSON { context.terminal.output(json: JSONValue(encoding: checked)) }
        guard damaged.isEmpty else {
            throw Failure(
                damaged.map { layer in
                    Diagnostic(
                        .verifyFailed,
                        "layer \(layer.plugin) \(layer.digest.prefix(8)) is damaged: \(layer.damage.sentence)",
                        at: Place(file: store.prefix(of: layer.digest)),
                        hint: "`ray environment build\(full ? " --check full" : "")` builds it again")
                })
        }
        if !context.terminal.isJSON { tell(checked, context) }
        return 0
    }

    private func tell(_ layers: [CheckedLayer], _ context: Context) {
        for layer in layers {
            context.terminal.note("\(layer.plugin) \(layer.digest.prefix(8)): \(layer.files) files as they were built")
        }
        if layers.isEmpty {
            context.terminal.note("nothing is built; `ray environment build` builds the project's environment")
        }
    }

    /// Of the layers of the project that are built.
    private func stamps(of context: Context, _ store: EnvironmentStore) async throws -> [LayerStamp] {
        let host = PluginHost(context)
        return try await host.closing {
            let loaded = try await LoadedProject.load(context, plugins.options, plugins: host)
            let setup = EnvironmentSetup(context, plugins: host)
            return try await setup.layers(loaded.layers, of: loaded.project, observer: nil)
                .compactMap { store.stamp(of: $0.digest) }
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
