package import FoundationEssentials

/// What is to be done on one node, so that a set of files is there.
package struct SyncPlan: Sendable {
    /// Files and links, of which the contents go.
    package private(set) var sent: [FileEntry] = []
    package private(set) var gone: [EntryPath] = []
    /// The digest that the node remembers.
    private let digest: String
    private let home: String
    private let wanted: [FileEntry]
    private var folders: [EntryPath] = []
    private var roots: [UInt32: [EntryPath]] = [:]
    private var modes: [UInt32: [EntryPath]] = [:]
    private var opened: Set<EntryPath> = []
    private var emptied: [EntryPath] = []
    private var pending: [EntryPath] = []
    private var pendingFolders: [EntryPath] = []

    package var bytes: Int64 { sent.reduce(0) { $0 + $1.size } }

    /// Compares what is wanted with what a node has.
    ///
    /// With `removes` what was put before and is wanted no more goes. Throws where two mounts cannot both be.
    package init(_ entries: [FileEntry], digest: String, _ state: NodeFileState, removes: Bool) throws(Failure) {
        self.digest = digest
        home = state.home
        var byPath: [EntryPath: FileEntry] = [:]
        for var entry in entries {
            entry.path = FileMount.absolute(entry.path, home: home)
            guard let other = byPath[entry.path], other.kind != .parent else {
                byPath[entry.path] = entry
                continue
            }
            guard entry.kind != .parent else { continue }
            guard entry.kind.isArchived == other.kind.isArchived else {
                throw Failure(
                    .conflict, "`\(entry.path.text)` would be a file and a folder at the same time",
                    cause: "it comes from `\(other.source)` and from `\(entry.source)`",
                    hint: "give one of them another path")
            }
            byPath[entry.path] = entry
        }
        wanted = byPath.values.sorted { $0.path < $1.path }
        for entry in wanted { add(entry, state) }
        if removes { remove(state, byPath) }
        open(state, byPath)
        let archived = wanted.filter(\.kind.isArchived).map(\.path)
        let before = state.entries.values
        pending = Set(archived + state.pending + before.filter(\.kind.isArchived).map(\.path)).sorted()
        pendingFolders = Set(
            wanted.filter { $0.kind == .folder }.map(\.path) + state.pendingFolders
                + before.filter { $0.kind == .folder }.map(\.path)
        ).sorted()
    }

    private mutating func add(_ entry: FileEntry, _ state: NodeFileState) {
        let before = state.entries[entry.path]
        switch entry.kind {
        case .file, .link:
            guard let before, before.hasContent(of: entry), state.isUntouched(entry.path) else {
                sent.append(entry)
                return
            }
            if before.mode != entry.mode { modes[entry.mode, default: []].append(entry.path) }
        case .folder:
            let mode = before == nil ? nil : state.folderMode(entry.path)
            if mode == nil { folders.append(entry.path) }
            if mode != entry.mode { modes[entry.mode, default: []].append(entry.path) }
        case .root, .parent: roots[entry.mode, default: []].append(entry.path)
        }
    }

    private mutating func remove(_ state: NodeFileState, _ wanted: [EntryPath: FileEntry]) {
        let pending = Set(state.pending)
        let known = Set(state.entries.values.filter(\.kind.isArchived).map(\.path)).union(pending)
        gone = known.filter { path in
            guard wanted[path]?.kind.isArchived != true else { return false }
            return state.isUntouched(path) || (pending.contains(path) && state.isHalfPut(path))
        }.sorted()
        let folders = state.entries.values.filter { $0.kind == .folder || $0.kind == .root }.map(\.path)
        emptied = Set(folders + state.pendingFolders).filter { path in
            wanted[path].map(\.kind.isArchived) ?? true
        }.sorted { $1 < $0 }
    }

    /// What is written in must let its owner do so meanwhile.
    private mutating func open(_ state: NodeFileState, _ wanted: [EntryPath: FileEntry]) {
        let touched = sent.map(\.path) + gone + folders + emptied
        for folder in Set(touched.map { EntryPath($0.text.parentPath) }) {
            guard let entry = wanted[folder] ?? state.entries[folder], entry.kind == .folder,
                entry.mode & 0o300 != 0o300
            else { continue }
            opened.insert(folder)
            if wanted[folder] != nil, modes[entry.mode]?.contains(folder) != true {
                modes[entry.mode, default: []].append(folder)
            }
        }
    }

    /// The name that a path has in archives, which are unpacked in `/`.
    private static func archiveName(_ path: String) -> String { String(path.dropFirst()) }

    /// The archive of lists that the node works off.
    ///
    /// `done/digest` comes last: it says that all of it has come.
    package var lists: Data {
        var archive = Data()
        func list(_ name: String, _ paths: some Collection<EntryPath>) {
            guard !paths.isEmpty || name.hasPrefix("done/") || name.hasPrefix("pending") else { return }
            archive += TarWriter.file(name, paths.reduce(into: Data()) { $0 += Data($1.text.utf8) + [0] })
        }
        list("pending", pending)
        list("pending.folders", pendingFolders)
        list("gone", gone)
        list("empty", emptied)
        list("open", opened.sorted())
        list("folders.put", folders)
        list("blocked", sent.map(\.path))
        for (mode, paths) in roots { list("root.\(String(mode, radix: 8))", paths) }
        for (mode, paths) in modes { list("mode.\(String(mode, radix: 8))", paths) }
        list("done/files", wanted.filter(\.kind.isArchived).map(\.path))
        list("done/folders", wanted.filter { $0.kind == .folder || $0.kind == .root }.map(\.path))
        archive += TarWriter.file("done/manifest", FileManifest.text(of: wanted))
        archive += TarWriter.file("done/digest", Data())
        return archive + Data(TarWriter.end)
    }

    /// Writes the archive of contents, some of it at a time.
    ///
    /// The last entry is for the node to know that all of it has come; `state` is where the node keeps what it knows.
    package func writeContents(state: String, to write: @escaping @Sendable ([UInt8]) async throws -> Void) async throws
    {
        var stream = ContentStream(write)
        for entry in sent { try await stream.add(entry, named: Self.archiveName(entry.path.text)) }
        let commit = Self.archiveName(home / state / "new/commit")
        try await stream.end(with: Array(TarWriter.file(commit, Data("\(digest)\n".utf8))) + TarWriter.end)
    }
}
