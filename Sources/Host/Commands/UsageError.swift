extension Diagnostic {
    /// The error for a word that is no option of ours.
    init(unknownOption word: String, of table: OptionTable) {
        let name = String(word.prefix { $0 != "=" })
        self.init(
            .usage, "there is no option `\(name)`",
            hint: suggestion(for: name, among: table.visibleNames)
                ?? "`--help` lists the options")
    }

    /// The parser's message in the words of all other errors; `fullMessage` has the usage.
    init(parsing message: String, fullMessage: String) {
        var words = String(message.prefix(1).lowercased() + message.dropFirst()).replacing("'", with: "`")
        if let suggestion = words.firstRange(of: ". Did you mean ") {
            let hint = "did you mean " + words[suggestion.upperBound...]
            words.removeSubrange(suggestion.lowerBound...)
            self.init(.usage, words, hint: hint)
            return
        }
        let usage = fullMessage.split(separator: "\n").first { $0.hasPrefix("Usage: ") }?.dropFirst("Usage: ".count)
        // What a command says of its own options needs no more words.
        let isOurs = words.hasPrefix("`")
        self.init(.usage, words, hint: isOurs ? nil : usage.map { "usage: " + Self.shortened(String($0)) })
    }

    /// A usage line with one word for all options that may be left out; `--help` lists them.
    private static func shortened(_ usage: String) -> String {
        var words: [Substring] = []
        var isInside = false
        for word in usage.split(separator: " ") {
            // `[<options>]` is the parser's word for too many of them.
            let begins = word.hasPrefix("[-") || word == "[<options>]"
            if begins, words.last != "[options]" { words.append("[options]") }
            if !begins && !isInside { words.append(word) }
            isInside = (begins || isInside) && !word.hasSuffix("]")
        }
        return words.joined(separator: " ")
    }
}
