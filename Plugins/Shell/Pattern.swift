/// A path below the project's root with `*`, `?` and `**` in it, which names files.
struct Pattern {
    private enum Part: Equatable {
        /// `**`: any number of folders.
        case folders
        case name([Character])
    }

    /// The names before the first that is a pattern.
    let fixed: [String]
    private let parts: [Part]

    init(_ names: [String]) {
        fixed = Array(names.prefix { !Self.isPattern($0) })
        parts = names.reduce(into: []) { parts, name in
            let part = name == "**" ? Part.folders : .name(Array(name))
            if part != .folders || parts.last != .folders { parts.append(part) }
        }
    }

    static func isPattern(_ name: String) -> Bool { name.contains { $0 == "*" || $0 == "?" } }

    /// Whether the file with these names below the root is one of those it names.
    func matches(_ names: [String]) -> Bool {
        Self.matches(parts[...], names[...], isFolder: false)
    }

    /// Whether a file below the folder with these names may be one.
    func mayMatch(below names: [String]) -> Bool {
        Self.matches(parts[...], names[...], isFolder: true)
    }

    private static func matches(
        _ parts: ArraySlice<Part>, _ names: ArraySlice<String>, isFolder: Bool
    ) -> Bool {
        guard let part = parts.first else { return names.isEmpty && !isFolder }
        guard let name = names.first else { return isFolder }
        switch part {
        case .folders:
            // At the end it is also the file itself.
            return matches(parts.dropFirst(), names, isFolder: isFolder)
                || matches(parts, names.dropFirst(), isFolder: isFolder)
                || (parts.count == 1 && names.count == 1)
        case .name(let pattern):
            return matches(pattern, Array(name))
                && matches(parts.dropFirst(), names.dropFirst(), isFolder: isFolder)
        }
    }

    /// Whether a name is what `pattern` says, where `*` is any text and `?` is one character.
    private static func matches(_ pattern: [Character], _ name: [Character]) -> Bool {
        var (at, next) = (0, 0)
        // Where to go on when what follows the last `*` turns out not to fit.
        var retry: (at: Int, next: Int)?
        while next < name.count {
            if at < pattern.count, pattern[at] == "*" {
                at += 1
                retry = (at, next)
            } else if at < pattern.count, pattern[at] == "?" || pattern[at] == name[next] {
                at += 1
                next += 1
            } else if let last = retry {
                retry = (last.at, last.next + 1)
                (at, next) = (last.at, last.next + 1)
            } else {
                return false
            }
        }
        return pattern[at...].allSatisfy { $0 == "*" }
    }
}
