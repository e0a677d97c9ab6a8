import FoundationEssentials

/// What each project's environment was made of when it was last built, so that the next plan can say
/// what has changed, and so that nothing removes what projects need.
package struct ProjectMemory: Sendable {
    package struct Record: Sendable {
        package var root: String
        /// Digest and components by the id of the plugin.
        package var layers: [String: (digest: String, components: JSONValue)]
    }

    private let folder: String

    package init(folders: Folders) {
        folder = folders.cache / "projects"
    }

    package func record(of project: Project) -> Record? {
        record(inFile: file(of: project.root))
    }

    /// The digests that projects which are still there were last built from.
    package var needed: Set<String> {
        var digests: Set<String> = []
        for name in Files.names(in: folder) {
            guard let record = record(inFile: folder / name), Files.exists(record.root) else { continue }
            digests.formUnion(record.layers.values.map(\.digest))
        }
        return digests
    }

    func remember(_ plans: [LayerPlan], of project: Project) {
        let layers = plans.map { plan -> (String, JSONValue) in
            (plan.plugin.id, ["digest": .string(plan.digest), "components": plan.components])
        }
        let record: JSONValue = [
            "root": .string(project.root), "layers": .object(Dictionary(layers) { first, _ in first }),
        ]
        let (data, path) = (record.canonical, file(of: project.root))
        guard Files.readOwn(path) != data else { return }
        Files.writeOwn(path, data)
    }

    private func file(of root: String) -> String { folder / String(Digest.of(root).prefix(32)) }

    private func record(inFile path: String) -> Record? {
        guard let data = Files.readOwn(path), let value = try? JSONValue(parsing: data),
            let root = value["root"]?.string,
            let layers = value["layers"]?.object
        else { return nil }
        return Record(
            root: root,
            layers: layers.compactMapValues { layer in
                layer["digest"]?.string.map { ($0, layer["components"] ?? [:]) }
            })
    }
}
