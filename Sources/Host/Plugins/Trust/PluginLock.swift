import FoundationEssentials

/// The plugins that a project was locked to: `plugins.lock` beside project.yaml, which is committed.
package struct PluginLock: Sendable {
    /// One plugin, with the SHA-256 of its manifest and of the library of every platform.
    package struct Entry: Sendable, Equatable {
        package var id: String
        package var version: String
        /// `ray`, a URL, the name of an archive, or `folder`.
        package var source: String
        package var manifest: String
        package var libraries: [String: String]
        package var place: Place?

        package static func == (left: Entry, right: Entry) -> Bool {
            (left.id, left.version, left.source, left.manifest, left.libraries)
                == (right.id, right.version, right.source, right.manifest, right.libraries)
        }
    }

    package static let name = "plugins.lock"

    package let file: String
    package let entries: [Entry]

    /// Reads the lock of the project whose project.yaml this is; nil when there is none.
    package init?(besides projectFile: String, schema: PluginSchema) throws(Failure) {
        file = projectFile.parentPath / Self.name
        guard let data = try Files.read(file) else { return nil }
        let node = try YAMLNode.parse([UInt8](data), file: file)
        let errors = try schema.lock().findings(in: node, of: "the plugin lock").map(\.diagnostic)
        guard errors.isEmpty else { throw Failure(errors) }
        entries = (node["plugins"]?.sequence ?? []).compactMap(Entry.init)
    }

    /// The lock of these plugins as they are now.
    package init(of plugins: [Plugin], besides projectFile: String, _ digests: DigestMemory) throws(Failure) {
        file = projectFile.parentPath / Self.name
        var entries: [Entry] = []
        for plugin in plugins.sorted(by: { $0.id < $1.id }) { entries.append(try Entry(plugin, digests)) }
        self.entries = entries
    }

    package func write() throws(Failure) {
        let head = "# The plugins of this project. Written by `ray plugin lock`; commit it.\nplugins:"
        let text = ([head] + entries.map(\.yaml)).joined(separator: "\n") + (entries.isEmpty ? " []\n" : "\n")
        try Files.replace(file, with: Data(text.utf8))
    }

    /// In what a plugin differs from the lock; `digest` is that of its library here.
    package func differences(of plugin: Plugin, library digest: String) -> [Diagnostic] {
        guard let entry = entries.first(where: { $0.id == plugin.id }) else {
            return [
                Diagnostic(
                    .lockStale, "plugin `\(plugin.id)` is not in the lock", at: Place(file: file),
                    hint: "`ray plugin lock` adds it")
            ]
        }
        let accept = "`ray plugin lock` accepts what is installed; the locked one came from \(entry.origin)"
        guard entry.version == plugin.manifest.version else {
            return [
                Diagnostic(
                    .lockStale, "plugin `\(plugin.id)` is \(plugin.manifest.version), the lock has \(entry.version)",
                    at: entry.place, hint: accept)
            ]
        }
        guard let library = entry.libraries[Manifest.platform] else {
            return [
                Diagnostic(
                    .lockStale, "the lock has no library of plugin `\(plugin.id)` for \(Manifest.platform)",
                    at: entry.place, cause: "it has \(entry.libraries.keys.sorted().joined(separator: ", "))",
                    hint: "`ray plugin lock` adds it")
            ]
        }
        let files = [("manifest", entry.manifest, plugin.manifestDigest), ("library", library, digest)]
        return files.filter { $0.1 != $0.2 }.map { name, locked, here in
            Diagnostic(
                .hash, "the \(name) of plugin `\(plugin.id)` \(plugin.manifest.version) is not the locked one",
                at: entry.place, cause: "sha256 \(locked) is locked\nsha256 \(here) is in `\(plugin.folder)`",
                hint: accept)
        }
    }
}

extension PluginLock.Entry {
    fileprivate init?(_ node: YAMLNode) {
        guard let id = node["id"]?.text, let version = node["version"]?.text, let source = node["source"]?.text,
            let manifest = node["manifest"]?.text
        else { return nil }
        self.init(
            id: id, version: version, source: source, manifest: manifest,
            libraries: Dictionary((node["libraries"]?.mapping ?? []).map { ($0.key, $0.value.text ?? "") }) { $1 },
            place: node.place)
    }

    fileprivate init(_ plugin: Plugin, _ digests: DigestMemory) throws(Failure) {
        let libraries = try plugin.libraryDigests(digests)
        self.init(
            id: plugin.id, version: plugin.manifest.version, source: plugin.source,
            manifest: plugin.manifestDigest, libraries: libraries, place: nil)
    }

    fileprivate var yaml: String {
        let head = [
            "  - id: \(YAMLText.quoted(id))", "    version: \(YAMLText.quoted(version))",
            "    source: \(YAMLText.quoted(source))",
            "    manifest: \"\(manifest)\"", "    libraries:",
        ]
        return (head + libraries.sorted { $0.key < $1.key }.map { "      \($0.key): \"\($0.value)\"" })
            .joined(separator: "\n")
    }

    /// Where to get it, as a person would say it.
    fileprivate var origin: String {
        switch source {
        case "ray": "an installation of ray"
        case "folder": "a folder"
        default: "`\(source)`"
        }
    }
}
