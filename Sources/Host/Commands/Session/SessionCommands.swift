import ArgumentParser

struct SessionCommands: RunnableCommand {
    static let configuration = CommandConfiguration(
        commandName: "commands", abstract: "List the project's commands and their parameters.",
        discussion: """
            $ ray session commands
            $ ray session start train --help
            """)

    @OptionGroup var plugins: PluginPathOptions
    @OptionGroup var output: OutputOptions

    func run(_ context: Context, _ interrupts: Interrupts) async throws -> Int32 {
        let project = try LoadedProject(context, plugins.options).project
        if context.terminal.isJSON {
            context.terminal.output(
                json: ["project": .string(project.name), "commands": .array(project.commands.map(\.json))])
            return 0
        }
        context.terminal.output("Active project: \(project.name)")
        for command in project.commands {
            context.terminal.output("\nCommand \"\(command.name)\":\n" + CommandHelp(command).text(indent: "  "))
        }
        if project.commands.isEmpty {
            context.terminal.note("it has no commands; `commands` in \(project.file) is where they go")
        }
        return 0
    }
}

/// How a command of the project is used.
struct CommandHelp {
    private let command: ProjectCommand

    init(_ command: ProjectCommand) {
        self.command = command
    }

    /// Prints the help of one command.
    static func show(_ name: String, of project: Project, _ context: Context) throws(Failure) -> Int32 {
        let command = try project.command(named: name)
        if context.terminal.isJSON {
            context.terminal.output(json: command.json)
        } else {
            context.terminal.output(CommandHelp(command).text(indent: ""))
        }
        return 0
    }

    /// Usage, help and parameters, in lines of at most 79 columns where their words allow it.
    func text(indent: String) -> String {
        let style = TextStyle(width: 79)
        let usage = ["usage: ray session start \(command.name.shellQuoted)"] + command.parameters.map(\.usage)
        var lines = [style.wrapped(indent + usage.joined(separator: " "), indent: indent + "         ")]
        if let help = command.help {
            lines += help.split(separator: "\n").map { style.wrapped(indent + $0, indent: indent) }
        }
        if !command.parameters.isEmpty { lines.append("") }
        let width = min(command.parameters.map(\.option.count).max() ?? 0, 24)
        for parameter in command.parameters {
            let gap = String(repeating: " ", count: max(0, width - parameter.option.count) + 2)
            let margin = indent + String(repeating: " ", count: width + 4)
            lines.append(
                parameter.about.isEmpty
                    ? indent + "  " + parameter.option
                    : wrapped(indent + "  " + parameter.option + gap, parameter.about, margin, style))
        }
        return lines.joined(separator: "\n").printable
    }

    /// What `wrapped` would take for words, an option with its gap, is put in front afterwards.
    private func wrapped(_ first: String, _ about: String, _ margin: String, _ style: TextStyle) -> String {
        let text = style.wrapped(margin + about, indent: margin)
        return first.count > margin.count ? first.trimmingEnd + "\n" + text : first + text.dropFirst(first.count)
    }
}

extension String {
    fileprivate var trimmingEnd: String { String(reversed().drop { $0 == " " }.reversed()) }
}

extension Parameter {
    /// Whether a value must be given.
    fileprivate var mustBeGiven: Bool { isRequired ?? (defaultValue == nil) }

    private var value: String {
        choices.isEmpty ? (type?.rawValue ?? "value").uppercased() : "{\(choices.map(\.text).joined(separator: ","))}"
    }

    /// `--lr FLOAT`.
    fileprivate var option: String { "--\(name) \(value)" }

    fileprivate var usage: String { mustBeGiven ? option : "[\(option)]" }

    /// The author's words, and what goes without saying.
    fileprivate var about: String {
        let fallback =
            mustBeGiven
            ? "required"
            : defaultValue.map { $0.text.isEmpty ? "empty unless given" : "default: \($0.text)" }
                ?? "empty unless given"
        return [help.map { $0.split(separator: "\n").joined(separator: " ") }, "(\(fallback))"].compactMap(\.self)
            .joined(separator: " ")
    }

    var json: JSONValue {
        var members: [String: JSONValue] = ["name": .string(name), "required": .bool(mustBeGiven)]
        members["help"] = help.map(JSONValue.string)
        members["type"] = type.map { .string($0.rawValue) }
        members["default"] = defaultValue.map { .string($0.text) }
        if !choices.isEmpty { members["choices"] = .array(choices.map { .string($0.text) }) }
        return .object(members)
    }
}

extension ProjectCommand {
    var json: JSONValue {
        var members: [String: JSONValue] = [
            "name": .string(name), "command": .string(template.text), "params": .array(parameters.map(\.json)),
        ]
        members["help"] = help.map(JSONValue.string)
        members["cluster"] = clusterReference.map { .string($0.file.text) }
        return .object(members)
    }
}
