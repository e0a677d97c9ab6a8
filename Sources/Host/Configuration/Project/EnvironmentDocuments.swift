/// The YAML files that keys of `environment` name, read in the place of their names.
///
/// A plugin whose schema of a key has `x-document`, a list of endings, gets the document of a file with one of
/// them as if it stood in the project file; its places are those of its own file.
struct EnvironmentDocuments {
    /// The files that were read.
    private(set) var files: [String] = []
    private(set) var diagnostics: [Diagnostic] = []
    private let root: String
    private let schema: ProjectSchema

    init(root: String, schema: ProjectSchema) {
        self.root = root
        self.schema = schema
    }

    /// A project file with its documents in it.
    mutating func filled(_ project: YAMLNode) -> YAMLNode {
        guard var entries = project.mapping, let index = entries.firstIndex(where: { $0.key == "environment" }),
            let keys = entries[index].value.mapping
        else { return project }
        entries[index].value.value = .mapping(keys.map { filled($0) })
        var whole = project
        whole.value = .mapping(entries)
        return whole
    }

    /// An entry of `environment`; where its file cannot be read, it stays as it is.
    mutating func filled(_ entry: YAMLEntry) -> YAMLEntry {
        guard let name = entry.value.string, !name.contains("\n"),
            schema.documentEndings(of: entry.key).contains(where: { name.hasSuffix($0) })
        else { return entry }
        let file = root / name
        do throws(Failure) {
            let bytes = try ConfigurationFile.read(file, namedAt: entry.value.place, as: name)
            var filled = entry
            filled.value = try YAMLNode.parse(bytes, file: file)
            files.append(file)
            return filled
        } catch {
            diagnostics += error.diagnostics.map { diagnostic in
                var diagnostic = diagnostic
                if !Files.exists(file) {
                    diagnostic.hint = ConfigurationFile.suggestion(forMissing: file, writtenAs: name)
                }
                return diagnostic
            }
            return entry
        }
    }
}

extension ProjectSchema {
    /// The endings of files that stand for the document that a key of `environment` takes.
    func documentEndings(of key: String) -> [String] {
        json.value(at: "/$defs/\(JSONValue.pointerToken("environment.\(key)"))/x-document")?.array?
            .compactMap(\.string) ?? []
    }
}
