package import FoundationEssentials

/// What a node says of the files that were put there (`node-files.sh`).
package struct NodeFileState: Sendable {
    package let home: String
    /// The same on all nodes that share this home.
    package let house: String
    /// What was put the last time, by its absolute path.
    package private(set) var entries: [EntryPath: FileEntry] = [:]
    /// The stamps of then and of now.
    private var recorded: [EntryPath: Substring] = [:]
    private var present: [EntryPath: Substring] = [:]
    /// Paths that may be ours since something that was being put has not ended, and when that began.
    package private(set) var pending: [EntryPath] = []
    package private(set) var pendingFolders: [EntryPath] = []
    private var mark: Substring = ""

    /// Nil where the answer is none.
    package init?(_ answer: Data) {
        guard let sections = Self.sections(of: answer), let home = sections["home"] else { return nil }
        self.home = String(decoding: home, as: UTF8.self)
        house = String(decoding: sections["house"] ?? Data(), as: UTF8.self)
        let entries = sections["manifest"].flatMap(FileManifest.entries) ?? []
        let paths = entries.map { FileMount.absolute($0.path, home: self.home) }
        for (path, var entry) in zip(paths, entries) {
            entry.path = path
            self.entries[path] = entry
        }
        pending = Self.paths(sections["pending"])
        pendingFolders = Self.paths(sections["pending.folders"])
        mark = Substring(decoding: sections["mark"] ?? Data(), as: UTF8.self)
        let both = zip(paths, entries)
        let archived = both.filter { $1.kind.isArchived }.map(\.0)
        let expected = archived + both.filter { $1.kind.isChecked && !$1.kind.isArchived }.map(\.0)
        recorded = Self.stamps(sections["stamps"] ?? Data(), of: expected)
        present = Self.stamps(sections["now"] ?? Data(), of: expected + pending)
    }

    private static func sections(of answer: Data) -> [String: Data]? {
        let newline = UInt8(ascii: "\n")
        guard let first = answer.firstIndex(of: newline), answer[..<first].elementsEqual("differs".utf8) else {
            return nil
        }
        var sections: [String: Data] = [:]
        var rest = answer[(first + 1)...]
        while let end = rest.firstIndex(of: newline) {
            let words = String(decoding: rest[..<end], as: UTF8.self).split(separator: " ")
            guard words.count == 2 else { return nil }
            rest = rest[(end + 1)...]
            if words[1] == "-" {
                sections[String(words[0])] = Data(rest)
                return sections
            }
            guard let size = Int(words[1]), size <= rest.count else { return nil }
            sections[String(words[0])] = Data(rest.prefix(size))
            rest = rest.dropFirst(size)
        }
        return nil
    }

    private static func paths(_ text: Data?) -> [EntryPath] {
        (text ?? Data()).split(separator: 0).map { EntryPath(String(decoding: $0, as: UTF8.self)) }
    }

    /// The stamps of these paths, of which some may be missing: a stamp, which has no slash in it, then the path,
    /// which may have newlines.
    private static func stamps(_ text: Data, of paths: [EntryPath]) -> [EntryPath: Substring] {
        var found: [EntryPath: Substring] = [:]
        var rest = Array(text)[...]
        for path in paths {
            guard let slash = rest.firstIndex(of: UInt8(ascii: "/")) else { break }
            let line = rest[slash...]
            guard line.starts(with: path.text.utf8), line.dropFirst(path.text.utf8.count).first == UInt8(ascii: "\n")
            else { continue }
            found[path] = Substring(decoding: rest[..<slash], as: UTF8.self)
            rest = line.dropFirst(path.text.utf8.count + 1)
        }
        return found
    }

    /// Whether the file or link there is the one that was put.
    package func isUntouched(_ path: EntryPath) -> Bool {
        guard let stamp = recorded[path] else { return false }
        return present[path] == stamp
    }

    /// Whether what is there has come since something began to be put that has not ended.
    package func isHalfPut(_ path: EntryPath) -> Bool {
        guard let stamp = present[path], let bar = stamp.utf8.lastIndex(of: UInt8(ascii: "|")) else { return false }
        return !mark.isEmpty && stamp[stamp.index(after: bar)...] >= mark
    }

    /// The permission bits of a folder that was put; nil where there is none any more.
    package func folderMode(_ path: EntryPath) -> UInt32? {
        guard let word = present[path]?.split(separator: " ").first, let mode = UInt32(word, radix: 16),
            mode & 0o170000 == 0o040000
        else { return nil }
        return mode & 0o7777
    }
}

extension FileEntry.Kind {
    /// Whether the node looks at it when it is asked whether all is there.
    var isChecked: Bool { self != .parent }
}
