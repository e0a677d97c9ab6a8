/// Gives scalars the types that PyYAML's SafeLoader gives them, except that dates stay text.
///
/// Ray reads the same files with PyYAML, so `off`, `010`, `1e3` and `1:30` must mean the same here.
enum YAMLScalar {
    static let tagPrefix = "tag:yaml.org,2002:"

    static func value(
        of scalar: YAMLEvent.Scalar, tag: String?, at place: Place
    ) throws(Failure) -> YAMLNode.Value {
        guard let tag, tag != "!" else {
            return scalar.isPlain ? try plain(scalar.text, at: place) : .string(scalar.text)
        }
        let text = scalar.text
        switch tag {
        case tagPrefix + "str": return .string(text)
        case tagPrefix + "null": return .null
        case tagPrefix + "bool":
            if let value = booleans[text.lowercased()] { return .bool(value) }
        case tagPrefix + "int":
            if isInteger(text) { return .int(try integer(text, at: place)) }
        case tagPrefix + "float":
            if let value = float(text) ?? (isInteger(text) ? Double(bare(text)) : nil) {
                return .float(value)
            }
        default: throw refusal(ofTag: tag, at: place)
        }
        throw Failure(.input, "`\(text)` is no `!!\(tag.dropFirst(tagPrefix.count))`", at: place)
    }

    static func refusal(ofTag tag: String, at place: Place) -> Failure {
        let name = tag.hasPrefix(tagPrefix) ? "!!\(tag.dropFirst(tagPrefix.count))" : tag
        return Failure(.input, "the tag `\(name)` is not supported", at: place, hint: "leave the tag out")
    }

    /// What a text without quotes and tag is.
    static func plain(_ text: String, at place: Place) throws(Failure) -> YAMLNode.Value {
        // The first byte tells almost all texts from the few words and numbers.
        switch text.utf8.first {
        case nil: return .null
        case .some(UInt8(ascii: "~")), .some(UInt8(ascii: "n")), .some(UInt8(ascii: "N")),
            .some(UInt8(ascii: "y")), .some(UInt8(ascii: "Y")), .some(UInt8(ascii: "t")), .some(UInt8(ascii: "T")),
            .some(UInt8(ascii: "f")), .some(UInt8(ascii: "F")), .some(UInt8(ascii: "o")), .some(UInt8(ascii: "O")):
            if nulls.contains(text) { return .null }
            return boolean(text).map { .bool($0) } ?? .string(text)
        case .some(UInt8(ascii: "-")), .some(UInt8(ascii: "+")), .some(UInt8(ascii: ".")),
            .some(UInt8(ascii: "0")...UInt8(ascii: "9")):
            break
        default: return .string(text)
        }
        if isInteger(text) { return .int(try integer(text, at: place)) }
        if let value = float(text) { return .float(value) }
        return .string(text)
    }

    private static let nulls: Set<String> = ["", "~", "null", "Null", "NULL"]

    private static let booleans: [String: Bool] = [
        "yes": true, "true": true, "on": true, "no": false, "false": false, "off": false,
    ]

    private static func boolean(_ text: String) -> Bool? {
        guard text.utf8.count <= 5, let value = booleans[text.lowercased()] else { return nil }
        let isOneCasing =
            text == text.lowercased() || text == text.uppercased()
            || text.dropFirst() == text.lowercased().dropFirst()
        return isOneCasing ? value : nil
    }
}

// MARK: - Numbers

extension YAMLScalar {
    private static func isInteger(_ text: String) -> Bool {
        let digits = unsigned(text)
        guard let first = digits.utf8.first else { return false }
        if digits.hasPrefix("0b") { return consists(digits.dropFirst(2), of: "01_") }
        if digits.hasPrefix("0x") { return consists(digits.dropFirst(2), of: "0123456789abcdefABCDEF_") }
        if first == UInt8(ascii: "0") {
            return digits == "0" || consists(digits.dropFirst(), of: "01234567_")
        }
        let parts = digits.split(separator: ":", omittingEmptySubsequences: false)
        return first != UInt8(ascii: "_") && consists(parts[0], of: "0123456789_")
            && parts.dropFirst().allSatisfy(isSixtieth)
    }

    private static func integer(_ text: String, at place: Place) throws(Failure) -> Int64 {
        let isNegative = text.hasPrefix("-")
        guard let value = magnitude(bare(unsigned(text))),
            let result = isNegative ? Int64(exactly: -Int128(value)) : Int64(exactly: value)
        else {
            throw Failure(
                .input, "`\(text)` does not fit a 64-bit integer", at: place,
                hint: "put it in quotes if it is text")
        }
        return result
    }

    private static func magnitude(_ digits: String) -> UInt64? {
        if digits.hasPrefix("0b") { return UInt64(digits.dropFirst(2), radix: 2) }
        if digits.hasPrefix("0x") { return UInt64(digits.dropFirst(2), radix: 16) }
        if digits.hasPrefix("0"), digits.utf8.count > 1 { return UInt64(digits, radix: 8) }
        return digits.split(separator: ":").reduce(Optional(0)) { total, part in
            guard let total, let part = UInt64(part) else { return nil }
            let (scaled, overflow) = total.multipliedReportingOverflow(by: 60)
            let (sum, overflowOfSum) = scaled.addingReportingOverflow(part)
            return overflow || overflowOfSum ? nil : sum
        }
    }

    private static func float(_ text: String) -> Double? {
        let sign: Double = text.hasPrefix("-") ? -1 : 1
        let digits = unsigned(text)
        switch digits {
        case ".inf", ".Inf", ".INF": return sign * .infinity
        case ".nan", ".NaN", ".NAN": return digits.count == text.count ? .nan : nil
        default: break
        }
        guard let dot = digits.firstIndex(of: ".") else { return nil }
        let whole = digits[..<dot]
        let parts = whole.split(separator: ":", omittingEmptySubsequences: false)
        let fraction = digits[digits.index(after: dot)...]
        if parts.count > 1 {
            guard startsWithDigit(whole), consists(parts[0], of: "0123456789_"),
                parts.dropFirst().allSatisfy(isSixtieth), fraction.isEmpty || consists(fraction, of: "0123456789_")
            else { return nil }
            return sexagesimal(parts.dropLast(), last: "\(parts[parts.count - 1]).\(fraction)").map { sign * $0 }
        }
        // PyYAML reads `.5` as a number, `-.5` as text.
        let hasWhole = startsWithDigit(whole) && consists(whole, of: "0123456789_")
        let isFractionAlone = whole.isEmpty && digits.count == text.count && startsWithDigit(fraction)
        guard hasWhole || isFractionAlone, isFraction(fraction) else { return nil }
        return Double(bare("0\(digits)")).map { sign * $0 }
    }

    /// Digits, and an exponent that PyYAML takes only with its sign.
    private static func isFraction(_ text: Substring) -> Bool {
        guard let mark = text.firstIndex(where: { $0 == "e" || $0 == "E" }) else {
            return text.isEmpty || consists(text, of: "0123456789_")
        }
        let digits = text[..<mark]
        let exponent = text[text.index(after: mark)...]
        return (digits.isEmpty || consists(digits, of: "0123456789_"))
            && (exponent.hasPrefix("+") || exponent.hasPrefix("-"))
            && consists(exponent.dropFirst(), of: "0123456789")
    }

    private static func sexagesimal(_ parts: ArraySlice<Substring>, last: String) -> Double? {
        guard let last = Double(bare("0\(last)")) else { return nil }
        var total = 0.0
        for part in parts {
            guard let value = Double(bare(String(part))) else { return nil }
            total = total * 60 + value
        }
        return total * 60 + last
    }

    private static func isSixtieth(_ part: Substring) -> Bool {
        let digits = Array(part.utf8)
        guard consists(part, of: "0123456789") else { return false }
        return digits.count == 1 || (digits.count == 2 && digits[0] <= UInt8(ascii: "5"))
    }

    private static func unsigned(_ text: String) -> String {
        text.hasPrefix("-") || text.hasPrefix("+") ? String(text.dropFirst()) : text
    }

    private static func bare(_ text: String) -> String {
        text.utf8.contains(UInt8(ascii: "_")) ? text.replacing("_", with: "") : text
    }

    private static func startsWithDigit(_ text: Substring) -> Bool {
        text.utf8.first.map { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ?? false
    }

    private static func consists(_ text: Substring, of allowed: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { allowed.utf8.contains($0) }
    }
}
