/// Paths are text with `/` between the names, as the system calls take them.
extension String {
    /// Joins two paths; an absolute right side stands for itself.
    package static func / (left: String, right: String) -> String {
        if right.hasPrefix("/") { return right }
        return left.hasSuffix("/") ? left + right : left + "/" + right
    }

    /// The folder that holds this path; `/` is its own parent.
    package var parentPath: String {
        guard let slash = utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
        return slash == startIndex ? "/" : String(self[..<slash])
    }

    /// Without what names no other place: `/` at the end, and repeated.
    package var withoutLastSlash: String {
        var path = replacing("//", with: "/")
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        return path
    }

    package var lastPathName: String {
        lastIndex(of: "/").map { String(self[index(after: $0)...]) } ?? self
    }

    /// This path as it reads from `folder`: relative when it lies inside, unchanged otherwise.
    package func relative(to folder: String) -> String {
        hasPrefix(folder + "/") ? String(dropFirst(folder.count + 1)) : self
    }

    /// This text as one word of a POSIX shell.
    package var shellQuoted: String {
        let plain =
            !isEmpty
            && utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "."),
                    UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: ":"), UInt8(ascii: "="),
                    UInt8(ascii: "+"), UInt8(ascii: "@"), UInt8(ascii: ","):
                    true
                default: false
                }
            }
        return plain ? self : "'" + replacing("'", with: "'\\''") + "'"
    }
}
