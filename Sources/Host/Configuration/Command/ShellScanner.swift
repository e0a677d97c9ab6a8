/// Finds the placeholders of a shell text and how each one stands in it.
///
/// It follows quoting, substitutions, comments and here-documents as dash and bash do. Where the
/// two differ, or where only a whole parser could tell, it refuses every placeholder that follows:
/// being wrong about a quote would turn a value into shell.
struct ShellScanner {
    enum Standing: Equatable {
        case quoted(ShellQuoting)
        case refused(ShellTrap)
    }

    struct Found: Equatable {
        var name: String
        var range: Range<Int>
        var standing: Standing
    }

    private static let maximumDepth = 64

    let bytes: [UInt8]
    var index = 0
    /// The traps that the position lies in, the innermost last.
    var traps: [ShellTrap] = []
    /// What made the rest unclear.
    var unclear: String?
    var hereDocuments: [HereDocument] = []
    private var found: [Found] = []
    private var depth = 0

    init(_ text: String) {
        bytes = Array(text.utf8)
    }

    mutating func placeholders() -> [Found] {
        scanCommands(inParentheses: false)
        return found
    }
}

// MARK: - Reading

extension ShellScanner {
    var isAtEnd: Bool { index >= bytes.count }

    func byte(_ offset: Int = 0) -> UInt8? {
        bytes.indices.contains(index + offset) ? bytes[index + offset] : nil
    }

    func isNext(_ character: Unicode.Scalar, _ offset: Int = 0) -> Bool {
        byte(offset) == UInt8(ascii: character)
    }

    /// Takes the placeholder at the position, if there is one.
    mutating func takePlaceholder(_ standing: Standing) -> Bool {
        guard let placeholder = Placeholder(in: bytes, at: index) else { return false }
        var standing = standing
        if let trap = traps.last { standing = .refused(trap) }
        if let unclear { standing = .refused(.behindUnclear(unclear)) }
        found.append(Found(name: placeholder.name, range: placeholder.range, standing: standing))
        index = placeholder.range.upperBound
        return true
    }

    /// Skips a backslash and what it escapes, refusing a placeholder there.
    mutating func skipEscape() {
        index += 1
        if !takePlaceholder(.refused(.behindBackslash)) { index = min(index + 1, bytes.count) }
    }

    /// Scans what lies in a trap or in another level, or gives up when it nests too deep.
    mutating func nested(in trap: ShellTrap? = nil, _ scan: (inout ShellScanner) -> Void) {
        guard depth < Self.maximumDepth else {
            unclear = unclear ?? "text that is nested too deep to follow"
            index += 1
            return
        }
        let outer = traps
        if let trap { traps.append(trap) }
        depth += 1
        scan(&self)
        depth -= 1
        traps = outer
    }

    static func isIdentifierPart(_ byte: UInt8) -> Bool {
        isIdentifierStart(byte) || (48...57).contains(byte)
    }

    static func isIdentifierStart(_ byte: UInt8) -> Bool {
        (65...90).contains(byte) || (97...122).contains(byte) || byte == UInt8(ascii: "_")
    }
}
