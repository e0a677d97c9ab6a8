extension Requirement {
    /// The name of a package in the one form that PEP 503 gives it.
    package static func normalised(_ name: String) -> String {
        var result = ""
        for character in name.lowercased() {
            let isSeparator = "-_.".contains(character)
            if isSeparator, result.last == "-" { continue }
            result.append(isSeparator ? "-" : character)
        }
        return result
    }

    static func name(_ cursor: inout Cursor) throws(Problem) -> String {
        let start = cursor.offset
        guard let first = cursor.next, first.isLetter || first.isDigit else {
            throw Problem(
                start, "`\(cursor.word)` is no package name", hint: "a name begins with an ASCII letter or digit")
        }
        let name = cursor.take(while: \.isInName)
        guard name.utf8.count <= 200 else {
            throw Problem(start, "`\(name.shortened)` is too long for a package name")
        }
        guard !name.hasSuffix("-"), !name.hasSuffix(".") else {
            throw Problem(start, "`\(name)` is no package name", hint: "a name ends with an ASCII letter or digit")
        }
        return normalised(name)
    }

    /// The extras that come next, `[a,b]`, sorted; empty where there are none.
    static func extras(_ cursor: inout Cursor) throws(Problem) -> String {
        let start = cursor.offset
        guard cursor.take("[") else { return "" }
        var names: [String] = []
        repeat {
            cursor.skipSpace()
            if cursor.next == UInt8(ascii: "]"), names.isEmpty { break }
            if cursor.isAtEnd { break }
            let offset = cursor.offset
            let name = cursor.take(while: \.isInName)
            guard !name.isEmpty else { throw Problem(offset, "the name of an extra is missing") }
            names.append(normalised(name))
            cursor.skipSpace()
        } while cursor.take(",")
        guard cursor.take("]") else { throw Problem(start, "`[` is never closed") }
        return names.isEmpty ? "" : "[\(names.sorted().joined(separator: ","))]"
    }

    /// The comparisons that come next, without white space; possibly none, possibly in parentheses.
    static func comparisons(
        _ cursor: inout Cursor, after name: String, doubts: inout [Problem]
    ) throws(Problem) -> [String] {
        let start = cursor.offset
        let isEnclosed = cursor.take("(")
        var found: [String] = []
        repeat {
            cursor.skipSpace()
            let offset = cursor.offset
            guard let comparison = Comparison(&cursor) else { break }
            cursor.skipSpace()
            let version = cursor.take { !$0.isSpace && !",;)".utf8.contains($0) }
            if comparison != .identical {
                guard !version.isEmpty else {
                    throw Problem(offset, "no version follows `\(name)\(comparison.rawValue)`")
                }
                if comparison == .compatible, Comparison.equal.allows(version), !comparison.allows(version) {
                    throw Problem(
                        offset, "`~=\(version)` needs a version of two numbers at least",
                        hint: "as in `~=\(version).0`")
                }
            }
            if !comparison.allows(version) { doubts.append(doubt(comparison, version, at: offset)) }
            found.append(comparison.rawValue + version)
            cursor.skipSpace()
        } while cursor.take(",")
        guard !isEnclosed || cursor.take(")") else { throw Problem(start, "`(` is never closed") }
        return found
    }

    /// Versions that are none were accepted once, so an old pip may install what this names.
    private static func doubt(_ comparison: Comparison, _ version: String, at offset: Int) -> Problem {
        Problem(
            offset, "`\(comparison.rawValue)\(version)` is not as PEP 440 wants it: uv and pip 24.1 or newer refuse it")
    }
}
