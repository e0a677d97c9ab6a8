import ArgumentParser

/// The words that follow our own options, parted into those of the project's command and more of
/// ours.
///
/// `ray session start train --lr 0.1 --name x`: after the command's name an option is the command's
/// where the command has a parameter of that name, else ours. After `--` everything is the
/// command's.
struct CommandWords: Sendable {
    /// The command's name and what is for its parameters.
    private(set) var command: [String] = []
    /// Options of ours that stood after the command's name.
    private(set) var own: [String] = []
    /// Options that are neither's.
    private(set) var unknown: [String] = []
    /// Whether the command's own help is asked for.
    private(set) var wantsHelp = false

    init(_ words: [String], parameters: Set<String>, options: OptionTable) {
        var rest = words[...]
        if let name = rest.popFirst() { command.append(name) }
        while let word = rest.popFirst() {
            if word == "--" {
                command += rest
                return
            }
            let option = word.hasPrefix("--") ? String(word.dropFirst(2).prefix { $0 != "=" }) : ""
            if parameters.contains(option) || !word.hasPrefix("-") {
                command.append(word)
                // What follows is its value, also where that looks like an option of ours.
                if !option.isEmpty, !word.contains("="), let next = rest.first, !next.hasPrefix("--") {
                    command.append(rest.removeFirst())
                }
            } else if word == "--help" || word == "-h" {
                wantsHelp = true
            } else if let known = options.option(word) {
                own.append(word)
                if known.takesValue, !word.contains("="), let value = rest.popFirst() { own.append(value) }
            } else {
                command.append(word)
                unknown.append(String(word.prefix { $0 != "=" }))
            }
        }
    }
}

extension TakesCommand {
    /// Behind shell text options are ours where there is nothing else; else each word is the text's.
    fileprivate func completedShellText(in context: Context) throws -> any RunnableCommand {
        let parts = CommandWords(words, parameters: [], options: OptionTable(of: Self.self))
        guard parts.command.count == 1, !parts.wantsHelp, !words.contains("--") else { return self }
        return try parsed(Array(context.arguments.dropLast(words.count)) + parts.own + ["--"] + parts.command)
    }

    /// The command that `words` make; what is wrong with them as our own kind of error.
    fileprivate func parsed(_ words: [String]) throws -> any RunnableCommand {
        do { return try RayCommand.parseAsRoot(words) as? any RunnableCommand ?? self } catch {
            throw Failure([
                Diagnostic(parsing: RayCommand.message(for: error), fullMessage: RayCommand.fullMessage(for: error))
            ])
        }
    }
}

/// A command of ours that takes a command of the project's.
protocol TakesCommand: RunnableCommand {
    /// Everything from the first word that is not an option of ours.
    var words: [String] { get }
    /// Whether the words are shell text.
    var shell: Bool { get }
    var session: SessionNameOption { get }
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
        guard !shell else { return try completedShellText(in: context) }
        let project = ProjectOutline(at: try LoadedProject.folder(ofSession: session.name, context))
        let parameters = Set(project.parameters(ofCommand: words[0]).map(\.name))
        let options = OptionTable(of: Self.self)
        let parts = CommandWords(words, parameters: parameters, options: options)
        // One of ours that is mistyped is not to be told as the command's.
        if let word = parts.unknown.first(where: { nearest(to: $0, among: parameters.map { "--" + $0 }) == nil }),
            case let unknown = Diagnostic(unknownOption: word, of: options), unknown.hint?.hasPrefix("did you") == true
        {
            throw Failure([unknown])
        }
        let before = Array(context.arguments.dropLast(words.count))
        let help = parts.wantsHelp ? ["--command-help"] : []
        return try parsed(before + parts.own + help + ["--"] + parts.command)
    }
}
