import ArgumentParser
import FoundationEssentials
import Glibc

/// The program: arguments in, exit status out.
package enum Program {
    /// Parses and runs the command line of this process and returns its exit status: 0, 1 for a
    /// failure of ours, 2 for usage, 130 on interrupt; the command's own where one ran, and then
    /// 125 for a failure of ours.
    package static func main() -> Int32 {
        let arguments = Array(CommandLine.arguments.dropFirst())
        var environment = processEnvironment()
        var terminal = Terminal(environment: environment)
        if let word = firstWord(of: arguments), word != "help", RayCommand.child(word) == nil {
            do throws(Failure) { try NextRay(words: arguments, environment: environment).takeOver() } catch {
                terminal.report(error.diagnostics)
                return 1
            }
        }
        // Whatever is started here belongs to the session it is started for, not to the one whose
        // shell this may run in.
        for name in ["RAY_SESSION_RUN", "RAY_SESSION_RAY", "RAY_LAYER", "RAY_CACHE", NextRay.variable] {
            environment[name] = nil
        }
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
        command.adjust(&terminal)
        signal(SIGPIPE, SIG_IGN)
        let interrupts = Interrupts()
        let context = Context(environment: environment, terminal: terminal)
        return wait(command, context, interrupts)
    }

    private static func run(_ command: any RunnableCommand, _ context: Context, _ interrupts: Interrupts) async -> Int32
    {
        let work = Task { try await command.run(context, interrupts) }
        interrupts.onFirst { work.cancel() }
        let failure: Failure
        do { return try await work.value } catch is CancellationError {
            failure = Failure(.cancelled, "interrupted", hint: "run the same command again to go on from here")
        } catch let error as Failure {
            failure = error
        } catch let error as ExitCode {
            return error.rawValue
        } catch {
            failure = Failure(.internal, "something that should not happen did", cause: "\(error)")
        }
        context.terminal.report(failure.diagnostics)
        let classes = failure.diagnostics.filter { $0.severity == .error }.map(\.errorClass)
        if classes.contains(.cancelled) { return 130 }
        if !classes.isEmpty, classes.allSatisfy({ $0 == .usage }) { return 2 }
        return command.passesStatusThrough ? 125 : 1
    }

    private static func finish(parsing error: any Error, _ arguments: [String], _ terminal: Terminal) -> Int32 {
        let message = RayCommand.message(for: error)
        guard RayCommand.exitCode(for: error) != .success else {
            terminal.output(message)
            return 0
        }
        let usage = RayCommand.fullMessage(for: error).split(separator: "\n").first { $0.hasPrefix("Usage:") }
        // In the words of all other errors.
        let words = (message.prefix(1).lowercased() + message.dropFirst()).replacing("'", with: "`")
        terminal.report([
            unknownCommand(in: arguments) ?? Diagnostic(.usage, words, hint: usage.map { "u" + $0.dropFirst() })
        ])
        return 2
    }

    /// The word that names the subcommand; nil where there is none, as in `ray --version`.
    private static func firstWord(of arguments: [String]) -> String? {
        arguments.first.flatMap { $0.hasPrefix("-") ? nil : $0 }
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
                    hint: nearest(to: word, among: names).map { "did you mean `\(path) \($0)`?" }
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
    init(environment: [String: String], terminal: Terminal) {
        let program = Self.resolve("/proc/self/exe")
        self.init(
            environment: environment, workingDirectory: Self.currentFolder(),
            folders: Folders(environment: environment, home: Self.home(environment), program: program),
            terminal: terminal, program: program)
    }

    private static func resolve(_ link: String) -> String {
        guard let path = realpath(link, nil) else { return link }
        defer { free(path) }
        return String(cString: path)
    }

    private static func currentFolder() -> String {
        guard let path = getcwd(nil, 0) else { return "/" }
        defer { free(path) }
        return String(cString: path)
    }

    private static func home(_ environment: [String: String]) -> String {
        if let home = environment["HOME"], home.hasPrefix("/") { return home }
        return getpwuid(getuid()).map { String(cString: $0.pointee.pw_dir) } ?? "/"
    }
}
