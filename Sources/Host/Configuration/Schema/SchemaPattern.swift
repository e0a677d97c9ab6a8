/// A regular expression of a schema, compiled once.
///
/// `Regex` is not Sendable because its builder can hold any closure; one compiled from text holds
/// none and is never changed.
struct SchemaPattern: @unchecked Sendable {
    let source: String
    private let matcher: Matcher

    private enum Matcher {
        case classes([CharacterClass])
        case expression(Regex<AnyRegexOutput>)
    }

    init(_ source: String) throws {
        self.source = source
        // Names are of this kind, and a large project has thousands.
        if let classes = CharacterClass.sequence(source) {
            matcher = .classes(classes)
        } else {
            matcher = .expression(try Regex(source).matchingSemantics(.unicodeScalar))
        }
    }

    func matches(_ text: String) -> Bool {
        switch matcher {
        case .classes(let classes): CharacterClass.matches(Array(text.utf8)[...], classes[...])
        case .expression(let expression): text.contains(expression)
        }
    }
}

/// One `[a-z_]` of a pattern like `^[a-z][a-z0-9_]*$`: ASCII letters, digits, `_`, `-` and their
/// ranges, perhaps repeated.
private struct CharacterClass: Sendable {
    /// By byte, of ASCII.
    private var members = [Bool](repeating: false, count: 128)
    var isRepeated = false

    /// The classes of a pattern of nothing else; nil for any other.
    static func sequence(_ pattern: String) -> [CharacterClass]? {
        guard pattern.hasPrefix("^"), pattern.hasSuffix("$") else { return nil }
        var classes: [CharacterClass] = []
        var rest = pattern.utf8.dropFirst().dropLast()
        while let first = rest.popFirst() {
            if first == UInt8(ascii: "*"), let last = classes.indices.last, !classes[last].isRepeated {
                classes[last].isRepeated = true
                continue
            }
            guard first == UInt8(ascii: "["), let end = rest.firstIndex(of: UInt8(ascii: "]")),
                let members = CharacterClass(Array(rest[..<end]))
            else { return nil }
            classes.append(members)
            rest = rest[rest.index(after: end)...]
        }
        return classes
    }

    private init?(_ text: [UInt8]) {
        let isPlain = text.allSatisfy { byte in
            (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
        }
        guard isPlain, !text.isEmpty else { return nil }
        var index = 0
        while index < text.count {
            if index + 2 < text.count, text[index + 1] == UInt8(ascii: "-") {
                guard text[index] <= text[index + 2] else { return nil }
                for byte in text[index]...text[index + 2] { members[Int(byte)] = true }
                index += 3
            } else {
                members[Int(text[index])] = true
                index += 1
            }
        }
    }

    private func has(_ byte: UInt8) -> Bool { byte < 128 && members[Int(byte)] }

    static func matches(_ text: ArraySlice<UInt8>, _ classes: ArraySlice<CharacterClass>) -> Bool {
        guard let first = classes.first else { return text.isEmpty }
        guard first.isRepeated else {
            guard let byte = text.first, first.has(byte) else { return false }
            return matches(text.dropFirst(), classes.dropFirst())
        }
        // Mostly the last, which takes all that is left.
        if classes.count == 1 { return text.allSatisfy(first.has) }
        var rest = text
        while true {
            if matches(rest, classes.dropFirst()) { return true }
            guard let byte = rest.popFirst(), first.has(byte) else { return false }
        }
    }
}
