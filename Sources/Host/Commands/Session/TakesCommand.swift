import ArgumentParser

/// A command of ours that takes a command of the project's.
protocol TakesCommand: RunnableCommand {
    /// Everything from the first word that is not an option of ours.
    var words: [String] { get }
    var session: SessionNameOption { get }
    var running: RunOptions { get }
    var plugins: PluginPathOptions { get }
}

extension TakesCommand {
    /// The words without the `--` in front of them.
    var commandWords: [String] { words.first == "--" ? Array(words.dropFirst()) : words }

    /// This command with the options that stood after the name of the project's command.
    func completed(in context: Context) throws -> any RunnableCommand {
        // The parser leaves all words to the command, these too.
        if let word = words.first, word == "--help" || word == "-h" {
            context.terminal.output(RayCommand.helpMessage(for: Self.self))
            throw ExitCode.success
        }
        guard words.count > 1, !words[0].hasPrefix("-") else { return self }
        let before = Array(context.arguments.dropLast(words.count))
        let options = OptionTable(of: Self.self)
        guard !running.shell else { return try completedShellText(before, options) }
        let project = ProjectOutline(at: try LoadedProject.folder(ofSession: session.name, context))
        let parameters = Set(project.parameters(ofCommand: words[0]).map(\.name))
        let parts = CommandWords(words, parameters: parameters, options: options)
        // One of ours that is mistyped is not to be told as the command's.
        for word in parts.unknown where nearest(to: word, among: parameters.map { "--" + $0 }) == nil {
            guard nearest(to: word, among: options.visibleNames) == nil else {
                throw Failure([Diagnostic(unknownOption: word, of: options)])
            }
        }
        return try parsed(before + parts.own + (parts.wantsHelp ? ["--command-help"] : []) + ["--"] + parts.command)
    }

    /// Behind shell text options are ours where there is nothing else; else each word is the text's.
    private func completedShellText(_ before: [String], _ options: OptionTable) throws -> any RunnableCommand {
        let parts = CommandWords(words, parameters: [], options: options)
        guard parts.command.count == 1, !parts.wantsHelp, !words.contains("--") else { return self }
        return try parsed(before + parts.own + ["--"] + parts.command)
    }

    /// The command that `words` make; what is wrong with them as our own kind of error.
    private func parsed(_ words: [String]) throws -> any RunnableCommand {
        do { return try RayCommand.parseAsRoot(words) as? any RunnableCommand ?? self } catch {
            throw Failure([
                Diagnostic(parsing: RayCommand.message(for: error), fullMessage: RayCommand.fullMessage(for: error))
            ])
        }
    }
}
