import PluginKit

/// Checks an environment marker (PEP 508), the part of a requirement after `;`.
struct Marker {
    private static let variables: Set = [
        "python_version", "python_full_version", "os_name", "os.name", "sys_platform", "sys.platform",
        "platform_release", "platform_system", "platform_version", "platform.version", "platform_machine",
        "platform.machine", "platform_python_implementation", "platform.python_implementation",
        "python_implementation", "implementation_name", "implementation_version", "extra", "extras",
        "dependency_groups",
    ]

    /// Steps over the marker that comes next, to the end of the line.
    static func parse(_ cursor: inout Cursor) throws(Problem) {
        try expression(&cursor)
        guard cursor.isAtEnd else {
            throw Problem(cursor.offset, "unexpected `\(cursor.word)` in the marker")
        }
    }

    private static func expression(_ cursor: inout Cursor) throws(Problem) {
        repeat {
            cursor.skipSpace()
            let start = cursor.offset
            if cursor.take("(") {
                try expression(&cursor)
                guard cursor.take(")") else { throw Problem(start, "`(` is never closed") }
            } else {
                try comparison(&cursor)
            }
            cursor.skipSpace()
        } while takeWord("and", &cursor) || takeWord("or", &cursor)
    }

    private static func comparison(_ cursor: inout Cursor) throws(Problem) {
        try operand(&cursor)
        cursor.skipSpace()
        let start = cursor.offset
        if takeWord("not", &cursor) {
            cursor.skipSpace()
            guard takeWord("in", &cursor) else { throw Problem(start, "`not` without `in` in the marker") }
        } else if !takeWord("in", &cursor), Comparison(&cursor) == nil {
            if cursor.take("=") {
                throw Problem(start, "`=` is no comparison", hint: "did you mean `==`?")
            }
            throw Problem(start, "the marker lacks a comparison", hint: "as in `python_version < \"3.9\"`")
        }
        cursor.skipSpace()
        try operand(&cursor)
    }

    private static func operand(_ cursor: inout Cursor) throws(Problem) {
        let start = cursor.offset
        if let quote = cursor.next, quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") {
            cursor.offset += 1
            _ = cursor.take { $0 != quote }
            guard !cursor.isAtEnd else { throw Problem(start, "the quote is never closed") }
            cursor.offset += 1
            return
        }
        let name = cursor.take(while: \.isInName)
        guard !variables.contains(name) else { return }
        guard !name.isEmpty else {
            throw Problem(start, "the marker lacks a name or a quoted text", hint: "as in `python_version < \"3.9\"`")
        }
        let nearest = suggestion(for: name, among: variables)
        throw Problem(
            start, "`\(name)` is no marker variable",
            hint: nearest.map { "did you mean `\($0)`?" } ?? "put text in quotes")
    }

    private static func takeWord(_ word: StaticString, _ cursor: inout Cursor) -> Bool {
        var ahead = cursor
        guard ahead.take(word), ahead.next?.isInName != true else { return false }
        cursor = ahead
        return true
    }
}
