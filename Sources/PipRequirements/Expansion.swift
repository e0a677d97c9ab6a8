/// A line with the values of its variables in the place of `${NAME}`, as pip puts them there.
struct Expansion {
    struct Name {
        var text: String
        var offset: Int

        /// Whether a value under this name is one that nobody may see.
        var isSecret: Bool {
            ["TOKEN", "PASS", "SECRET", "KEY", "CRED", "AUTH", "PWD"].contains { text.contains($0) }
        }
    }

    private(set) var bytes: [UInt8] = []
    /// The line with the names in it of those variables that hold secrets.
    private(set) var shown: [UInt8] = []
    /// The variables of the line.
    private(set) var names: [Name] = []
    /// The variables that have no value, or an empty one, which pip does not tell apart.
    private(set) var unset: [Name] = []

    init(_ line: [UInt8], _ variables: [String: String]) {
        var cursor = Cursor(line)
        while let byte = cursor.next {
            let offset = cursor.offset
            if let name = Expansion.name(&cursor) {
                let name = Name(text: name, offset: offset)
                names.append(name)
                if let value = variables[name.text], !value.isEmpty {
                    bytes += value.utf8
                    shown += name.isSecret ? Array("${\(name.text)}".utf8) : Array(value.utf8)
                } else {
                    unset.append(name)
                }
            } else {
                bytes.append(byte)
                shown.append(byte)
                cursor.offset = offset + 1
            }
        }
    }

    /// Steps over `${NAME}`; names have capital letters, digits and `_` only.
    private static func name(_ cursor: inout Cursor) -> String? {
        guard cursor.take("${") else { return nil }
        let name = cursor.take { $0.isDigit || $0 == UInt8(ascii: "_") || ($0.isLetter && $0 & 0x20 == 0) }
        return !name.isEmpty && cursor.take("}") ? name : nil
    }
}
