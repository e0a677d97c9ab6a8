/// A command line as bash has it while it is typed: quotes and all.
package struct BashLine: Equatable {
    /// All words but the last, without their quotes.
    package private(set) var words: [String] = []
    /// The word at the end, perhaps empty: as written, and without its quotes.
    package private(set) var lastWritten = ""
    package private(set) var last = ""
    /// The quote that is still open at the end.
    private(set) var quote: Unicode.Scalar?

    /// Splits at blanks outside quotes; expands nothing.
    package init(_ text: String) {
        var isEscaped = false
        for scalar in text.unicodeScalars {
            let isBlank = quote == nil && !isEscaped && (scalar == " " || scalar == "\t" || scalar == "\n")
            guard !isBlank else {
                if !lastWritten.isEmpty { words.append(last) }
                (lastWritten, last) = ("", "")
                continue
            }
            lastWritten.unicodeScalars.append(scalar)
            if isEscaped {
                isEscaped = false
                // In double quotes a backslash stands for itself before most characters.
                if quote == "\"", !"\"\\$`".unicodeScalars.contains(scalar) { last += "\\" }
                last.unicodeScalars.append(scalar)
            } else if scalar == "\\", quote != "'" {
                isEscaped = true
            } else if scalar == quote {
                quote = nil
            } else if quote == nil, scalar == "\"" || scalar == "'" {
                quote = scalar
            } else {
                last.unicodeScalars.append(scalar)
            }
        }
    }
}

/// The word that bash completes, of which it replaces only the end.
///
/// bash ends words at `=` and `:` too, and behind an opening quote; what stands before stays.
package struct BashWord {
    /// What is typed of it.
    let typed: String
    private let kept: String
    private let quote: Unicode.Scalar?

    /// nil where `replaced` is not the end of the line.
    package init?(_ line: BashLine, replaced: String) {
        guard line.lastWritten.hasSuffix(replaced) else { return nil }
        let prefix = line.lastWritten.utf8.dropLast(replaced.utf8.count)
        let before = BashLine(String(decoding: Array(prefix), as: UTF8.self))
        typed = line.last
        kept = before.last
        quote = before.quote
    }

    /// What to put in the place of the end, quoted as the quotes that stay ask; nil for words that do
    /// not begin as what is typed.
    package func replacement(_ word: String) -> String? {
        guard word.utf8.starts(with: typed.utf8), word.utf8.starts(with: kept.utf8) else { return nil }
        let rest = String(decoding: Array(word.utf8.dropFirst(kept.utf8.count)), as: UTF8.self)
        return rest.unicodeScalars.enumerated().map { quoted($1, isFirst: $0 == 0 && kept.isEmpty) }.joined()
    }

    private func quoted(_ scalar: Unicode.Scalar, isFirst: Bool) -> String {
        switch quote {
        case "'": return scalar == "'" ? #"'\''"# : String(scalar)
        case "\"":
            // A backslash does not hide an exclamation mark there, and stays.
            if scalar == "!" { return #""\!""# }
            return "\"\\$`".unicodeScalars.contains(scalar) ? "\\" + String(scalar) : String(scalar)
        default:
            let isPlain =
                scalar.value > 127 || scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
                || "_-./:=@%+,".unicodeScalars.contains(scalar) || (scalar == "~" && !isFirst)
            return isPlain ? String(scalar) : "\\" + String(scalar)
        }
    }
}
