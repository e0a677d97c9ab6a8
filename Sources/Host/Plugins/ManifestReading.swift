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
    ///
    /// With `isBuilt` the library must be there.
    init(readingManifestIn folder: String, schema: JSONSchema, isBuilt: Bool = true) throws(Failure) {
        let (manifest, node, digest) = try Manifest.read(in: folder, schema: schema)
        self.init(manifest: manifest, folder: folder, manifestDigest: digest)
        try judgeVersion(of: node)
        try judgeOperations(of: node)
        try judgeSchemas(of: node)
        if isBuilt { try judgeLibrary(of: node) }
    }

    /// Whether the operations are those of the plugin's kind, each with somewhere to write its answer.
    private func judgeOperations(of node: YAMLNode) throws(Failure) {
        var problems: [Diagnostic] = []
        let known = manifest.kind.operations
        let kind = manifest.kind == .environment ? "environment builder" : "cluster provider"
        for name in known where manifest.operations[name] == nil {
            problems.append(
                Diagnostic(
                    .plugin, "plugin `\(id)` lacks the operation `\(name)`, which every \(kind) has",
                    at: node.entry("operations")?.keyPlace, hint: "install a release of the plugin that has it"))
        }
        for entry in node["operations"]?.mapping ?? [] {
            if !known.contains(entry.key), !Manifest.isNewer(manifest.api) {
                problems.append(
                    Diagnostic(
                        .plugin, "no \(kind) has an operation `\(entry.key)`", at: entry.keyPlace,
                        hint: suggestion(for: entry.key, among: known)
                            ?? "the operations are \(known.map { "`\($0)`" }.joined(separator: ", "))"))
                continue
            }
            let parameters = manifest.operations[entry.key]?.parameters ?? []
            for (index, parameter) in parameters.enumerated()
            where parameters[..<index].contains(where: { $0.name == parameter.name }) {
                problems.append(
                    Diagnostic(
                        .plugin, "the operation `\(entry.key)` has two parameters `\(parameter.name)`",
                        at: entry.value["parameters"]?[index]?.place, hint: "give one of them another name"))
            }
            if parameters.count(where: { $0.type == .sink }) != 1 {
                problems.append(
                    Diagnostic(
                        .plugin, "the operation `\(entry.key)` must have one parameter of type sink",
                        at: entry.keyPlace,
                        cause: "its answer is written there", hint: "add `{name: out, type: sink}` to its parameters"))
            }
        }
        guard problems.isEmpty else { throw Failure(problems) }
    }

    /// Whether the host can check what users write by what the plugin says of it.
    private func judgeSchemas(of node: YAMLNode) throws(Failure) {
        var problems: [Diagnostic] = []
        let schemas =
            (node["keys"]?.mapping ?? []).map { ($0, "the schema of `\($0.key)` in plugin `\(id)`") }
            + [node.entry("schema")].compactMap(\.self).map { ($0, "the schema of `provider` in plugin `\(id)`") }
        for (entry, name) in schemas {
            do throws(Failure) { _ = try JSONSchema(entry.value.json, called: name) } catch {
                problems += error.diagnostics.map { problem in
                    var problem = problem
                    problem.place = problem.place ?? entry.keyPlace
                    return problem
                }
            }
        }
        guard problems.isEmpty else { throw Failure(problems) }
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
