import FoundationEssentials

/// Reads one JSON document, as RFC 8259 has it, in UTF-8.
///
/// Of members with one name the first counts. JSONDecoder, which tries one type after the other, takes
/// ten times as long, and every answer of a plugin is read.
struct JSONReader {
    struct Malformed: Error {}

    /// Deeper documents are refused: each level takes some of the stack.
    private static let deepest = 512

    private let bytes: UnsafeBufferPointer<UInt8>
    private var next = 0
    private var depth = 0
    /// Where text with escapes is put together.
    private var scratch: [UInt8] = []

    /// The bytes must stay where they are while it reads.
    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    /// The whole document.
    mutating func document() throws(Malformed) -> JSONValue {
        let value = try value()
        skipSpace()
        guard next == bytes.count else { throw Malformed() }
        return value
    }

    private var current: UInt8? { next < bytes.count ? bytes[next] : nil }

    private mutating func skipSpace() {
        while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { next += 1 }
    }

    /// Whether the byte was there, and is behind us now.
    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard current == UInt8(ascii: character) else { return false }
        next += 1
        return true
    }

    private mutating func value() throws(Malformed) -> JSONValue {
        skipSpace()
        switch current {
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "{"): return .object(try members())
        case UInt8(ascii: "["): return .array(try items())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return try number()
        }
    }

    private mutating func word(_ text: StaticString, _ value: JSONValue) throws(Malformed) -> JSONValue {
        let word = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        guard bytes[next...].starts(with: word) else { throw Malformed() }
        next += word.count
        return value
    }

    /// Goes behind the bracket that opens a list or an object.
    private mutating func enter() throws(Malformed) {
        guard depth < Self.deepest else { throw Malformed() }
        depth += 1
        next += 1
        skipSpace()
    }

    /// Whether this ends the list or object.
    private mutating func leave(_ bracket: Unicode.Scalar) -> Bool {
        guard take(bracket) else { return false }
        depth -= 1
        return true
    }

    private mutating func items() throws(Malformed) -> [JSONValue] {
        try enter()
        if leave("]") { return [] }
        var items: [JSONValue] = []
        while true {
            items.append(try value())
            skipSpace()
            if leave("]") { return items }
            guard take(",") else { throw Malformed() }
        }
    }

    private mutating func members() throws(Malformed) -> [String: JSONValue] {
        try enter()
        if leave("}") { return [:] }
        var members: [String: JSONValue] = .init(minimumCapacity: 6)
        while true {
            skipSpace()
            guard current == UInt8(ascii: "\"") else { throw Malformed() }
            let name = try string()
            skipSpace()
            guard take(":") else { throw Malformed() }
            let value = try value()
            if let first = members.updateValue(value, forKey: name) { members[name] = first }
            skipSpace()
            if leave("}") { return members }
            guard take(",") else { throw Malformed() }
        }
    }
}

extension JSONReader {
    private mutating func digits() throws(Malformed) {
        let start = next
        while let byte = current, (0x30...0x39).contains(byte) { next += 1 }
        guard next > start else { throw Malformed() }
    }

    /// A whole number that fits is an `int`, however it is written.
    private mutating func number() throws(Malformed) -> JSONValue {
        let start = next
        _ = take("-")
        if !take("0") { try digits() }
        var isPlain = true
        if take(".") {
            isPlain = false
            try digits()
        }
        if take("e") || take("E") {
            isPlain = false
            if !take("+") { _ = take("-") }
            try digits()
        }
        let text = String(decoding: bytes[start..<next], as: UTF8.self)
        if isPlain, let value = Int64(text) { return .int(value) }
        guard let value = Double(text), value.isFinite else { throw Malformed() }
        return Int64(exactly: value).map(JSONValue.int) ?? .number(value)
    }

    private mutating func string() throws(Malformed) -> String {
        next += 1
        let (plain, isASCII) = run()
        if take("\"") { return try Self.text(plain, isASCII) }
        var collected: [UInt8] = []
        swap(&collected, &scratch)
        defer { swap(&collected, &scratch) }
        collected.removeAll(keepingCapacity: true)
        collected.append(contentsOf: plain)
        var isAllASCII = isASCII
        while !take("\"") {
            if take("\\") {
                isAllASCII = try unescape(to: &collected) && isAllASCII
            } else {
                let (more, isASCII) = run()
                guard !more.isEmpty else { throw Malformed() }
                collected.append(contentsOf: more)
                isAllASCII = isAllASCII && isASCII
            }
        }
        return try collected.withUnsafeBufferPointer { bytes throws(Malformed) in try Self.text(bytes, isAllASCII) }
    }

    /// The characters up to the next that mean something else than themselves, and whether all are ASCII.
    private mutating func run() -> (bytes: UnsafeBufferPointer<UInt8>, isASCII: Bool) {
        let start = next
        var all: UInt8 = 0
        while let byte = current, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 {
            all |= byte
            next += 1
        }
        return (UnsafeBufferPointer(rebasing: bytes[start..<next]), all < 0x80)
    }

    /// ASCII needs no check, which takes longer than all the rest.
    private static func text(_ bytes: UnsafeBufferPointer<UInt8>, _ isASCII: Bool) throws(Malformed) -> String {
        if isASCII { return String(decoding: bytes, as: UTF8.self) }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw Malformed() }
        return text
    }

    /// Adds what stands for an escape, behind its backslash; returns whether that is ASCII.
    private mutating func unescape(to collected: inout [UInt8]) throws(Malformed) -> Bool {
        guard let byte = current else { throw Malformed() }
        next += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): collected.append(byte)
        case UInt8(ascii: "b"): collected.append(0x08)
        case UInt8(ascii: "f"): collected.append(0x0C)
        case UInt8(ascii: "n"): collected.append(0x0A)
        case UInt8(ascii: "r"): collected.append(0x0D)
        case UInt8(ascii: "t"): collected.append(0x09)
        case UInt8(ascii: "u"):
            collected.append(contentsOf: String(try scalar()).utf8)
            return false
        default: throw Malformed()
        }
        return true
    }

    /// The character of a `\u`, behind it, and of a second one where two make a character.
    private mutating func scalar() throws(Malformed) -> Unicode.Scalar {
        var unit = try codeUnit()
        // Half of a pair is no character; the other half has to follow.
        if (0xD800..<0xDC00).contains(unit), take("\\"), take("u") {
            let second = try codeUnit()
            guard (0xDC00..<0xE000).contains(second) else { throw Malformed() }
            unit = 0x10000 + (unit - 0xD800) << 10 + (second - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(unit) else { throw Malformed() }
        return scalar
    }

    private mutating func codeUnit() throws(Malformed) -> UInt32 {
        var unit: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = current, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw Malformed()
            }
            unit = unit << 4 | UInt32(digit)
            next += 1
        }
        return unit
    }
}
