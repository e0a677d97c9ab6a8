package import FoundationEssentials

/// A path that is the same as another only when its bytes are, whatever Unicode makes of them.
package struct EntryPath: Sendable, Hashable, Comparable {
    package let text: String

    package init(_ text: String) { self.text = text }

    package static func == (left: EntryPath, right: EntryPath) -> Bool { left.text.utf8.elementsEqual(right.text.utf8) }

    package func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }

    package static func < (left: EntryPath, right: EntryPath) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }

    /// The names between the slashes.
    var names: [Substring] { text.utf8.split(separator: UInt8(ascii: "/")).map { Substring($0) } }
}

/// One thing that is to be on a node.
package struct FileEntry: Sendable, Equatable {
    package enum Kind: String, Sendable {
        case file = "f"
        case link = "l"
        case folder = "d"
        /// The folder that a mount stands for: there for others too, so that its mode stays what it is.
        case root = "r"
        /// The folder of a file that is mounted alone.
        case parent = "p"

        /// Whether it is made by the archive, and not beside it.
        var isArchived: Bool { self == .file || self == .link }
    }

    package var kind: Kind
    /// Permission bits.
    package var mode: UInt32
    package var size: Int64
    /// The checksum of a file, where a link leads to, and nothing for folders.
    package var content: String
    /// On the node: absolute, or in the home, beginning with `~`.
    package var path: EntryPath
    /// On this machine.
    package var source = ""
    /// Seconds since 1970; no part of what is compared.
    package var modified: Int64 = 0

    package init(_ kind: Kind, mode: UInt32 = 0, size: Int64 = 0, content: String = "", path: EntryPath) {
        self.kind = kind
        self.mode = mode
        self.size = size
        self.content = content
        self.path = path
    }

    /// Whether both have the same bytes, so that nothing has to be sent.
    func hasContent(of other: FileEntry) -> Bool {
        kind == other.kind && size == other.size && content.utf8.elementsEqual(other.content.utf8)
    }
}

/// What a set of files is made of, as text: three parts with a zero byte after each for every entry.
package enum FileManifest {
    package static func text(of entries: [FileEntry]) -> Data {
        var text = Data()
        for entry in entries {
            text += Data("\(entry.kind.rawValue) \(String(entry.mode, radix: 8)) \(entry.size)\0".utf8)
            text += Data(entry.path.text.utf8) + [0] + Data(entry.content.utf8) + [0]
        }
        return text
    }

    /// Nil for what is no manifest.
    package static func entries(in text: Data) -> [FileEntry]? {
        let parts = text.split(separator: 0, omittingEmptySubsequences: false)
        guard parts.count % 3 == 1, parts.last?.isEmpty == true else { return nil }
        var entries: [FileEntry] = []
        for index in stride(from: 0, to: parts.count - 1, by: 3) {
            let words = String(decoding: parts[index], as: UTF8.self).split(separator: " ")
            guard words.count == 3, let kind = FileEntry.Kind(rawValue: String(words[0])),
                let mode = UInt32(words[1], radix: 8), let size = Int64(words[2])
            else { return nil }
            entries.append(
                FileEntry(
                    kind, mode: mode, size: size, content: String(decoding: parts[index + 2], as: UTF8.self),
                    path: EntryPath(String(decoding: parts[index + 1], as: UTF8.self))))
        }
        return entries
    }
}
