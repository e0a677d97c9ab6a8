/// A shell that asks for completions.
package enum CompletionShell: String, Sendable, CaseIterable {
    case bash, zsh, fish

    /// The answer for zsh and fish, which quote and filter: words, each with its help behind a tab.
    package func answer(_ completions: Completions) -> String {
        lines(completions) { $0.help.isEmpty ? $0.text : "\($0.text)\t\($0.help.firstLine)" }
    }

    /// The answer for bash, which takes what it gets.
    package func answer(_ completions: Completions, replacing word: BashWord) -> String {
        lines(completions) { word.replacement($0.text) }
    }

    /// What the shell is to complete itself has no text before the tab.
    private func lines(_ completions: Completions, _ line: (Candidate) -> String?) -> String {
        switch completions {
        case .files: return "\tfiles"
        case .folders: return "\tfolders"
        case .words(let candidates):
            var seen: Set<String> = []
            return candidates.filter { $0.text.isTypable && seen.insert($0.text).inserted }
                .compactMap(line).joined(separator: "\n")
        }
    }
}

extension String {
    /// Whether it can stand on a line of an answer and be typed.
    fileprivate var isTypable: Bool {
        !isEmpty
            && unicodeScalars.allSatisfy { $0.value >= 32 && !(127..<160).contains($0.value) }
    }

    fileprivate var firstLine: String {
        if utf8.allSatisfy({ (32..<127).contains($0) }) { return self }
        return String(printable.prefix { !$0.isNewline }).replacing("\t", with: " ")
    }
}
