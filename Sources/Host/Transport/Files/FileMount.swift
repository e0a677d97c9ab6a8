/// A file or folder of this machine, and where it is to be on a node.
package struct FileMount: Sendable, Equatable {
    /// Absolute.
    package var local: String
    /// Absolute, or in the home there.
    package var remote: String
    /// Where it was asked for.
    package var place: Place?

    package init(local: String, remote: String, at place: Place? = nil) {
        self.local = local
        self.remote = remote
        self.place = place
    }

    /// The same path in one form: absolute, or `~` with what follows.
    static func normal(_ remote: String) -> EntryPath {
        let isAbsolute = remote.utf8.first == UInt8(ascii: "/")
        var names = EntryPath(remote).names.filter { !$0.utf8.elementsEqual(".".utf8) }
        if !isAbsolute, names.first != "~" { names.insert("~", at: 0) }
        return EntryPath((isAbsolute ? "/" : "") + names.joined(separator: "/"))
    }

    /// A normal path on a node with this home, without `..`.
    static func absolute(_ path: EntryPath, home: String) -> EntryPath {
        var names: [Substring] = path.text.utf8.first == UInt8(ascii: "~") ? EntryPath(home).names : []
        for name in path.text.utf8.first == UInt8(ascii: "~") ? Array(path.names.dropFirst()) : path.names {
            if name == ".." { _ = names.popLast() } else { names.append(name) }
        }
        return EntryPath("/" + names.joined(separator: "/"))
    }
}
