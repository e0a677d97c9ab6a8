import FoundationEssentials
import PluginKit

/// What a tool printed before it failed, in lines, without names and passwords of URLs.
struct ToolOutput {
    let lines: [String]

    init(_ text: String) {
        lines = text.split(whereSeparator: \.isNewline).map { ToolOutput.withoutCredentials(String($0)) }
    }

    /// The first line that has `text` in it, without regard to case.
    func line(with text: String) -> String? {
        let text = text.lowercased()
        return lines.first { $0.lowercased().contains(text) }
    }

    func contains(_ text: String) -> Bool { line(with: text) != nil }

    /// What comes after `text` in the first line that has it.
    func rest(after text: String) -> String? {
        for line in lines {
            if let range = line.firstRange(of: text) { return String(line[range.upperBound...]) }
        }
        return nil
    }

    /// The derivation that uv gives for what cannot be solved, in one text; nil where there is none.
    var derivation: [String]? {
        guard let start = lines.firstIndex(where: { $0.contains("No solution found") }) else { return nil }
        let body = lines[(start + 1)...].prefix { $0.hasPrefix(" ") }
        return body.map { ToolOutput.words(of: $0) }
    }

    /// The hints of uv.
    var hints: [String] {
        lines.filter { $0.hasPrefix("hint: ") }.map { String($0.dropFirst(6)) }
    }

    /// The innermost cause that uv names, or the last line that anything names.
    var innermost: String? {
        (lines.last { $0.trimmedStart.hasPrefix("cause: ") } ?? lines.last).map(ToolOutput.words)
    }

    /// A line without what leads to its words.
    static func words(of line: String) -> String {
        var text = line.trimmedStart
        for prefix in ["cause: ", "error: ", "ERROR: "] where text.hasPrefix(prefix) {
            text = String(text.dropFirst(prefix.count))
        }
        return text
    }

    static func withoutCredentials(_ line: String) -> String {
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
}

extension String {
    var trimmedStart: String { String(drop { $0 == " " || $0 == "\t" }) }

    /// What stands between `start` and the next `end`.
    func between(_ start: String, _ end: String) -> String? {
        guard let first = firstRange(of: start) else { return nil }
        let rest = self[first.upperBound...]
        guard let last = rest.firstRange(of: end) else { return nil }
        return String(rest[..<last.lowerBound])
    }

    /// The first URL in this text.
    var firstURL: String? {
        guard let scheme = firstRange(of: "://") else { return nil }
        let before = self[..<scheme.lowerBound].reversed().prefix { $0.isLetter || $0 == "+" }.reversed()
        let after = self[scheme.upperBound...].prefix { !" \t)'`\",".contains($0) }
        return String(before) + "://" + (after.last == ":" ? after.dropLast() : after)
    }
}
