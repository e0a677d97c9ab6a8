import FoundationEssentials

/// What a tool printed before it failed, in lines, without names and passwords of URLs.
public struct ToolOutput: Sendable {
    /// The lines, without empty ones.
    public let lines: [String]

    /// The output of a tool.
    public init(_ text: String) {
        lines = text.split(whereSeparator: \.isNewline).map { ToolOutput.withoutCredentials(String($0)) }
    }

    /// The first line that has `text` in it, without regard to case.
    public func line(with text: String) -> String? {
        let text = text.lowercased()
        return lines.first { $0.lowercased().contains(text) }
    }

    /// Whether a line has `text` in it, without regard to case.
    public func contains(_ text: String) -> Bool { line(with: text) != nil }

    /// What comes after `text` in the first line that has it.
    public func rest(after text: String) -> String? {
        for line in lines {
            if let range = line.firstRange(of: text) { return String(line[range.upperBound...]) }
        }
        return nil
    }

    /// A line without what leads to its words.
    public static func words(of line: String) -> String {
        var text = line.trimmedStart
        for prefix in ["cause: ", "error: ", "ERROR: "] where text.hasPrefix(prefix) {
            text = String(text.dropFirst(prefix.count))
        }
        return text
    }

    /// A text whose URLs have neither name nor password.
    public static func withoutCredentials(_ line: String) -> String {
        var result = ""
        var rest = line[...]
        while let scheme = rest.firstRange(of: "://") {
            result += rest[..<scheme.upperBound]
            rest = rest[scheme.upperBound...]
            let host = rest.prefix { !"/ \t'\"`)".contains($0) }
            if let at = host.lastIndex(of: "@") { rest = rest[rest.index(after: at)...] }
        }
        return result + rest
    }

    private static let diskReasons = [
        ("No space left on device", "no space is left"), ("os error 28", "no space is left"),
        ("Disk quota exceeded", "the quota of the disk is used up"),
        ("Read-only file system", "the file system is read-only"),
    ]

    /// What it says of a disk on which nothing can be written; nil where it says nothing of that.
    public var diskFailure: Diagnostic? {
        for (words, reason) in Self.diskReasons {
            guard let line = line(with: words) else { continue }
            let path = Self.path(in: line)
            let cause = Self.words(of: line)
            return Diagnostic(
                .disk, path.map { "\(reason) for `\($0)`" } ?? reason,
                cause: cause.count > 300 ? cause.prefix(300) + "…" : cause,
                hint: "make room, or choose another disk with `XDG_CACHE_HOME`")
        }
        return nil
    }

    /// The path that the words of a tool name: the last one in quotes or before the reason.
    private static func path(in line: String) -> String? {
        if let quoted = line.between("`", "`"), quoted.contains("/") { return quoted }
        if let target = line.between(" to /", ":") { return "/" + target }
        return line.between("device: '", "'") ?? line.between("system: '", "'")
    }
}

extension String {
    /// The text without blanks at its beginning.
    public var trimmedStart: String { String(drop { $0 == " " || $0 == "\t" }) }

    /// What stands between `start` and the next `end`; nil where either is missing.
    public func between(_ start: String, _ end: String) -> String? {
        guard let first = firstRange(of: start) else { return nil }
        let rest = self[first.upperBound...]
        guard let last = rest.firstRange(of: end) else { return nil }
        return String(rest[..<last.lowerBound])
    }

    /// The first URL in this text.
    public var firstURL: String? {
        guard let scheme = firstRange(of: "://") else { return nil }
        let before = self[..<scheme.lowerBound].reversed().prefix { $0.isLetter || $0 == "+" }.reversed()
        let after = self[scheme.upperBound...].prefix { !" \t)'`\",".contains($0) }
        return String(before) + "://" + (after.last == ":" ? after.dropLast() : after)
    }
}
