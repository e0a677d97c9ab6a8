import FoundationEssentials

extension Manifest {
    /// Reads `plugin.yaml` and holds it against its schema; looks at nothing else.
    static func read(
        in folder: String, schema: JSONSchema
    ) throws(Failure) -> (manifest: Manifest, node: YAMLNode, digest: String) {
        let file = folder / "plugin.yaml"
        guard Files.exists(file) else {
            throw Failure(
                .plugin, "`\(folder)` has no plugin.yaml", hint: "a plugin is a folder with a manifest and a library")
        }
        let data = Data(try ConfigurationFile.read(file))
        guard data.count <= maximumSize else {
            throw Failure(
                .plugin, "the manifest has \(data.count) bytes; the most are \(maximumSize)",
                at: Place(file: file), hint: "install a release of the plugin with a smaller one")
        }
        let node = try YAMLNode.parse([UInt8](data), file: file)
        let errors = schema.findings(in: node, of: "the manifest").filter { finding in
            // A minor version that this ray does not know may have added keys, and only ever adds.
            if case .unknownKey = finding.kind { !isNewer(node["api"]?.text) } else { true }
        }
        guard errors.isEmpty else { throw Failure(errors.map(\.diagnostic)) }
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
        let problems = manifest.problems(node)
        guard problems.isEmpty else { throw Failure(problems.map(\.diagnostic)) }
        try judgeLibrary(of: node)
    }

    private func judgeVersion(of node: YAMLNode) throws(Failure) {
        let parts = manifest.api.split(separator: ".").compactMap { Int($0) }
        guard parts.count == 2, parts[0] == Manifest.supportedAPI.major else {
            throw Failure(
                .plugin, "plugin `\(id)` \(manifest.version) is written for API \(manifest.api)",
                at: node["api"]?.place,
                cause: "this ray serves API \(Manifest.supportedVersion)",
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
