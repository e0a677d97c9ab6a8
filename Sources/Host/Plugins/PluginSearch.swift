/// What is needed to judge candidates, and is looked at only where it is.
struct PluginSearch {
    private let folders: Folders
    private let program: String
    /// Where the user's list is broken, what came with ray can be used all the same.
    private let allowances: Result<Allowances, Failure>
    private var manifests: JSONSchema?
    private var ownership: [String: Ownership] = [:]
    private(set) var remembered: RememberedPlugins

    init(_ context: Context, remembering: Bool) {
        folders = context.folders
        program = context.program
        allowances = Result { () throws(Failure) in try Allowances(context.folders) }
        remembered = RememberedPlugins(context, isUsed: remembering)
    }

    /// The plugin in a folder; throws why there is none that may be used.
    mutating func judge(_ folder: String) throws(Failure) -> Plugin {
        var plugin = if let known = remembered.plugin(in: folder) { known } else { try read(folder) }
        plugin.origin = origin(of: folder)
        plugin.allowances =
            plugin.comesWithRay
            ? (try? allowances.get())?.entries(for: plugin) ?? [] : try allowances.get().entries(for: plugin)
        // Folders that many plugins have in common are looked at once.
        let program = plugin.comesWithRay ? program : ""
        var judged = ownership[program] ?? Ownership(besides: program)
        defer { ownership[program] = judged }
        try plugin.judgeOwnership(&judged)
        return plugin
    }

    /// By where it is, however it was found.
    private func origin(of folder: String) -> Plugin.Origin {
        switch folder.parentPath {
        case folders.installedPlugins: .ray(program: program)
        case folders.userPlugins: .user(source: InstalledSource.read(in: folder))
        default: .named
        }
    }

    private mutating func read(_ folder: String) throws(Failure) -> Plugin {
        let asked = nanosecondsNow()
        let schema = if let manifests { manifests } else { try PluginSchema(folders).manifest() }
        manifests = schema
        let plugin = try Plugin(readingManifestIn: folder, schema: schema)
        remembered.remember(plugin, asked: asked)
        return plugin
    }
}
