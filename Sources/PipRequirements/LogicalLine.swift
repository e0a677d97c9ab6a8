/// One line as pip reads it: continued lines joined, its comment taken off.
///
/// Kept as bytes, since all that matters for the grammar is ASCII; offsets into them lead back to
/// the line and column of the file.
package struct LogicalLine: Sendable {
    private struct Part {
        var offset: Int
        var line: Int
        var text: ArraySlice<UInt8>
    }

    package private(set) var bytes: [UInt8] = []
    private var parts: [Part] = []

    /// Where the byte at `offset` stands in the file, counted from 1, the column in characters.
    package func position(of offset: Int) -> (line: Int, column: Int) {
        guard let part = parts.last(where: { $0.offset <= offset }) else { return (1, 1) }
        let before = part.text.prefix(offset - part.offset)
        return (part.line, String(decoding: before, as: UTF8.self).count + 1)
    }

    /// The lines of the file that it is written in, counted from 1.
    package var lines: ClosedRange<Int> { (parts.first?.line ?? 1)...(parts.last?.line ?? 1) }

    fileprivate mutating func append(_ text: ArraySlice<UInt8>, line: Int) {
        parts.append(Part(offset: bytes.count, line: line, text: text))
        bytes += text
    }

    fileprivate mutating func dropComment() {
        for index in bytes.indices where bytes[index] == UInt8(ascii: "#") {
            if index == 0 || bytes[index - 1].isSpace {
                bytes.removeSubrange(index...)
                break
            }
        }
        while bytes.last?.isSpace == true { bytes.removeLast() }
    }
}

extension LogicalLine {
    /// The lines of a requirements file that have something in them.
    package static func all(in content: [UInt8]) -> [LogicalLine] {
        var lines: [LogicalLine] = []
        var current: LogicalLine?
        for (index, text) in physicalLines(of: content).enumerated() {
            var line = current ?? LogicalLine()
            let isComment = text.first { !$0.isSpace } == UInt8(ascii: "#")
            if text.last == UInt8(ascii: "\\"), !isComment {
                let end = text.lastIndex { $0 != UInt8(ascii: "\\") }.map { $0 + 1 } ?? text.startIndex
                line.append(text[..<end], line: index + 1)
                current = line
                continue
            }
            // A comment among continued lines ends them, and must not join the word before it.
            if isComment, current != nil { line.bytes.append(UInt8(ascii: " ")) }
            line.append(text, line: index + 1)
            lines.append(line)
            current = nil
        }
        if let current { lines.append(current) }
        return lines.compactMap { line in
            var line = line
            line.dropComment()
            return line.bytes.contains { !$0.isSpace } ? line : nil
        }
    }

    private static func physicalLines(of content: [UInt8]) -> [ArraySlice<UInt8>] {
        var lines: [ArraySlice<UInt8>] = []
        var rest = content[...]
        while let end = rest.firstIndex(where: { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }) {
            lines.append(rest[..<end])
            let isPair = rest[end] == UInt8(ascii: "\r") && rest[(end + 1)...].first == UInt8(ascii: "\n")
            rest = rest[(end + (isPair ? 2 : 1))...]
        }
        return rest.isEmpty ? lines : lines + [rest]
    }
}

extension UInt8 {
    var isSpace: Bool { self == UInt8(ascii: " ") || self == UInt8(ascii: "\t") || self == 0x0b || self == 0x0c }

    var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }

    var isLetter: Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20) }

    /// Whether this byte may be in the name of a package or an extra.
    var isInName: Bool { isLetter || isDigit || "._-".utf8.contains(self) }
}
