import Crypto
package import FoundationEssentials
import Glibc

/// The contents of a layer as text: a line for each file and link with its checksum, and beside it the
/// stamps by which a change is noticed without reading.
///
/// The manifest is the same for the same contents, whenever and by whomever they were built;
/// `node-store.sh` writes it alike.
package struct LayerManifest: Sendable {
    package struct Entry: Sendable, Equatable {
        /// `f` a file, `x` one that its owner may run, `l` a link, of which the target's text counts.
        package var kind: UInt8
        package var size: Int64
        package var checksum: String
        /// Relative to the layer, or absolute for what a build made elsewhere.
        package var path: String

        var line: String { "\(Character(UnicodeScalar(kind))) \(size) \(checksum) \(LayerPath.escaped(path))\n" }
    }

    /// In the order of their paths' bytes.
    package let entries: [Entry]
    private let stamps: [EntryStamp]

    /// Reads everything below the layer's folder `root`, and `outputs`, which are absolute.
    ///
    /// What is called as one of `volatile` is left out. Throws a failure where a file cannot be read or
    /// an output is not there.
    package init(of root: String, volatile: [String], outputs: [String]) async throws {
        var found: [LayerFiles.Item] = []
        let files = LayerFiles(volatile: Set(volatile))
        try files.walk(root, named: "", into: &found)
        let elsewhere = Set(outputs.map(\.withoutLastSlash)).filter { !($0 + "/").hasPrefix(root + "/") }
        for output in elsewhere { try LayerFiles(volatile: []).walk(output, named: output, into: &found) }
        found.sort { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
        entries = try await Self.hashed(found, in: root)
        stamps = found.map(\.stamp)
    }

    /// Two readers at a time: the second hides the waits of the first, more only share the same disk.
    private static func hashed(_ items: [LayerFiles.Item], in root: String) async throws -> [Entry] {
        let readers = 2
        return try await withThrowingTaskGroup(of: [(Int, Entry)].self) { group in
            for reader in 0..<readers {
                group.addTask {
                    var hasher = FileHasher()
                    return try stride(from: reader, to: items.count, by: readers).map { index in
                        try Task.checkCancellation()
                        let item = items[index]
                        let checksum = try hasher.checksum(of: item, at: root / item.path)
                        return (
                            index,
                            Entry(kind: item.kind, size: item.stamp.size, checksum: checksum, path: item.path)
                        )
                    }
                }
            }
            var entries: [Entry?] = Array(repeating: nil, count: items.count)
            for try await part in group { for (index, entry) in part { entries[index] = entry } }
            return entries.compactMap(\.self)
        }
    }

    package var size: Int64 { entries.reduce(0) { $0 + $1.size } }

    package var text: Data { Data(entries.map(\.line).joined().utf8) }

    /// The stamps of the same files, in the same order.
    package var stampText: Data {
        Data(zip(stamps, entries).map { "\($0.text) \(LayerPath.escaped($1.path))\n" }.joined().utf8)
    }

    /// The entries of a manifest's text; nil for what is none.
    package static func entries(in text: Data) -> [Entry]? {
        var entries: [Entry] = []
        for line in text.split(separator: UInt8(ascii: "\n")) {
            let parts = line.split(separator: UInt8(ascii: " "), maxSplits: 3, omittingEmptySubsequences: false)
            guard parts.count == 4, let kind = parts[0].first, parts[0].count == 1,
                let size = Int64(String(decoding: parts[1], as: UTF8.self))
            else { return nil }
            entries.append(
                Entry(
                    kind: kind, size: size, checksum: String(decoding: parts[2], as: UTF8.self),
                    path: LayerPath.unescaped(String(decoding: parts[3], as: UTF8.self))))
        }
        return entries
    }
}

/// How paths are written in manifests and stamps: a line each.
enum LayerPath {
    static func escaped(_ path: String) -> String {
        guard path.utf8.contains(where: { $0 == UInt8(ascii: "\\") || $0 == UInt8(ascii: "\n") }) else { return path }
        return path.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
    }

    static func unescaped(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "\\")) else { return text }
        var path = ""
        var isEscape = false
        for character in text.unicodeScalars {
            if isEscape {
                path.unicodeScalars.append(character == "n" ? "\n" : character)
                isEscape = false
            } else if character == "\\" {
                isEscape = true
            } else {
                path.unicodeScalars.append(character)
            }
        }
        return path
    }
}

/// What identifies the state of a file without reading it.
struct EntryStamp: Sendable, Equatable {
    var size: Int64
    /// Seconds and nanoseconds since 1970.
    var modified: (seconds: Int64, nanoseconds: Int64)
    var changed: (seconds: Int64, nanoseconds: Int64)
    var inode: UInt64

    init(_ status: stat) {
        size = Int64(status.st_size)
        modified = (Int64(status.st_mtim.tv_sec), Int64(status.st_mtim.tv_nsec))
        changed = (Int64(status.st_ctim.tv_sec), Int64(status.st_ctim.tv_nsec))
        inode = UInt64(status.st_ino)
    }

    static func == (left: EntryStamp, right: EntryStamp) -> Bool {
        left.size == right.size && left.modified == right.modified && left.changed == right.changed
            && left.inode == right.inode
    }

    var text: String { "\(size) \(Self.text(modified)) \(Self.text(changed)) \(inode)" }

    private static func text(_ time: (seconds: Int64, nanoseconds: Int64)) -> String {
        let digits = String(time.nanoseconds)
        return "\(time.seconds).\(String(repeating: "0", count: 9 - digits.count))\(digits)"
    }
}
