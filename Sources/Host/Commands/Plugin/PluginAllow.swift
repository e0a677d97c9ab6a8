import ArgumentParser

struct PluginAllow: RunnableCommand {
    static let configuration = CommandConfiguration(
        commandName: "allow", abstract: "Allow a plugin that is not part of ray to be used, or say where it runs.",
        discussion: """
            What is allowed is this very manifest and library; once they change it is asked for again. The decision is \
            yours alone: it is kept in your configuration folder, and no project can make it.

            $ ray plugin allow ./my-plugin
            $ ray plugin allow ./my-plugin --rebuilds   while you work on it
            $ ray plugin allow my-plugin --in-process
            $ ray plugin allow my-plugin --revoke
            """)

    @Argument(help: "A plugin's id, or its folder.") var plugin: String
    @Flag(help: "Allow whatever is built in its folder.") var rebuilds = false
    @Flag(help: "Let it run inside ray, where nothing protects ray from it, and print where ray prints.")
    var inProcess = false
    @Flag(help: "Take back what was allowed.") var revoke = false
    @OptionGroup var plugins: PluginPathOptions
    @OptionGroup var output: OutputOptions

    func run(_ context: Context, _ interrupts: Interrupts) async throws -> Int32 {
        guard !revoke || (!rebuilds && !inProcess) else {
            throw Failure(.usage, "`--revoke` takes no other option", hint: "leave out `--rebuilds` and `--in-process`")
        }
        if revoke { return try await takeBack(context) }
        let found = try Catalogue.plugin(plugin, context, plugins.options)
        let library = try PluginLibrary(of: found, DigestMemory(folders: context.folders))
        let isGranted = found.allowances.contains { $0.folder == found.folder }
        guard !found.comesWithRay || inProcess || isGranted else {
            context.terminal.note("plugin `\(found.id)` is part of ray and may be used anyway")
            return 0
        }
        let isPinned = !rebuilds && !found.comesWithRay
        let entry = Allowances.Entry(
            id: found.id, folder: isPinned ? found.folder : Files.resolved(found.folder),
            digests: isPinned ? .init(manifest: found.manifestDigest, library: library.digest) : nil,
            isolation: inProcess ? .inProcess : .process)
        try await Allowances.change(context.folders) { $0.allow(entry) }
        let place = inProcess ? "inside ray" : "in a process of its own"
        context.terminal.note(
            "plugin `\(found.id)` \(found.manifest.version) in `\(found.folder)` may be used\(rebuilds ? ", also after it is rebuilt there" : ""); it runs \(place)"
        )
        return 0
    }

    /// Also for a plugin that is gone.
    private func takeBack(_ context: Context) async throws -> Int32 {
        let folder = context.resolved(plugin)
        try await Allowances.change(context.folders) { allowances throws(Failure) in
            let entries = allowances.entries.filter { $0.id == plugin || $0.folder == folder }
            guard !entries.isEmpty else {
                throw Failure(
                    .input, "no plugin `\(plugin)` was allowed",
                    hint: suggestion(for: plugin, among: allowances.entries.map(\.id)))
            }
            for entry in entries {
                allowances.forget(id: entry.id, folder: entry.folder)
                context.terminal.note("what was allowed of plugin `\(entry.id)` in `\(entry.folder)` is taken back")
            }
        }
        return 0
    }
}
