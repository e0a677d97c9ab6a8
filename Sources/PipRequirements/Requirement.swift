import PluginKit

/// A requirement without its options: what to install and when.
package struct Requirement: Sendable, Hashable {
    package enum Target: Sendable, Hashable {
        /// A package of an index, with its extras and comparisons, normalised.
        case package(name: String, rest: String)
        /// A URL, with what stands before it (`name @`) if anything does.
        case url(name: String?, url: String)
        /// A file or folder of the project, with its extras.
        case path(String, extras: String)
    }

    package var target: Target
    package var marker: String?
    /// What is not wrong for every installer.
    package var doubts: [Problem] = []

    /// The normalised name of the package; nil for a path or URL without one.
    package var packageName: String? {
        switch target {
        case .package(let name, _): name
        case .url(let name, _): name.map { String($0.prefix { $0 != "[" }) }
        case .path: nil
        }
    }

    /// The comparisons of the version, as in `==1.0,<2`; empty where there are none.
    package var comparisons: String {
        guard case .package(_, let rest) = target else { return "" }
        return rest.hasPrefix("[") ? String(rest.drop { $0 != "]" }.dropFirst()) : rest
    }

    /// The one version that the requirement allows.
    package var pinned: String? {
        let comparisons = comparisons
        guard comparisons.hasPrefix("=="), !comparisons.contains("*"), !comparisons.contains(",") else { return nil }
        return String(comparisons.drop { $0 == "=" })
    }

    /// Reads the requirement that `bytes` are.
    ///
    /// Reports only what no version of pip accepts; what some do is a doubt.
    package init(_ bytes: [UInt8]) throws(Problem) {
        var cursor = Cursor(bytes)
        cursor.skipSpace()
        if let target = LocalReference.target(of: cursor) {
            self.target = target
            // What follows a URL or a path is left to the installer: `;` may be a part of it.
            marker = cursor.rest.firstRange(of: "; ").map { trimmed(cursor.rest[$0.upperBound...]) }
            return
        }
        let name = try Requirement.name(&cursor)
        cursor.skipSpace()
        let extras = try Requirement.extras(&cursor)
        cursor.skipSpace()
        if cursor.take("@") {
            cursor.skipSpace()
            guard !cursor.isAtEnd else { throw Problem(cursor.offset - 1, "no URL follows `@`") }
            target = .url(name: name + extras, url: cursor.take { !$0.isSpace })
            marker = cursor.isAtEnd ? nil : trimmed(cursor.rest[...])
            return
        }
        let comparisons = try Requirement.comparisons(&cursor, after: name, doubts: &doubts)
        target = .package(name: name, rest: extras + comparisons.sorted().joined(separator: ","))
        cursor.skipSpace()
        try readMarker(&cursor, after: name, comparisons)
    }

    private mutating func readMarker(
        _ cursor: inout Cursor, after name: String, _ comparisons: [String]
    ) throws(Problem) {
        if cursor.isAtEnd { return }
        guard cursor.take(";") else {
            var ahead = cursor
            if Comparison(&ahead) != nil {
                throw Problem(cursor.offset, "a comma is missing before `\(cursor.word)`")
            }
            throw Requirement.unexpected(cursor, after: name, hasComparisons: !comparisons.isEmpty)
        }
        cursor.skipSpace()
        if cursor.isAtEnd { return }
        marker = cursor.rest
        try Marker.parse(&cursor)
    }

    private static func unexpected(_ cursor: Cursor, after name: String, hasComparisons: Bool) -> Problem {
        let word = cursor.word
        if word == "\\" {
            return Problem(cursor.offset, "a space follows the `\\` that should continue the line", hint: "remove it")
        }
        guard word.hasPrefix("="), !hasComparisons else {
            let isName = word.utf8.first.map { $0.isLetter || $0.isDigit } ?? false
            let hint = isName ? "each requirement has a line of its own" : nil
            return Problem(cursor.offset, "unexpected `\(word)`", hint: hint)
        }
        let swapped = word.hasPrefix("=>") || word.hasPrefix("=<")
        let meant = swapped ? "\(word.dropFirst().prefix(1))=" : "=="
        let version = word.dropFirst(swapped ? 2 : 1)
        let example = version.isEmpty ? meant : "\(name)\(meant)\(version)"
        return Problem(
            cursor.offset, "`\(swapped ? String(word.prefix(2)) : "=")` is no comparison",
            hint: "did you mean `\(example)`?")
    }
}

package func trimmed(_ text: Substring) -> String {
    var text = text.drop { $0 == " " || $0 == "\t" || $0 == ";" }
    while text.last == " " || text.last == "\t" { text.removeLast() }
    return String(text)
}
