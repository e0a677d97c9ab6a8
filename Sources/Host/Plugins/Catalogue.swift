/// The plugins that there are, found by their manifests alone.
package struct Catalogue: Sendable {
    /// A folder that was looked at, and what became of it.
    ///
    /// Nothing is skipped silently.
    package struct Candidate: Sendable {
        package enum Verdict: Sendable {
            case usable(Plugin)
            /// A candidate of the same id stands earlier in the search order.
            case shadowed(Plugin, by: String)
            case unusable([Diagnostic])
        }

        package var folder: String
        package var verdict: Verdict
    }

    package private(set) var candidates: [Candidate] = []
    /// The folders that were searched, in order.
    package private(set) var searched: [String] = []
    private let excludesThirdParties: Bool
    private var judgedFolders: Set<String> = []
    /// By the id of the plugin in it.
    private var usableFolders: [String: String] = [:]
    /// What was known of plugins when they were found.
    private(set) var remembered: RememberedPlugins

    package var plugins: [Plugin] {
        candidates.compactMap { if case .usable(let plugin) = $0.verdict { plugin } else { nil } }
    }

    /// Searches the folders of `--plugin-path`, `RAY_PLUGIN_PATH`, the user's and the
    /// installation's plugins; only the last without third parties.
    ///
    /// A folder may be a plugin or hold plugins. No library is opened. Without `remembering` every
    /// manifest is read.
    package init(_ context: Context, _ options: PluginOptions, remembering: Bool = true) throws(Failure) {
        excludesThirdParties = options.excludesThirdParties(context.environment)
        var search = PluginSearch(context, remembering: remembering)
        remembered = search.remembered
        if !excludesThirdParties {
            let path = (context.environment["RAY_PLUGIN_PATH"] ?? "").split(separator: ":").map(String.init)
            for folder in options.pluginPath.filter({ !$0.isEmpty }) + path {
                add(context.resolved(folder), &search, isNamed: true)
            }
            add(context.folders.userPlugins, &search)
        }
        add(context.folders.installedPlugins, &search)
        search.remembered.save()
        remembered = search.remembered
    }

    /// `isNamed`: the user said that plugins are there, so that it is a mistake when none are.
    private mutating func add(
        _ folder: String, _ search: inout PluginSearch, isNamed: Bool = false
    ) {
        searched.append(folder)
        if Files.exists(folder / "plugin.yaml") { return judge(folder, &search) }
        let below = Files.names(in: folder).filter { !$0.hasPrefix(".") }.map { folder / $0 }.filter(Files.isFolder)
        for candidate in below { judge(candidate, &search) }
        if below.isEmpty, isNamed {
            let problem = Diagnostic(
                .plugin,
                Files.isFolder(folder) ? "there is no plugin in `\(folder)`" : "there is no folder `\(folder)`",
                hint: "correct `--plugin-path` or RAY_PLUGIN_PATH")
            candidates.append(Candidate(folder: folder, verdict: .unusable([problem])))
        }
    }

    /// Why a plugin that the user expects may not be among those that handle something.
    package var remark: String? {
        let unusable = candidates.count { if case .unusable = $0.verdict { true } else { false } }
        if unusable > 0 { return "`ray plugin list` says why \(unusable == 1 ? "one" : "\(unusable)") cannot be used" }
        return excludesThirdParties ? "`--no-plugins` and RAY_PLUGIN_SAFE_MODE leave out all others" : nil
    }

    private mutating func judge(_ folder: String, _ search: inout PluginSearch) {
        guard judgedFolders.insert(folder).inserted else { return }
        let verdict: Candidate.Verdict
        do throws(Failure) {
            let plugin = try search.judge(folder)
            if let earlier = usableFolders[plugin.id] {
                verdict = .shadowed(plugin, by: earlier)
            } else {
                usableFolders[plugin.id] = folder
                verdict = .usable(plugin)
            }
        } catch {
            verdict = .unusable(error.diagnostics)
        }
        candidates.append(Candidate(folder: folder, verdict: verdict))
    }

    /// Holds plugins to the libraries that a project was locked to.
    mutating func pin(to lock: PluginLock) {
        for index in candidates.indices {
            guard case .usable(var plugin) = candidates[index].verdict else { continue }
            plugin.lockedLibrary = lock.entries.first { $0.id == plugin.id }?.libraries[Manifest.platform]
            candidates[index].verdict = .usable(plugin)
        }
    }

    /// The builders in the order in which their layers stack.
    package var builders: [Plugin] {
        plugins.filter { $0.manifest.kind == .environment }
            .sorted { ($0.manifest.rank ?? 50, $0.id) < ($1.manifest.rank ?? 50, $1.id) }
    }

    package func builders(of key: String) -> [Plugin] {
        builders.filter { $0.manifest.keys?[key] != nil }
    }

    package func providers(of type: String) -> [Plugin] {
        plugins.filter { $0.manifest.kind == .provider && $0.manifest.types?.contains(type) == true }
    }
}

/// Which plugins a command may use.
package struct PluginOptions: Sendable {
    package var pluginPath: [String]
    package var noPlugins: Bool
    /// Refuse plugins that differ from the project's lock.
    package private(set) var isLocked = false
    package private(set) var ignoresLock = false

    package init(pluginPath: [String] = [], noPlugins: Bool = false) {
        self.pluginPath = pluginPath
        self.noPlugins = noPlugins
    }

    /// The same, held to the project's lock or not.
    package func locked(_ isLocked: Bool) -> PluginOptions {
        var options = self
        options.isLocked = isLocked
        return options
    }

    /// The same, whatever the project's lock says, even where it cannot be read.
    package var ignoringLock: PluginOptions {
        var options = self
        options.ignoresLock = true
        return options
    }

    package func excludesThirdParties(_ environment: [String: String]) -> Bool {
        // A switch for safety is on unless it is off.
        noPlugins || !["", "0"].contains(environment["RAY_PLUGIN_SAFE_MODE"] ?? "")
    }
}
