/// Writes JSON in the one way of which digests are taken: keys sorted, no white space, and otherwise
/// what JSONEncoder writes, byte for byte.
///
/// JSONEncoder takes ten times as long, and every request to a plugin is written.
struct JSONWriter {
    /// NaN and the infinities, which JSON cannot say.
    struct Unspeakable: Error {}

    private(set) var bytes: [UInt8] = []

    init() { bytes.reserveCapacity(1024) }

    mutating func write(_ value: JSONValue) throws(Unspeakable) {
        switch value {
        case .null: write(plain: "null")
        case .bool(let flag): write(plain: flag ? "true" : "false")
        case .int(let number): write(plain: String(number))
        case .number(let number):
            guard number.isFinite else { throw Unspeakable() }
            let text = number.description
            write(plain: text.hasSuffix(".0") ? String(text.dropLast(2)) : text)
        case .string(let text): write(quoted: text)
        case .array(let items):
            var separator = UInt8(ascii: "[")
            for item in items {
                bytes.append(separator)
                try write(item)
                separator = UInt8(ascii: ",")
            }
            if items.isEmpty { bytes.append(separator) }
            bytes.append(UInt8(ascii: "]"))
        case .object(let members):
            var separator = UInt8(ascii: "{")
            for (name, value) in members.sorted(by: { $0.key < $1.key }) {
                bytes.append(separator)
                write(quoted: name)
                bytes.append(UInt8(ascii: ":"))
                try write(value)
                separator = UInt8(ascii: ",")
            }
            if members.isEmpty { bytes.append(separator) }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    private mutating func write(plain text: String) { bytes.append(contentsOf: text.utf8) }

    private mutating func write(quoted text: String) {
        var text = text
        bytes.append(UInt8(ascii: "\""))
        text.withUTF8 { characters in
            // What needs no escape goes over as a whole.
            var start = 0
            for (index, byte) in characters.enumerated() {
                guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { continue }
                bytes.append(contentsOf: UnsafeBufferPointer(rebasing: characters[start..<index]))
                write(escaped: byte)
                start = index + 1
            }
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: characters[start...]))
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func write(escaped byte: UInt8) {
        bytes.append(UInt8(ascii: "\\"))
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(byte)
        case 0x08: bytes.append(UInt8(ascii: "b"))
        case 0x09: bytes.append(UInt8(ascii: "t"))
        case 0x0A: bytes.append(UInt8(ascii: "n"))
        case 0x0C: bytes.append(UInt8(ascii: "f"))
        case 0x0D: bytes.append(UInt8(ascii: "r"))
        default: write(plain: (byte < 0x10 ? "u000" : "u00") + String(byte, radix: 16))
        }
    }
}
