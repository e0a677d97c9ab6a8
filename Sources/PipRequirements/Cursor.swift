/// A position in the bytes of a line, moving forward.
struct Cursor {
    let bytes: [UInt8]
    var offset = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    var isAtEnd: Bool { offset >= bytes.count }

    var next: UInt8? { isAtEnd ? nil : bytes[offset] }

    var rest: String { String(decoding: bytes[offset...], as: UTF8.self) }

    /// The word that begins here, for messages.
    var word: String { String(decoding: bytes[offset...].prefix { !$0.isSpace }, as: UTF8.self).shortened }

    mutating func skipSpace() {
        while next?.isSpace == true { offset += 1 }
    }

    /// Steps over `text` if it comes next.
    mutating func take(_ text: StaticString) -> Bool {
        let expected = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        guard bytes[offset...].starts(with: expected) else { return false }
        offset += expected.count
        return true
    }

    /// Steps over the bytes that satisfy `condition` and returns them.
    mutating func take(while condition: (UInt8) -> Bool) -> String {
        let start = offset
        while let byte = next, condition(byte) { offset += 1 }
        return String(decoding: bytes[start..<offset], as: UTF8.self)
    }
}

extension String {
    /// What fits into a message of this text.
    var shortened: String { utf8.count > 80 ? "\(prefix(60))…" : self }
}
