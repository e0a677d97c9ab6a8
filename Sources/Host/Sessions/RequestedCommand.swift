extension LoadedProject {
    /// The runs of a command of the project: one, or one for each combination of several values.
    package func runs(of name: String, _ arguments: [String]) throws(Failure) -> [SessionCommand] {
        let command = try project.command(named: name)
        let text = { (values: [String: String]) in SessionCommand.Text.script(command.template.render(values)) }
        return try CommandArguments(parsing: arguments, for: command).variations.map { variation in
            var run = SessionCommand(name: name, text: text(variation.values), variables: variables)
            run.choices = variation.choices
            run.clusterFile = command.clusterReference?.file
            run.usesTmux = command.usesTmux
            run.ports = command.forwardedPorts
            return run
        }
    }

    /// Shell text as a command: one word is text, of several each stays the one word that it is.
    package func shellCommand(_ words: [String]) throws(Failure) -> SessionCommand {
        let words = words.first == "--" ? Array(words.dropFirst()) : words
        guard let first = words.first, words.count > 1 || !first.allSatisfy(\.isWhitespace) else {
            throw Failure(.usage, "`--shell` needs a command", hint: "for example `--shell 'ray status'`")
        }
        let text = words.count == 1 ? first : words.map(\.shellQuoted).joined(separator: " ")
        return SessionCommand(name: nil, text: .script(text), variables: variables)
    }
}
