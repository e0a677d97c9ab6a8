import ArgumentParser

/// What may stand where the cursor is.
package enum Completions: Sendable, Equatable {
    case words([Candidate])
    /// Left to the shell, which knows best how to complete and quote a path.
    case files, folders
}

/// A word that may stand where the cursor is, unquoted.
package struct Candidate: Sendable, Equatable {
    package var text: String
    /// What it is, for those shells that show it.
    package var help: String

    package init(_ text: String, help: String = "") {
        self.text = text
        self.help = help
    }
}

/// Finds what may stand where the cursor is in a command line.
///
/// It does not filter by what is typed of the word already: some shells look for more than the
/// beginning.
package struct Completion {
    private let root: any ParsableCommand.Type
    private let sources: CompletionSources

    init(below root: any ParsableCommand.Type, _ sources: CompletionSources) {
        self.root = root
        self.sources = sources
    }

    /// The completions of `typed`, perhaps empty, behind the words that follow the program's name.
    package func completions(of typed: String, after words: [String]) -> Completions {
        var command = root
        var rest = words[...]
        var isHelp = false
        while !command.configuration.subcommands.isEmpty, let word = rest.popFirst() {
            if word.hasPrefix("-") { continue }
            if word == "help", command == root {
                isHelp = true
            } else if let child = command.child(word) {
                command = child
            } else {
                // It is for the next `ray`, whose words may be files.
                return command == root ? .files : .words([])
            }
        }
        guard command.configuration.subcommands.isEmpty else {
            if typed.hasPrefix("-"), !isHelp { return .words(options(of: command)) }
            return .words(
                command.visibleChildren.map { Candidate($0.commandWord, help: $0.configuration.abstract) })
        }
        if isHelp { return .words([]) }
        var line = CompletionLine(OptionTable(of: command), sources)
        for word in rest { line.read(word) }
        return line.completions(of: typed)
    }

    private func options(of command: any ParsableCommand.Type) -> [Candidate] {
        OptionTable(of: command).options.filter { !$0.isHidden }.compactMap(\.candidate)
    }
}

extension OptionTable.Option {
    /// The long name where there is one.
    var candidate: Candidate? {
        (names.first { $0.hasPrefix("--") } ?? names.first).map { Candidate($0, help: help) }
    }
}
