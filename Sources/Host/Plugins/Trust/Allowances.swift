import FoundationEssentials

/// The plugins that the user has allowed beside those that come with ray, and where they run: the
/// file `plugins.yaml` in the user's configuration folder, which no project can write.
package struct Allowances: Sendable {
    /// Where a plugin runs.
    package enum Isolation: String, Sendable, Codable {
        case process
        case inProcess = "in-process"
    }

    /// One plugin, as it was when it was allowed.
    package struct Entry: Sendable, Equatable {
        package var id: String
        package var folder: String
        /// SHA-256 of manifest and library; nil allows whatever is built in the folder.
        package var digests: Digests?
        package var isolation: Isolation

        package init(id: String, folder: String, digests: Digests?, isolation: Isolation = .process) {
            self.id = id
            self.folder = folder
            self.digests = digests
            self.isolation = isolation
        }
    }

    /// What a plugin's files were.
    package struct Digests: Sendable, Equatable {
        package var manifest: String
        package var library: String

        package init(manifest: String, library: String) {
            self.manifest = manifest
            self.library = library
        }
    }

    private let file: String
    package private(set) var entries: [Entry] = []

    /// Reads the user's file; one that is not there allows nothing.
    package init(_ folders: Folders) throws(Failure) {
        file = folders.allowances
        guard let data = try Files.read(file) else { return }
        // Whoever could write here could allow anything.
        var ownership = Ownership()
        try ownership.judge(file)
        let node = try YAMLNode.parse([UInt8](data), file: file)
        let errors = try PluginSchema(folders).allowances().findings(in: node, of: "the list of allowed plugins").map(
            \.diagnostic)
        guard errors.isEmpty else { throw Failure(errors) }
        entries = (node["allowed"]?.sequence ?? []).compactMap(Entry.init)
    }

    /// What the user said of plugins with the id of this one.
    package func entries(for plugin: Plugin) -> [Entry] { entries.filter { $0.id == plugin.id } }

    /// Reads the user's file, changes the list and writes it, while nobody else does.
    package static func change(
        _ folders: Folders, _ body: (inout Allowances) throws(Failure) -> Void
    ) async throws {
        try Files.makeFolder(folders.configuration, mode: 0o700)
        let lock = try await FileLock.acquire(folders.configuration / ".plugins.lock", purpose: "ray plugin allow")
        defer { extendLifetime(lock) }
        var allowances = try Allowances(folders)
        let before = allowances.entries
        try body(&allowances)
        if allowances.entries != before { try allowances.write() }
    }

    /// Notes what the user has decided, in place of what was noted of the same plugin.
    package mutating func allow(_ entry: Entry) {
        entries.removeAll { $0.id == entry.id && $0.folder == entry.folder }
        entries.append(entry)
    }

    /// Forgets what was decided about a plugin in one folder.
    package mutating func forget(id: String, folder: String) {
        entries.removeAll { $0.id == id && $0.folder == folder }
    }

    private func write() throws(Failure) {
        let head =
            "# Plugins that may be used beside those that come with ray. Written by `ray plugin allow`.\nallowed:"
        let text = ([head] + entries.map(\.yaml)).joined(separator: "\n") + (entries.isEmpty ? " []\n" : "\n")
        try Files.replace(file, with: Data(text.utf8), mode: 0o600)
    }
}

extension Allowances.Entry {
    fileprivate init?(_ node: YAMLNode) {
        guard let id = node["id"]?.string, let folder = node["folder"]?.string else { return nil }
        self.id = id
        self.folder = folder
        if let manifest = node["manifest"]?.text, let library = node["library"]?.text {
            digests = .init(manifest: manifest, library: library)
        }
        isolation = node["isolation"]?.string.flatMap(Allowances.Isolation.init) ?? .process
    }

    fileprivate var yaml: String {
        var lines = ["  - id: \(YAMLText.quoted(id))", "    folder: \(YAMLText.quoted(folder))"]
        if let digests {
            lines += ["    manifest: \"\(digests.manifest)\"", "    library: \"\(digests.library)\""]
        }
        if isolation != .process { lines.append("    isolation: \(isolation.rawValue)") }
        return lines.joined(separator: "\n")
    }
}
