import FoundationEssentials
import Glibc

/// Looks through the files of a set on this machine, once for all nodes.
struct FileScan {
    private let filter: FileFilter
    /// What was found, without checksums.
    private(set) var entries: [FileEntry] = []
    /// The stamps of files, in the order of `entries`; nil for others.
    private(set) var stamps: [FileStamp?] = []
    /// Folders in which another repository begins.
    private var repositories: [(place: String, path: String)] = []

    init(_ filter: FileFilter) { self.filter = filter }

    /// Adds what a mount stands for; `git` is asked where the filter says so.
    mutating func add(_ mount: FileMount, git: IgnoredFiles?) async throws {
        let remote = FileMount.normal(mount.remote)
        guard Files.isFolder(mount.local) else { return try addFile(mount, remote) }
        var ignored: Set<EntryPath> = []
        var asked = 0
        repositories = [(mount.local, "")]
        let before = entries.count
        // A repository in the folder is known when it is met.
        while true {
            if let git {
                for repository in repositories[asked...] {
                    let paths = try await git.paths(in: repository.place)
                    ignored.formUnion(paths.map { EntryPath(repository.path.isEmpty ? $0 : repository.path / $0) })
                }
            }
            asked = repositories.count
            entries.removeLast(entries.count - before)
            stamps.removeLast(stamps.count - before)
            var status = stat()
            guard stat(mount.local, &status) == 0 else { throw Failure(system: errno, "cannot read `\(mount.local)`") }
            append(FileEntry(.root, mode: status.st_mode & 0o7777 | 0o700, path: remote), mount.local)
            try walk(mount.local, "", remote, try filter.rules(ignoring: ignored).inside(mount.local, at: ""))
            if git == nil || asked == repositories.count { return }
        }
    }

    private mutating func addFile(_ mount: FileMount, _ remote: EntryPath) throws(Failure) {
        let name = mount.local.lastPathName
        guard !filter.rules(ignoring: []).leavesOut(name, isFolder: false) else { return }
        let isInside = mount.remote.utf8.last == UInt8(ascii: "/")
        let path = isInside ? EntryPath(remote.text / name) : remote
        append(FileEntry(.parent, mode: 0o755, path: EntryPath(path.text.parentPath)), mount.local)
        var status = stat()
        guard stat(mount.local, &status) == 0 else { throw Failure(system: errno, "cannot read `\(mount.local)`") }
        try add(mount.local, path, status)
    }

    private mutating func walk(
        _ place: String, _ path: String, _ remote: EntryPath, _ rules: FileFilter.Rules
    ) throws(Failure) {
        for name in try LayerFiles.names(in: place, hint: "rename it, or leave it out with `rsync_exclude`") {
            let (child, below) = (place + "/" + name, path.isEmpty ? name : path + "/" + name)
            var status = stat()
            guard lstat(child, &status) == 0 else { throw Failure(system: errno, "cannot read `\(child)`") }
            let isFolder = status.st_mode & S_IFMT == S_IFDIR
            guard !rules.leavesOut(below, isFolder: isFolder) else { continue }
            let there = EntryPath(remote.text + "/" + name)
            try add(child, there, status)
            guard isFolder else { continue }
            if filter.asksGit, Files.exists(child + "/.git"), !repositories.contains(where: { $0.path == below }) {
                repositories.append((child, below))
            }
            try walk(child, below, there, try rules.inside(child, at: below))
        }
    }

    private mutating func add(_ place: String, _ path: EntryPath, _ status: stat) throws(Failure) {
        let mode = UInt32(status.st_mode & 0o7777)
        switch status.st_mode & S_IFMT {
        case S_IFDIR: append(FileEntry(.folder, mode: mode, path: path), place)
        case S_IFLNK:
            var target = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
            guard readlink(place, &target, Int(PATH_MAX)) >= 0 else {
                throw Failure(system: errno, "cannot read `\(place)`")
            }
            let end = target.firstIndex(of: 0) ?? target.endIndex
            let text = String(decoding: target[..<end].map { UInt8(bitPattern: $0) }, as: UTF8.self)
            append(FileEntry(.link, content: text, path: path), place, Int64(status.st_mtim.tv_sec))
        case S_IFREG:
            let entry = FileEntry(.file, mode: mode, size: Int64(status.st_size), path: path)
            append(entry, place, Int64(status.st_mtim.tv_sec), FileStamp(status))
        // Sockets and devices stay where they are.
        default: break
        }
    }

    private mutating func append(
        _ entry: FileEntry, _ source: String, _ modified: Int64 = 0, _ stamp: FileStamp? = nil
    ) {
        var entry = entry
        entry.source = source
        entry.modified = modified
        entries.append(entry)
        stamps.append(stamp)
    }

    /// The entries with their checksums, of which those of unchanged files are remembered.
    func finished(_ memory: ContentMemory) async throws -> [FileEntry] {
        let moment = nanosecondsNow()
        var finished = entries
        var unknown: [(index: Int, stamp: FileStamp)] = []
        for (index, stamp) in stamps.enumerated() {
            guard let stamp else { continue }
            if let checksum = memory.checksum(of: entries[index].source, stamp) {
                finished[index].content = checksum
            } else {
                unknown.append((index, stamp))
            }
        }
        for (index, checksum) in try await Self.checksums(of: unknown.map(\.index), in: entries) {
            finished[index].content = checksum
        }
        memory.replace(
            with: zip(finished, stamps).compactMap { entry, stamp in stamp.map { (entry.source, $0, entry.content) } },
            at: moment)
        return finished
    }

    /// Two readers at a time: the second hides the waits of the first.
    private static func checksums(of indices: [Int], in entries: [FileEntry]) async throws -> [(Int, String)] {
        try await withThrowingTaskGroup(of: [(Int, String)].self) { group in
            for reader in 0..<min(2, indices.count) {
                group.addTask {
                    var hasher = FileHasher()
                    return try stride(from: reader, to: indices.count, by: 2).map { number in
                        try Task.checkCancellation()
                        let index = indices[number]
                        return (index, try hasher.checksum(ofFile: entries[index].source))
                    }
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
    }
}
