import PluginKit

/// A path as a command names it, and where it leads.
struct NamedPath: Sendable {
    var text: String
    var place: Place?
    /// The names from the root of the file system, `.` and `..` resolved as text: links stay as they are.
    let names: [String]
    /// The names below the project's root; nil for what is not in the project.
    let inner: [String]?

    /// The path that `text` is from `root`.
    init(_ text: String, in root: String, at place: Place?) {
        self.text = text
        self.place = place
        let rootNames = Self.names(in: root)
        names = Self.names(in: text.hasPrefix("/") ? text : root + "/" + text)
        inner = names.starts(with: rootNames) ? Array(names.dropFirst(rootNames.count)) : nil
    }

    private static func names(in path: String) -> [String] {
        var names: [String] = []
        for name in path.split(separator: "/") where name != "." {
            if name == ".." { _ = names.popLast() } else { names.append(String(name)) }
        }
        return names
    }

    var isAbsolute: Bool { text.hasPrefix("/") }

    /// Whether it means someone's home to a shell, and nothing here.
    var beginsWithTilde: Bool { text == "~" || text.hasPrefix("~/") }

    /// Whether it stands for what it matches, and not for one file or folder.
    var isPattern: Bool { names.contains(where: Pattern.isPattern) }

    /// Whether it is the other one, or a folder around all that the other one stands for.
    func holds(_ other: NamedPath) -> Bool {
        other.names.prefix { !Pattern.isPattern($0) }.starts(with: names)
    }

    /// Where it is on a node where the project's root is `root`.
    func onNode(root: String) -> String {
        let names = isAbsolute ? names : Self.names(in: root) + (inner ?? [])
        return "/" + names.joined(separator: "/")
    }

    /// The same path for every way to write it.
    var normalised: String { isAbsolute ? onNode(root: "/") : (inner ?? names).joined(separator: "/") }
}
