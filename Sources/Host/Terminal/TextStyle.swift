/// How words for people are written.
package struct TextStyle: Sendable {
    package var hasColour: Bool
    /// The columns of the terminal; nil where lines may have any length.
    package var width: Int?
    /// Paths below it are told relative to it.
    package var directory: String

    package init(hasColour: Bool = false, width: Int? = nil, directory: String = "/") {
        self.hasColour = hasColour
        self.width = width
        self.directory = directory
    }

    func painted(_ text: String, _ code: String) -> String {
        hasColour ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }

    /// One line broken between words where it is too long for the terminal; what follows the first
    /// break is indented.
    func wrapped(_ line: String, indent: String) -> String {
        guard let width, line.count > width, width > indent.count + 20 else { return line }
        var lines: [String] = []
        var current = String(line.prefix { $0 == " " })
        var isEmpty = true
        for word in Self.pieces(of: line, notLongerThan: width - indent.count) {
            if !isEmpty, current.count + 1 + word.count > width {
                lines.append(current)
                current = indent + word
            } else {
                current += (isEmpty ? "" : " ") + word
            }
            isEmpty = false
        }
        return (lines + [current]).joined(separator: "\n")
    }

    /// The pieces that a line may be broken between: words, but what stands in back-ticks or brackets
    /// is one piece, so that a command can be copied.
    private static func pieces(of line: String, notLongerThan limit: Int) -> [String] {
        var pieces: [String] = []
        var open: [String] = []
        for word in line.split(separator: " ").map(String.init) {
            open.append(word)
            let piece = open.joined(separator: " ")
            let isOpen = !piece.count { $0 == "`" }.isMultiple(of: 2) || piece.hasPrefix("[") && !piece.contains("]")
            guard !isOpen || piece.count > limit else { continue }
            pieces += piece.count > limit ? open : [piece]
            open = []
        }
        return pieces + open
    }
}
