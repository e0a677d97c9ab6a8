/// `{{name}}`, with blanks around the name or without.
struct Placeholder: Equatable {
    /// The name between the braces.
    var name: String
    /// Where it stands in its text, braces included, in bytes.
    var range: Range<Int>

    /// The placeholder that begins at an index, or nil where none does.
    init?(in bytes: [UInt8], at start: Int) {
        let brace = UInt8(ascii: "{")
        guard start + 1 < bytes.count, bytes[start] == brace, bytes[start + 1] == brace else { return nil }
        let rest = bytes[(start + 2)...].drop(while: Self.isBlank)
        let name = rest.prefix(while: Self.isNamePart)
        let tail = rest[name.endIndex...].drop(while: Self.isBlank)
        guard let first = name.first, first != UInt8(ascii: "-"), tail.starts(with: "}}".utf8) else { return nil }
        self.name = String(decoding: name, as: UTF8.self)
        range = start..<(tail.startIndex + 2)
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
    }

    private static func isNamePart(_ byte: UInt8) -> Bool {
        ShellScanner.isIdentifierPart(byte) || byte == UInt8(ascii: "-")
    }
}
