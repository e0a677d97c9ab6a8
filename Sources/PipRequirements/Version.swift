/// A comparison of versions, as in `>=1.2`.
enum Comparison: String, CaseIterable {
    case identical = "===", compatible = "~=", equal = "==", different = "!="
    case atMost = "<=", atLeast = ">=", less = "<", greater = ">"

    /// The comparison that comes next, the longest first.
    init?(_ cursor: inout Cursor) {
        let rest = cursor.bytes[cursor.offset...]
        guard let comparison = Comparison.allCases.first(where: { rest.starts(with: $0.rawValue.utf8) }) else {
            return nil
        }
        cursor.offset += comparison.rawValue.utf8.count
        self = comparison
    }

    /// Whether PEP 440 allows `version` after this comparison.
    func allows(_ version: String) -> Bool {
        guard self != .identical else { return true }
        let isExact = self == .equal || self == .different
        var cursor = Cursor(Array(version.lowercased().utf8))
        guard let components = release(&cursor) else { return false }
        if isExact, cursor.take(".*") { return cursor.isAtEnd }
        suffix(["alpha", "beta", "preview", "pre", "rc", "a", "b", "c"], &cursor)
        let beforePost = cursor
        if !(cursor.take("-") && !cursor.take(while: \.isDigit).isEmpty) {
            cursor = beforePost
            suffix(["post", "rev", "r"], &cursor)
        }
        suffix(["dev"], &cursor)
        if isExact, cursor.take("+") {
            let label = cursor.take(while: \.isInName)
            if label.isEmpty || label.hasSuffix(".") || label.hasSuffix("-") || label.hasSuffix("_") { return false }
        }
        return cursor.isAtEnd && (self != .compatible || components > 1)
    }

    /// Steps over `[v][EPOCH!]N(.N)*` and returns how many numbers the release has.
    private func release(_ cursor: inout Cursor) -> Int? {
        _ = cursor.take("v")
        if cursor.take(while: \.isDigit).isEmpty { return nil }
        if cursor.take("!"), cursor.take(while: \.isDigit).isEmpty { return nil }
        var components = 1
        while true {
            let before = cursor
            guard cursor.take("."), !cursor.take(while: \.isDigit).isEmpty else {
                cursor = before
                return components
            }
            components += 1
        }
    }

    /// Steps over `[-_.]WORD[-_.][N]` if it comes next.
    private func suffix(_ words: [String], _ cursor: inout Cursor) {
        let before = cursor
        if let byte = cursor.next, "-_.".utf8.contains(byte) { cursor.offset += 1 }
        guard let word = words.first(where: { cursor.bytes[cursor.offset...].starts(with: $0.utf8) }) else {
            cursor = before
            return
        }
        cursor.offset += word.utf8.count
        let afterWord = cursor
        if let byte = cursor.next, "-_.".utf8.contains(byte) { cursor.offset += 1 }
        // A separator that no number follows belongs to what comes next.
        if cursor.take(while: \.isDigit).isEmpty, !cursor.isAtEnd { cursor = afterWord }
    }
}
