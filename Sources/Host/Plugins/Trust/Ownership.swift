import Glibc

/// Judges whether what lies at a path can be changed only by this user, by root, and by those who
/// are trusted besides.
///
/// The file, every folder above it and every link on the way is looked at, each once.
struct Ownership {
    private let trusted: Set<uid_t>
    private var judged: Set<String> = []
    /// Of what was judged, the folders that are no links.
    private var folders: Set<String> = []

    /// `besides`: a file whose owner is trusted too, as the program itself.
    init(besides file: String? = nil) {
        var status = stat()
        var trusted: Set<uid_t> = [0, geteuid()]
        if let file, stat(file, &status) == 0 { trusted.insert(status.st_uid) }
        self.trusted = trusted
    }

    /// Throws when somebody else could change what an absolute path leads to.
    ///
    /// What is not there is no fault.
    mutating func judge(_ path: String) throws(Failure) {
        // Most of what is asked lies beside what was judged before.
        if folders.contains(path.parentPath), try !isLink(judgeOne(path)) { return }
        var left = path.split(separator: "/").map(String.init)
        var current = "/"
        var links = 0
        try judgeOne(current)
        while !left.isEmpty {
            let name = left.removeFirst()
            let next = name == ".." ? current.parentPath : current / name
            guard name != ".", let status = try judgeOne(next) else { continue }
            guard isLink(status), links < 40 else {
                current = next
                continue
            }
            links += 1
            let target = Self.target(of: next)
            if target.hasPrefix("/") { current = "/" }
            left = target.split(separator: "/").map(String.init) + left
        }
    }

    private func isLink(_ status: stat?) -> Bool { status.map { $0.st_mode & S_IFMT == S_IFLNK } ?? false }

    @discardableResult
    private mutating func judgeOne(_ path: String) throws(Failure) -> stat? {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        guard !judged.contains(path) else { return status }
        guard trusted.contains(status.st_uid) else {
            throw Failure(
                .plugin, "`\(path)` belongs to \(Self.name(of: status.st_uid)), who is neither you nor root",
                cause: "whoever can change a plugin's files decides what runs with your rights",
                hint: "`chown -h \(geteuid()) \(path.shellQuoted)` makes it yours, or put the plugin elsewhere")
        }
        let writable = status.st_mode & (S_IWGRP | S_IWOTH)
        let (kind, isSticky) = (status.st_mode & S_IFMT, status.st_mode & S_ISVTX != 0)
        // The mode of a link means nothing, and in a sticky folder only owners replace their files.
        if kind != S_IFLNK, writable != 0, !(kind == S_IFDIR && isSticky) {
            throw Failure(
                .plugin, "`\(path)` can be written by \(writable & S_IWOTH != 0 ? "everyone" : "its group")",
                cause: "whoever can change a plugin's files decides what runs with your rights",
                hint: "`chmod go-w \(path.shellQuoted)` mends it")
        }
        judged.insert(path)
        if kind == S_IFDIR { folders.insert(path) }
        return status
    }

    private static func target(of link: String) -> String {
        var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let count = buffer.withUnsafeMutableBytes { bytes in
            bytes.bindMemory(to: CChar.self).baseAddress.map { readlink(link, $0, bytes.count) } ?? 0
        }
        return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
    }

    private static func name(of user: uid_t) -> String {
        guard let name = getpwuid(user)?.pointee.pw_name else { return "user \(user)" }
        return "`\(String(cString: name))`"
    }
}
