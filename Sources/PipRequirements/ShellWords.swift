/// Words as a shell splits them, with quotes and backslashes but no expansion.
enum ShellWords {
    struct Word {
        var text: String
        var offset: Int
    }

    static func split(_ bytes: [UInt8], from start: Int) throws(Problem) -> [Word] {
        var words: [Word] = []
        var cursor = Cursor(bytes)
        cursor.offset = start
        cursor.skipSpace()
        while !cursor.isAtEnd {
            let offset = cursor.offset
            words.append(Word(text: String(decoding: try word(&cursor), as: UTF8.self), offset: offset))
            cursor.skipSpace()
        }
        return words
    }

    private static func word(_ cursor: inout Cursor) throws(Problem) -> [UInt8] {
        var text: [UInt8] = []
        while let byte = cursor.next, !byte.isSpace {
            let start = cursor.offset
            cursor.offset += 1
            switch byte {
            case UInt8(ascii: "\\"):
                guard let escaped = cursor.next else { throw Problem(start, "nothing follows the `\\`") }
                text.append(escaped)
                cursor.offset += 1
            case UInt8(ascii: "'"), UInt8(ascii: "\""):
                text += try quoted(by: byte, from: start, &cursor)
            default:
                text.append(byte)
            }
        }
        return text
    }

    private static func quoted(by quote: UInt8, from start: Int, _ cursor: inout Cursor) throws(Problem) -> [UInt8] {
        var text: [UInt8] = []
        while let byte = cursor.next {
            cursor.offset += 1
            if byte == quote { return text }
            let isEscape =
                quote == UInt8(ascii: "\"") && byte == UInt8(ascii: "\\")
                && (cursor.next == quote || cursor.next == UInt8(ascii: "\\"))
            if isEscape, let escaped = cursor.next {
                text.append(escaped)
                cursor.offset += 1
            } else {
                text.append(byte)
            }
        }
        throw Problem(start, "the quote is never closed")
    }
}
