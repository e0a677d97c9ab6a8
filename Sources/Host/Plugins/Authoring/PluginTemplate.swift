import FoundationEssentials

/// A plugin to begin with: `share/ray/plugin-templates/KIND-LANGUAGE`.
///
/// Data only. `@ID@` and its like stand in names and texts for what differs between plugins.
struct PluginTemplate {
    /// Paths below the template's folder, sorted, with their texts.
    var files: [(path: String, text: String)]

    init(_ kind: Manifest.Kind, _ language: TemplateLanguage, in folders: Folders) throws(Failure) {
        let root = folders.pluginTemplates
        let name = "\(kind.rawValue)-\(language.rawValue)"
        guard Files.isFolder(root / name) else {
            let there = TemplateLanguage.allCases.filter { Files.isFolder(root / "\(kind.rawValue)-\($0.rawValue)") }
            guard !there.isEmpty else {
                throw Failure(
                    .internal, "`\(root)` has no templates",
                    hint: "install ray again: its bin and share belong together")
            }
            throw Failure(
                .usage, "there is no template for plugins of kind `\(kind.rawValue)` in \(language.name)",
                hint: listing(there.map { "--language \($0.rawValue)" }))
        }
        files = try Self.files(below: root / name).map { file throws(Failure) in
            (file, String(decoding: try Files.read(root / name / file) ?? .init(), as: UTF8.self))
        }
    }

    private static func files(below folder: String) -> [String] {
        Files.names(in: folder).flatMap { name in
            Files.isFolder(folder / name) ? files(below: folder / name).map { name / $0 } : [name]
        }
    }
}

/// The id of a plugin that is about to be made, and the names that follow from it.
struct PluginID {
    let text: String

    init(_ text: String) throws(Failure) {
        guard text.wholeMatch(of: #/[a-z][a-z0-9]*(-[a-z0-9]+)*/#) != nil else {
            throw Failure(
                .usage, "`\(text)` cannot be the id of a plugin",
                cause: "an id is lower-case letters, digits and `-` between them, and begins with a letter",
                hint: Self.proposal(for: text).map { "for example `\($0)`" })
        }
        self.text = text
    }

    private static func proposal(for text: String) -> String? {
        let words = text.lowercased().split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
        let id = words.joined(separator: "-").drop { !$0.isLetter }
        return id.isEmpty ? nil : String(id)
    }

    /// As C and Rust write it.
    var underscored: String { text.replacing("-", with: "_") }

    /// As types are written.
    var camelCased: String {
        text.split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }
}
