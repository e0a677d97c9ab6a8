/// Writes YAML.
package enum YAMLText {
    /// A double-quoted scalar that every YAML reader gives back as this very text.
    package static func quoted(_ text: String) -> String {
        "\"" + text.unicodeScalars.map(escaped).joined() + "\""
    }

    private static func escaped(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\"": "\\\""
        case "\\": "\\\\"
        case "\n": "\\n"
        case "\t": "\\t"
        case "\r": "\\r"
        case "\u{20}"..."\u{7E}", "\u{A1}"..."\u{1FFF}", "\u{2070}"..."\u{D7FF}", "\u{E000}"..."\u{FDFF}",
            "\u{10000}"..."\u{10FFFF}":
            String(scalar)
        // Controls, line separators and marks that are hard to see or not allowed as they are.
        default: "\\U" + padded(String(scalar.value, radix: 16, uppercase: true))
        }
    }

    private static func padded(_ digits: String) -> String {
        String(repeating: "0", count: 8 - digits.count) + digits
    }
}
