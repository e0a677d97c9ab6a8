import FoundationEssentials

/// The plugins that there are, found by their manifests alone.
package struct Catalogue: Sendable {
    /// A folder that was looked at, and what became of it.
    ///
    /// Nothing is skipped silently.
    package struct Candidate: Sendable {
        package enum Verdict: Sendable {
            case usable(Plugin)
            /// A candidate of the same id stands earlier in the search order.
            case shadowed(Manifest, by: String)
            case unusable([Diagnostic])
        }

        package var folder: String
        package var verdict: Verdict
    }

    package private(set) var candidates: [Candidate] = []
    /// The folders that were searched, in order.
    package private(set) var searched: [String] = []
    private let excludesThirdParties: Bool

    package var plugins: [Plugin] {
        candidates.compactMap { if case .usable(let plugin) = $0.verdict { plugin } else { nil } }
    }

    /// Searches the folders of `--plugin-path`, `RAY_PLUGIN_PATH`, the user's and the
    /// installation's plugins; only the last without third parties.
    ///
    /// A folder may be a plugin or hold plugins.
    package init(_ context: Context, options: PluginOptions, schema: JSONSchema) {
        excludesThirdParties = options.excludesThirdParties(context.environment)
        if !excludesThirdParties {
            let path = (context.environment["RAY_PLUGIN_PATH"] ?? "").split(separator: ":").map(String.init)
            for folder in options.pluginPath + path { add(context.workingDirectory / folder, schema, isNamed: true) }
            add(context.folders.data / "plugins", schema)
        }
        add(context.folders.installedPlugins, schema)
    }

    /// `isNamed`: the user said that plugins are there, so that it is a mistake when none are.
    private mutating func add(_ folder: String, _ schema: JSONSchema, isNamed: Bool = false) {
        searched.append(folder)
        if Files.exists(folder / "plugin.yaml") { return judge(folder, schema) }
        let below = Files.names(in: folder).map { folder / $0 }.filter(Files.isFolder)
        for candidate in below { judge(candidate, schema) }
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

    private mutating func judge(_ folder: String, _ schema: JSONSchema) {
        guard !candidates.contains(where: { $0.folder == folder }) else { return }
        let verdict: Candidate.Verdict
        do throws(Failure) {
            let plugin = try Plugin(readingManifestIn: folder, schema: schema)
            if let earlier = plugins.first(where: { $0.id == plugin.id }) {
                verdict = .shadowed(plugin.manifest, by: earlier.folder)
            } else {
                verdict = .usable(plugin)
            }
        } catch {
            verdict = .unusable(error.diagnostics)
        }
        candidates.append(Candidate(folder: folder, verdict: verdict))
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

    package init(pluginPath: [String] = [], noPlugins: Bool = false) {
        self.pluginPath = pluginPath
        self.noPlugins = noPlugins
    }

    package func excludesThirdParties(_ environment: [String: String]) -> Bool {
        noPlugins || environment["RAY_PLUGIN_SAFE_MODE"] == "1"
    }
}

extension Manifest {
    /// Reads `plugin.yaml` and checks it against its schema, and nothing of the library.
    static func read(
        in folder: String, schema: JSONSchema
    ) throws(Failure) -> (manifest: Manifest, node: YAMLNode, digest: String) {
        let file = folder / "plugin.yaml"
        guard let data = try Files.read(file) else {
            throw Failure(
                .plugin, "`\(folder)` has no plugin.yaml", hint: "a plugin is a folder with a manifest and a library")
        }
        let node = try YAMLNode.parse([UInt8](data), file: file)
        let errors = schema.findings(in: node, of: "the manifest").map(\.diagnostic)
        guard errors.isEmpty else { throw Failure(errors) }
        do {
            return (try JSONDecoder().decode(Manifest.self, from: node.json.canonical), node, Digest.of(data))
        } catch {
            throw Failure(.plugin, "`\(file)` is no manifest", cause: error.sentence)
        }
    }
}

extension Plugin {
    /// Reads and judges `plugin.yaml`; opens no library.
    init(readingManifestIn folder: String, schema: JSONSchema) throws(Failure) {
        let (manifest, node, digest) = try Manifest.read(in: folder, schema: schema)
        self.init(manifest: manifest, folder: folder, manifestDigest: digest)
        try judgeVersion(of: node)
        try judgeLibrary(of: node)
    }

    private func judgeVersion(of node: YAMLNode) throws(Failure) {
        let parts = manifest.api.split(separator: ".").compactMap { Int($0) }
        guard parts.count == 2, parts[0] == Manifest.supportedAPI.major else {
            throw Failure(
                .plugin, "plugin `\(id)` \(manifest.version) is written for API \(manifest.api)",
                at: node["api"]?.place,
                cause: "this ray serves API \(Manifest.supportedAPI.major).\(Manifest.supportedAPI.minor)",
                hint: "install a release of the plugin for this API, or another ray")
        }
    }

    private func judgeLibrary(of node: YAMLNode) throws(Failure) {
        guard manifest.libraries[Manifest.platform] != nil else {
            let others = manifest.libraries.keys.sorted().joined(separator: ", ")
            throw Failure(
                .plugin, "plugin `\(id)` has no library for \(Manifest.platform)", at: node["libraries"]?.place,
                cause: others.isEmpty ? nil : "it has one for \(others)",
                hint: "install a build of the plugin for this platform")
        }
        guard Files.exists(library) else {
            throw Failure(
                .plugin, "the library `\(library)` of plugin `\(id)` is missing", at: node["libraries"]?.place,
                hint: "install the plugin again")
        }
    }
}
