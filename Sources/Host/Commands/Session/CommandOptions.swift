import ArgumentParser

/// What decides how a command of the project's runs.
struct RunOptions: ParsableArguments {
    @Flag(help: "COMMAND is shell text, not the name of a command of the project.")
    var shell = false

    @OptionGroup var command: CommandOptions
    @OptionGroup var sweep: SweepOptions

    @Flag(name: .customLong("command-help"), help: .hidden)
    var commandHelp = false
}

/// The variables of whatever runs in a session, a shell too.
struct CommandOptions: ParsableArguments {
    @Option(
        name: .customLong("env"),
        help: ArgumentHelp(
            "Set a variable for the command; without =VALUE, hand on the one set here.", valueName: "name[=value]"))
    var variables: [String] = []

    /// The variables, by name.
    ///
    /// Throws everything that is wrong with them at once.
    func environment(_ context: Context) throws(Failure) -> [String: String] {
        var values: [String: String] = [:]
        var problems: [Diagnostic] = []
        for word in variables {
            let name = String(word.prefix { $0 != "=" })
            guard Self.isName(name) else {
                problems.append(
                    Diagnostic(
                        .usage, "`--env \(name)\(word == name ? "" : "=…")` does not begin with the name of a variable",
                        hint: "write `--env NAME=VALUE`; a name has letters, digits and `_`"))
                continue
            }
            if Program.ownVariables.contains(name) {
                problems.append(
                    Diagnostic(.usage, "`--env \(name)` is a variable that ray sets itself", hint: "leave it out"))
            } else if word.count > name.count {
                values[name] = String(word.dropFirst(name.count + 1))
            } else if let value = context.environment[name] {
                values[name] = value
            } else {
                problems.append(
                    Diagnostic(
                        .usage, "`--env \(name)` hands on a variable that is not set here",
                        hint: "give it a value with `--env \(name)=VALUE`"))
            }
        }
        guard problems.isEmpty else { throw Failure(problems) }
        return values
    }

    private static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, !(48...57).contains(first) else { return false }
        return text.utf8.allSatisfy { byte in
            byte == UInt8(ascii: "_") || (48...57).contains(byte) || (65...90).contains(byte)
                || (97...122).contains(byte)
        }
    }
}

/// How several runs of one command share the machine.
struct SweepOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Of several runs, this many at a time; as many as there are processors unless given.", valueName: "count"))
    var parallel: Int?

    @Flag(name: .customLong("fail-fast"), help: "Of several runs, end the others when one fails.")
    var failFast = false

    func validate() throws {
        guard parallel ?? 1 >= 1 else { throw ValidationError("`--parallel` must be 1 or more, not \(parallel ?? 0)") }
    }
}
