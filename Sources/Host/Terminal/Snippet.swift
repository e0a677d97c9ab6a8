/// The line of a file that an error is about, with a caret under the word that is meant.
struct Snippet {
    private let number: String
    private let line: [Unicode.Scalar]
    /// Where the word stands in `line`.
    private let word: Range<Int>

    /// The longest line that is shown where there is no terminal to say how long one may be.
    private static let longest = 160

    /// Nil for a place without a column, and where its file has changed or cannot be read.
    init?(_ place: Place, width: Int?) {
        guard let number = place.line, let column = place.column, number > 0, column > 0,
            let bytes = try? ConfigurationFile.read(place.file)
        else { return nil }
        let lines = bytes.split(separator: UInt8(ascii: "\n"), maxSplits: number, omittingEmptySubsequences: false)
        guard lines.indices.contains(number - 1) else { return nil }
        let line = Self.shown(String(decoding: lines[number - 1], as: UTF8.self))
        guard column <= line.count, !line.isEmpty else { return nil }
        self.number = String(number)
        let word = column - 1..<Self.end(of: column - 1, in: line)
        (self.line, self.word) = Self.cut(line, around: word, to: (width ?? Self.longest) - self.number.count - 5)
    }

    func text(_ style: TextStyle) -> String {
        let margin = String(repeating: " ", count: number.count)
        let gap = String(repeating: " ", count: word.lowerBound)
        let carets = String(repeating: "^", count: max(1, word.count))
        return style.painted("  \(number) |", "34") + " \(String(String.UnicodeScalarView(line)))\n"
            + style.painted("  \(margin) |", "34") + " \(gap)\(style.painted(carets, "1;31"))"
    }

    /// The line without what would move the caret, take over the terminal or tell a password.
    private static func shown(_ line: String) -> [Unicode.Scalar] {
        var scalars = Array(line.printable.unicodeScalars).map { $0 == "\t" ? " " : $0 }
        while scalars.last == "\u{FFFD}" && line.hasSuffix("\r") || scalars.last == " " { scalars.removeLast() }
        // https://user:password@host
        var index = 0
        while index + 3 < scalars.count {
            defer { index += 1 }
            guard scalars[index] == ":", scalars[index + 1] == "/", scalars[index + 2] == "/" else { continue }
            let rest = scalars[(index + 3)...]
            let end = rest.firstIndex { $0 == "/" || $0 == " " } ?? rest.endIndex
            guard let at = rest[..<end].lastIndex(of: "@") else { continue }
            for position in index + 3..<at { scalars[position] = "*" }
        }
        return scalars
    }

    /// Where the word, or the text in quotes, that begins at `start` ends.
    private static func end(of start: Int, in line: [Unicode.Scalar]) -> Int {
        let first = line[start]
        if first == "\"" || first == "'", let end = line[(start + 1)...].firstIndex(of: first) { return end + 1 }
        if first == "[" || first == "{", start + 1 < line.count, line[start + 1] != "{" { return start + 1 }
        var end = start
        if first == "{", let end = line[start...].firstIndex(of: "}") { return min(end + 2, line.count) }
        while end < line.count, !" ,]}#".unicodeScalars.contains(line[end]) {
            if line[end] == ":", end + 1 == line.count || line[end + 1] == " " { break }
            end += 1
        }
        return max(end, start + 1)
    }

    /// What fits of a long line.
    private static func cut(
        _ line: [Unicode.Scalar], around word: Range<Int>, to width: Int
    ) -> ([Unicode.Scalar], Range<Int>) {
        guard line.count > width, width > 20 else { return (line, word) }
        let start = max(0, min(word.lowerBound - width / 3, line.count - width))
        let end = min(line.count, start + width)
        var shown = Array(line[start..<end])
        if start > 0 { shown[0] = "…" }
        if end < line.count { shown[shown.count - 1] = "…" }
        return (shown, word.lowerBound - start..<min(word.upperBound - start, shown.count))
    }
}
