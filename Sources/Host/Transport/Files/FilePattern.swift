/// A pattern that leaves files out, as rsync reads it.
///
/// One without a slash is about names, another about the whole path below where it stands: its end, unless the
/// pattern begins with a slash. `*` and `?` stop at slashes, `**` does not.
package struct FilePattern: Sendable, Equatable {
    /// Whether what it fits stays, whatever later patterns say.
    package let includes: Bool
    private var pattern: [UInt8]
    private let isAnchored: Bool
    private let isForFolders: Bool
    private let hasWildcards: Bool
    private let slashes: Int
    /// Whether it has `**`, begins with it, and ends with `***`.
    private let crosses: (any: Bool, first: Bool, last: Bool)
    /// The folder that it is written down in, below the mount.
    private let folder: [UInt8]

    /// As the option `--exclude` takes it: `+ ` before it makes it one of what stays.
    package init(exclude text: String) {
        let marked = text.utf8.starts(with: "+ ".utf8)
        let isPlain = !marked && !text.utf8.starts(with: "- ".utf8)
        self.init(isPlain ? Array(text.utf8) : Array(text.utf8.dropFirst(2)), in: [], includes: marked)
    }

    /// The patterns of a file that is read in this folder below the mount, a line each.
    package static func lines(of text: some Sequence<UInt8>, in folder: String) -> [FilePattern] {
        Array(text).split { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") || $0 == 0 }
            .filter { $0.first != UInt8(ascii: "#") && $0.first != UInt8(ascii: ";") }
            .map { FilePattern(Array($0), in: Array(folder.utf8), includes: false) }
    }

    private init(_ text: [UInt8], in folder: [UInt8], includes: Bool) {
        self.includes = includes
        self.folder = folder
        pattern = text
        isForFolders = pattern.count > 1 && pattern.last == Self.slash
        if isForFolders { pattern.removeLast() }
        isAnchored = pattern.first == Self.slash
        if isAnchored { pattern.removeFirst() }
        slashes = pattern.count { $0 == Self.slash }
        hasWildcards = pattern.contains { $0 == Self.star || $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "[") }
        let any = zip(pattern, pattern.dropFirst()).contains { $0 == Self.star && $1 == Self.star }
        crosses = (
            any, !isAnchored && pattern.starts(with: [Self.star, Self.star]),
            pattern.count > 2 && pattern.suffix(3).allSatisfy { $0 == Self.star }
        )
    }

    package static func == (left: FilePattern, right: FilePattern) -> Bool {
        left.pattern == right.pattern && left.includes == right.includes && left.isAnchored == right.isAnchored
            && left.isForFolders == right.isForFolders && left.folder == right.folder
    }

    private static let slash = UInt8(ascii: "/")
    private static let star = UInt8(ascii: "*")

    /// Whether it is about this path below the mount.
    package func fits(_ path: String, isFolder: Bool) -> Bool {
        guard isFolder || !isForFolders else { return false }
        var name = Array(path.utf8)
        if isAnchored, !folder.isEmpty {
            guard name.starts(with: folder), name.count > folder.count, name[folder.count] == Self.slash else {
                return false
            }
            name.removeFirst(folder.count + 1)
        }
        if !isAnchored, slashes == 0, !crosses.any, let last = name.lastIndex(of: Self.slash) {
            name.removeFirst(last + 1)
        }
        if crosses.first { name.insert(Self.slash, at: 0) }
        if isFolder, crosses.last { name.append(Self.slash) }
        if isAnchored || crosses.first || (slashes == 0 && !crosses.any) { return matches(name[...]) }
        let starts = name.indices.filter { $0 == 0 || name[$0 - 1] == Self.slash }
        if crosses.any { return starts.contains { matches(name[$0...]) } }
        // As many names at the end as the pattern has.
        return starts.count > slashes && matches(name[starts[starts.count - slashes - 1]...])
    }

    private func matches(_ name: ArraySlice<UInt8>) -> Bool {
        hasWildcards ? Wildcards.match(pattern[...], name) : pattern[...] == name
    }
}

/// Wildcards as rsync and git have them.
private enum Wildcards {
    static func match(_ pattern: ArraySlice<UInt8>, _ name: ArraySlice<UInt8>) -> Bool {
        var (pattern, name) = (pattern, name)
        while let character = pattern.first {
            switch character {
            case UInt8(ascii: "*"):
                let rest = pattern.drop { $0 == UInt8(ascii: "*") }
                return matchStar(rest, name, crosses: pattern.count - rest.count > 1)
            case UInt8(ascii: "?"):
                guard let first = name.first, first != UInt8(ascii: "/") else { return false }
                pattern.removeFirst()
            case UInt8(ascii: "["):
                guard let first = name.first, first != UInt8(ascii: "/"),
                    let rest = matchSet(pattern.dropFirst(), first)
                else { return false }
                pattern = rest
            default:
                if character == UInt8(ascii: "\\"), pattern.count > 1 { pattern.removeFirst() }
                guard name.first == pattern.first else { return false }
                pattern.removeFirst()
            }
            name.removeFirst()
        }
        return name.isEmpty
    }

    private static func matchStar(_ rest: ArraySlice<UInt8>, _ name: ArraySlice<UInt8>, crosses: Bool) -> Bool {
        var name = name
        guard !rest.isEmpty else { return crosses || !name.contains(UInt8(ascii: "/")) }
        while true {
            if match(rest, name) { return true }
            guard let first = name.first, crosses || first != UInt8(ascii: "/") else { return false }
            name.removeFirst()
        }
    }

    /// What follows the set of characters, where this one is in it.
    private static func matchSet(_ set: ArraySlice<UInt8>, _ character: UInt8) -> ArraySlice<UInt8>? {
        var set = set
        let isNegated = set.first == UInt8(ascii: "!") || set.first == UInt8(ascii: "^")
        if isNegated { set.removeFirst() }
        var (isFound, isFirst) = (false, true)
        while let next = set.first, isFirst || next != UInt8(ascii: "]") {
            isFirst = false
            if let (members, rest) = characterClass(set) {
                if members(character) { isFound = true }
                set = rest
                continue
            }
            guard let low = take(&set) else { return nil }
            var high = low
            if set.first == UInt8(ascii: "-"), let after = set.dropFirst().first, after != UInt8(ascii: "]") {
                set.removeFirst()
                guard let last = take(&set) else { return nil }
                high = last
            }
            if low <= character, character <= high { isFound = true }
        }
        guard set.first == UInt8(ascii: "]") else { return nil }
        return isFound != isNegated ? set.dropFirst() : nil
    }

    private static func take(_ set: inout ArraySlice<UInt8>) -> UInt8? {
        if set.first == UInt8(ascii: "\\") { set.removeFirst() }
        return set.popFirst()
    }

    /// One such as `[:digit:]` at the beginning of what is left of a set.
    private static func characterClass(
        _ set: ArraySlice<UInt8>
    ) -> (members: (UInt8) -> Bool, rest: ArraySlice<UInt8>)? {
        guard set.starts(with: "[:".utf8), let end = set.firstIndex(of: UInt8(ascii: "]")), end > set.startIndex + 3,
            set[end - 1] == UInt8(ascii: ":")
        else { return nil }
        let name = String(decoding: set[(set.startIndex + 2)..<(end - 1)], as: UTF8.self)
        return (members(of: name), set[(end + 1)...])
    }

    private static func members(of name: String) -> (UInt8) -> Bool {
        func isIn(_ low: Unicode.Scalar, _ high: Unicode.Scalar, _ byte: UInt8) -> Bool {
            UInt8(ascii: low) <= byte && byte <= UInt8(ascii: high)
        }
        return { byte in
            let isUpper = isIn("A", "Z", byte)
            let isLower = isIn("a", "z", byte)
            let isDigit = isIn("0", "9", byte)
            return switch name {
            case "alnum": isUpper || isLower || isDigit
            case "alpha": isUpper || isLower
            case "blank": byte == 32 || byte == 9
            case "cntrl": byte < 32 || byte == 127
            case "digit": isDigit
            case "graph": byte > 32 && byte < 127
            case "lower": isLower
            case "print": byte >= 32 && byte < 127
            case "punct": byte > 32 && byte < 127 && !isUpper && !isLower && !isDigit
            case "space": byte == 32 || (9...13).contains(byte)
            case "upper": isUpper
            case "xdigit": isDigit || isIn("a", "f", byte) || isIn("A", "F", byte)
            default: false
            }
        }
    }
}
