import ArgumentParser
import FoundationEssentials
import Glibc

/// The program: arguments in, exit status out.
package enum Program {
    /// The variables that tell what belongs to whom.
    static let ownVariables = [
        "RAY_SESSION_RUN", "RAY_SESSION_RAY", "RAY_LAYER", "RAY_CACHE", NextRay.variable, SSHQuestions.variable,
    ]

    /// Parses and runs the command line of this process and returns its exit status: 0, 1 for a
    /// failure of ours, 2 for usage, 130 on interrupt; the command's own where one ran, and then
    /// 125 for a failure of ours.
    package static func main() -> Int32 {
        // `ray --json session list` is `ray session list --json`.
        let leading = CommandLine.arguments.dropFirst().prefix { OutputOptions.words.contains($0) }
        let arguments = Array(CommandLine.arguments.dropFirst(1 + leading.count))
        var environment = processEnvironment()
        if let status = SSHQuestions.handOver(Array(CommandLine.arguments.dropFirst()), environment) { return status }
        var terminal = Terminal(environment: environment, directory: Context.currentFolder())
        OutputOptions.adjust(&terminal, words: leading)
        if let word = arguments.first, !word.hasPrefix("-"), word != "help", RayCommand.child(word) == nil {
            let words = Array(CommandLine.arguments.dropFirst())
            do throws(Failure) { try NextRay(words: words, environment: environment).takeOver() } catch {
                terminal.report(error.diagnostics)
                return 1
            }
        }
        // Whatever is started here belongs to the session it is started for, not to the one whose
        // shell this may run in.
        for name in ownVariables { environment[name] = nil }
        let command: any RunnableCommand
        do {
            var parsed = try RayCommand.parseAsRoot(arguments)
            guard let runnable = parsed as? any RunnableCommand else {
                // Help, or a command that only has others below it: both throw their help.
                try parsed.run()
                return 0
            }
            command = runnable
        } catch { return finish(parsing: error, arguments, terminal) }
        command.output.adjust(&terminal)
        signal(SIGPIPE, SIG_IGN)
        let interrupts = Interrupts()
        let context = Context(environment: environment, terminal: terminal, arguments: arguments)
        return wait(command, context, interrupts)
    }

    private static func run(_ command: any RunnableCommand, _ context: Context, _ interrupts: Interrupts) async -> Int32
    {
        var (command, context) = (command, context)
        let failure: Failure
        do {
            command = try command.completed(in: context)
            command.output.adjust(&context.terminal)
            let work = Task { [command, context] in try await command.run(context, interrupts) }
            interrupts.onFirst { work.cancel() }
            return try await work.value
        } catch is CancellationError {
            failure = Failure(.cancelled, "interrupted", hint: "run the same command again to go on from here")
        } catch let error as Failure {
            failure = error
        } catch let error as ExitCode {
            return error.rawValue
        } catch {
            failure = Failure(.internal, "something that should not happen did", cause: "\(error)")
        }
        context.terminal.report(failure.diagnostics)
        return status(of: failure.diagnostics, passesStatusThrough: command.passesStatusThrough)
    }

    /// The exit status for what went wrong.
    static func status(of diagnostics: [Diagnostic], passesStatusThrough: Bool = false) -> Int32 {
        let classes = diagnostics.filter { $0.severity == .error }.map(\.errorClass)
        if classes.contains(.cancelled) { return 130 }
        if !classes.isEmpty, classes.allSatisfy({ $0 == .usage }) { return 2 }
        return passesStatusThrough ? 125 : 1
    }

    private static func finish(parsing error: any Error, _ arguments: [String], _ terminal: Terminal) -> Int32 {
        let message = RayCommand.message(for: error)
        guard RayCommand.exitCode(for: error) != .success else {
            terminal.output(withShortLines(message))
            return 0
        }
        var terminal = terminal
        if arguments.prefix(while: { $0 != "--" }).contains("--json") { terminal.isJSON = true }
        terminal.report([
            unknownCommand(in: arguments) ?? unknownOption(message, in: arguments)
                ?? Diagnostic(parsing: message, fullMessage: RayCommand.fullMessage(for: error))
        ])
        return 2
    }

    /// The parser breaks all lines of its help but that of the usage.
    private static func withShortLines(_ help: String) -> String {
        help.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            line.hasPrefix("USAGE: ")
                ? TextStyle(width: 79).wrapped(String(line), indent: "       ") : String(line)
        }.joined(separator: "\n")
    }

    /// What to say when the parser has met an option that the command does not have.
    private static func unknownOption(_ message: String, in arguments: [String]) -> Diagnostic? {
        guard message.hasPrefix("Unknown option '"), let word = message.split(separator: "'").dropFirst().first else {
            return nil
        }
        var command: any ParsableCommand.Type = RayCommand.self
        for name in arguments {
            guard let child = command.child(name) else { break }
            command = child
        }
        return Diagnostic(unknownOption: String(word), of: OptionTable(of: command))
    }

    /// What to say when the first words name no command.
    private static func unknownCommand(in arguments: [String]) -> Diagnostic? {
        var parent: any ParsableCommand.Type = RayCommand.self
        var path = "ray"
        for word in arguments where word != "help" {
            let children = parent.visibleChildren
            guard !word.hasPrefix("-"), !children.isEmpty else { return nil }
            guard let child = parent.child(word) else {
                let names = children.map { $0.commandWord }
                let list = names.map { "`\(path) \($0)`" }.joined(separator: ", ")
                let noOther = parent == RayCommand.self ? "; no other `ray` that could know it is on PATH" : ""
                return Diagnostic(
                    .usage, "there is no command `\(path) \(word)`",
                    hint: suggestion(for: word, among: names) { "\(path) \($0)" }
                        ?? "there are \(list)\(noOther)")
            }
            parent = child
            path += " \(word)"
        }
        return nil
    }

    /// Runs a command to its end on other threads while this one waits.
    private static func wait(_ command: any RunnableCommand, _ context: Context, _ interrupts: Interrupts) -> Int32 {
        Task { exit(await run(command, context, interrupts)) }
        while true { pause() }
    }

    private static func processEnvironment() -> [String: String] {
        var variables: [String: String] = [:]
        var entry = environ
        while let pointer = entry.pointee {
            let text = String(cString: pointer)
            if let equals = text.firstIndex(of: "=") {
                variables[String(text[..<equals])] = String(text[text.index(after: equals)...])
            }
            entry += 1
        }
        return variables
    }
}

extension Context {
    /// The context of this process.
    init(environment: [String: String], terminal: Terminal, arguments: [String]) {
        let program = Self.resolve("/proc/self/exe")
        self.init(
            environment: environment, workingDirectory: Self.currentFolder(),
            folders: Folders(environment: environment, home: Self.home(environment), program: program),
            terminal: terminal, program: program, arguments: arguments)
    }

    private static func resolve(_ link: String) -> String {
        guard let path = realpath(link, nil) else { return link }
        defer { free(path) }
        return String(cString: path)
    }

    fileprivate static func currentFolder() -> String {
        guard let path = getcwd(nil, 0) else { return "/" }
        defer { free(path) }
        return String(cString: path)
    }

    private static func home(_ environment: [String: String]) -> String {
        if let home = environment["HOME"], home.hasPrefix("/") { return home }
        return getpwuid(getuid()).map { String(cString: $0.pointee.pw_dir) } ?? "/"
    }
}
