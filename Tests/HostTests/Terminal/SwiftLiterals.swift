/// A string literal of a Swift file, as it reads.
struct SwiftLiteral: Equatable {
    /// The text; an interpolation is one `SwiftLiteral.gap`.
    var text: String
    var line: Int
    /// The function or type whose argument it is, and the label of that argument.
    var callee: String?
    var label: String?
    /// The name that it is assigned to.
    var assignee: String?

    static let gap: Character = "\u{FFFC}"

    /// The string literals of a file in their order; not those inside interpolations.
    static func all(in text: String) -> [SwiftLiteral] {
        var reader = SwiftLiteralReader(text)
        reader.read()
        return reader.literals
    }
}

/// Knows as much of Swift as it takes to find strings and the calls they stand in.
private struct SwiftLiteralReader {
    private struct Bracket {
        var callee: String?
        var label: String?
        var isArgumentStart = true
        var assignee: String?
    }

    private static let statements: Set = ["return", "let", "var", "if", "guard", "for", "switch", "case", "throw"]

    private let text: [UInt8]
    private var index = 0
    private var line = 1
    private var brackets = [Bracket()]
    private var word = ""
    private(set) var literals: [SwiftLiteral] = []

    init(_ text: String) {
        self.text = Array(text.utf8)
    }

    private func at(_ other: StaticString) -> Bool {
        let count = other.utf8CodeUnitCount
        return index + count <= text.count
            && (0..<count).allSatisfy { text[index + $0] == other.utf8Start[$0] }
    }

    mutating func read() {
        while index < text.count {
            let byte = text[index]
            if at("//") {
                skip(to: "\n")
            } else if at("/*") {
                skip(to: "*/")
            } else if isQuote {
                let start = line
                let literal = readLiteral()
                guard let top = brackets.last else { return }
                literals.append(
                    SwiftLiteral(
                        text: literal, line: start, callee: top.callee, label: top.label, assignee: top.assignee))
                endArgumentStart()
            } else if Self.isWord(byte) {
                readWord()
            } else {
                readPunctuation(byte)
            }
        }
    }

    private mutating func skip(to end: StaticString) {
        while index < text.count, !at(end) { advance() }
    }

    private mutating func advance() {
        if text[index] == UInt8(ascii: "\n") { line += 1 }
        index += 1
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        byte >= 128 || byte == UInt8(ascii: "_") || (48...57).contains(byte) || (65...90).contains(byte)
            || (97...122).contains(byte)
    }

    private mutating func readWord() {
        let start = index
        while index < text.count, Self.isWord(text[index]) { index += 1 }
        word = String(decoding: text[start..<index], as: UTF8.self)
        let last = brackets.count - 1
        if Self.statements.contains(word) { brackets[last].assignee = nil }
        var next = index
        while next < text.count, text[next] == UInt8(ascii: " ") { next += 1 }
        guard next < text.count else { return }
        if brackets[last].isArgumentStart, text[next] == UInt8(ascii: ":") { brackets[last].label = word }
        let isAddition = text[next] == UInt8(ascii: "+") && next + 1 < text.count
        let sign = isAddition ? next + 1 : next
        if text[sign] == UInt8(ascii: "="), sign + 1 < text.count, text[sign + 1] != UInt8(ascii: "=") {
            brackets[last].assignee = word
        }
        endArgumentStart()
    }

    private mutating func endArgumentStart() { brackets[brackets.count - 1].isArgumentStart = false }

    private mutating func readPunctuation(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "("):
            let isCall = index > 0 && Self.isWord(text[index - 1])
            brackets.append(Bracket(callee: isCall ? word : nil))
        case UInt8(ascii: "["), UInt8(ascii: "{"): brackets.append(Bracket())
        case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"): if brackets.count > 1 { brackets.removeLast() }
        case UInt8(ascii: ","):
            brackets[brackets.count - 1].label = nil
            brackets[brackets.count - 1].isArgumentStart = true
        default: break
        }
        advance()
    }
}

// MARK: - Strings

extension SwiftLiteralReader {
    private var isQuote: Bool { at("\"") || at("#\"") }

    /// Reads from the opening quote to behind the closing one.
    private mutating func readLiteral() -> String {
        let isRaw = at("#")
        if isRaw { advance() }
        let isLong = at("\"\"\"")
        for _ in 0..<(isLong ? 3 : 1) { advance() }
        var bytes: [UInt8] = []
        while index < text.count {
            if isLong ? at("\"\"\"") : at("\"") {
                for _ in 0..<(isLong ? 3 : 1) { advance() }
                if !isRaw { break }
                if at("#") {
                    advance()
                    break
                }
                bytes.append(UInt8(ascii: "\""))
            } else if !isRaw, at("\\") {
                advance()
                bytes += readEscape()
            } else {
                bytes.append(text[index])
                advance()
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private mutating func readEscape() -> [UInt8] {
        guard at("(") else {
            defer { advance() }
            switch text[index] {
            case UInt8(ascii: "n"): return [UInt8(ascii: "\n")]
            case UInt8(ascii: "\n"):
                // The line goes on after the indentation of the next one.
                while index + 1 < text.count, text[index + 1] == UInt8(ascii: " ") { index += 1 }
                return []
            default: return [text[index]]
            }
        }
        var depth = 0
        repeat {
            if isQuote {
                _ = readLiteral()
                continue
            }
            if at("(") { depth += 1 }
            if at(")") { depth -= 1 }
            advance()
        } while depth > 0 && index < text.count
        return Array(String(SwiftLiteral.gap).utf8)
    }
}
