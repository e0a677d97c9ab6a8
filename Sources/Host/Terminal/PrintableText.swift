extension String {
    /// Without the control characters by which text from a file, a tool or a plugin could take over
    /// the terminal; line breaks and tabs stay, colours go.
    var printable: String {
        // Nearly all text is of this kind.
        if utf8.allSatisfy({ $0 >= 32 && $0 < 127 }) { return self }
        return String(
            String.UnicodeScalarView(
                unicodeScalars.withoutColours.map { scalar in
                    scalar.isControl && scalar != "\n" && scalar != "\t" ? "\u{FFFD}" : scalar
                }))
    }

    /// The same in one line, with line breaks as people write them: `\n`.
    package var inOneLine: String {
        let names: [Unicode.Scalar: String] = ["\n": "\\n", "\r": "\\r", "\t": "\\t"]
        return unicodeScalars.map { names[$0] ?? ($0.isControl ? "\u{FFFD}" : String($0)) }.joined()
    }
}

extension Unicode.Scalar {
    fileprivate var isControl: Bool { value < 32 || (127..<160).contains(value) }
}

extension String.UnicodeScalarView {
    /// Without what sets colours and moves the cursor: ESC, `[`, parameters, and a letter.
    fileprivate var withoutColours: String.UnicodeScalarView {
        var kept = String.UnicodeScalarView()
        var rest = self[...]
        while let escape = rest.firstIndex(of: "\u{1B}") {
            kept += rest[..<escape]
            rest = rest[escape...]
            let inside =
                rest.dropFirst().first == "["
                ? rest.dropFirst(2).drop { (32..<64).contains($0.value) } : rest[endIndex...]
            if let end = inside.first, (64..<127).contains(end.value) {
                rest = inside.dropFirst()
            } else {
                kept.append(rest.removeFirst())
            }
        }
        kept += rest
        return kept
    }
}
