/// A document to write, its keys in the order in which people are to read them.
package indirect enum YAMLTree: Sendable {
    case scalar(JSONValue)
    case list([YAMLTree])
    case mapping([(key: String, value: YAMLTree)])

    /// A text.
    package static func text(_ text: String) -> YAMLTree { .scalar(.string(text)) }

    /// A list of texts.
    package static func texts(_ texts: [String]) -> YAMLTree { .list(texts.map { .text($0) }) }

    /// The same document without the order of its keys.
    package var json: JSONValue {
        switch self {
        case .scalar(let value): value
        case .list(let items): .array(items.map(\.json))
        case .mapping(let entries): .object(Dictionary(entries.map { ($0.key, $0.value.json) }) { $1 })
        }
    }

    /// The document as YAML, which every reader gives back as this very document.
    package var yaml: String { lines.joined(separator: "\n") }

    private var lines: [String] {
        switch self {
        case .scalar(let value): [YAMLText.scalar(value)]
        case .list(let items) where items.isEmpty: ["[]"]
        case .mapping(let entries) where entries.isEmpty: ["{}"]
        case .list(let items):
            items.flatMap { item in
                item.lines.enumerated().map { index, line in (index == 0 ? "- " : "  ") + line }
            }
        case .mapping(let entries):
            entries.flatMap { key, value in
                let key = YAMLText.scalar(.string(key))
                return value.isOneLine ? ["\(key): \(value.yaml)"] : ["\(key):"] + value.lines.map { "  " + $0 }
            }
        }
    }

    private var isOneLine: Bool {
        switch self {
        case .scalar: true
        case .list(let items): items.isEmpty
        case .mapping(let entries): entries.isEmpty
        }
    }
}

extension YAMLText {
    /// A value on one line, in quotes only where it needs them.
    package static func scalar(_ value: JSONValue) -> String {
        switch value {
        case .string(let text): isPlain(text) ? text : quoted(text)
        case .number(let number): plain(number)
        // Quotes and escapes of JSON are YAML's too.
        default: String(decoding: value.canonical, as: UTF8.self)
        }
    }

    private static func plain(_ number: Double) -> String {
        if number.isNaN { return ".nan" }
        if number.isInfinite { return number < 0 ? "-.inf" : ".inf" }
        let text = "\(number)"
        // PyYAML takes a number with an exponent for one only when it has a point.
        return text.contains(".") ? text : text.replacing("e", with: ".0e")
    }

    /// Whether a text needs no quotes: every reader, of any version of YAML, takes it as it is.
    private static func isPlain(_ text: String) -> Bool {
        guard let first = text.unicodeScalars.first, let last = text.unicodeScalars.last, text.utf8.count < 100 else {
            return false
        }
        let isPlain = text.unicodeScalars.allSatisfy { isWord($0) || "/._-+@,=() ".unicodeScalars.contains($0) }
        // What begins with a digit or a point and a digit may be a number or a date.
        let start = text.unicodeScalars.drop { $0 == "." }.first ?? "."
        let isStart = isWord(first) || "/.".unicodeScalars.contains(first)
        return isPlain && isStart && (isWord(start) || start == "/") && !("0"..."9").contains(start) && last != " "
            && !words.contains(text.lowercased())
    }

    private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "_": true
        default: false
        }
    }

    /// What some version of YAML reads as something else than text.
    private static let words: Set<String> = [
        "y", "n", "yes", "no", "on", "off", "true", "false", "null", ".nan", ".inf",
    ]
}
