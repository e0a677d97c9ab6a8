import PluginKit

/// The commands of a project, with all that is wrong with them and the files that they read.
struct Examination {
    /// Those with something to run.
    private(set) var commands: [Command] = []
    /// The names of the inputs of each command, sorted; nil for one that names none.
    private(set) var inputNames: [[String]?] = []
    /// The absolute paths of the files that are inputs.
    private(set) var inputs: [String] = []
    /// The absolute paths of all that was looked at.
    private(set) var files: [String] = []
    private(set) var diagnostics: [Diagnostic] = []

    init(_ request: BuilderRequest, maximumInputs: Int, call: Call) throws {
        let all = try Command.all(in: request)
        commands = all.filter { !$0.isBlank }
        var search = InputSearch(
            request.project.root, made: commands.flatMap(\.outputs), maximum: maximumInputs, call: call)
        var earlier: [Command] = []
        for command in all {
            guard !command.isBlank else {
                diagnostics.append(command.emptiness)
                continue
            }
            if let named = command.inputs {
                let hasRoom = !search.isFull
                try search.find(named, of: command, after: earlier.flatMap(\.outputs))
                if hasRoom { diagnostics += search.diagnostics }
                inputNames.append(search.names.sorted())
            } else {
                inputNames.append(nil)
            }
            checkOutputs(of: command, after: earlier, root: request.project.root)
            earlier.append(command)
        }
        inputs = search.files.sorted()
        files = search.seen.sorted()
    }

    var hasError: Bool { diagnostics.contains { $0.severity == .error } }

    private mutating func checkOutputs(of command: Command, after earlier: [Command], root: String) {
        let root = NamedPath(".", in: root, at: nil)
        for (index, output) in command.outputs.enumerated() {
            if output.beginsWithTilde {
                report("`~` is not expanded in the output `\(output.text)`", output, hint: "write its absolute path")
            } else if output.inner == nil, !output.isAbsolute {
                report(
                    "output `\(output.text)` leaves the project's root", output,
                    hint: "write the absolute path of what is outside of the project")
            } else if output.isPattern {
                report(
                    "output `\(output.text)` is a pattern", output, hint: "name the folder that its files are in")
            } else if output.holds(root) {
                report(
                    "output `\(output.text)` holds the whole project", output,
                    hint: "name the files and folders that the command makes")
            } else if let other = earlier.first(where: { $0.outputs.contains { $0.names == output.names } })
                ?? (command.outputs[..<index].contains { $0.names == output.names } ? command : nil)
            {
                report("output `\(output.text)` is named already, by \(other.name)", output, hint: "remove one of them")
            } else {
                checkInputs(against: output, earlier + [command])
            }
        }
    }

    /// What a command changes after it, or one before it, has read it, is other than it was at the
    /// next look: it would be built again and again.
    private mutating func checkInputs(against output: NamedPath, _ readers: [Command]) {
        for (index, reader) in readers.enumerated() {
            let made = readers[..<index].flatMap(\.outputs)
            for input in reader.inputs ?? []
            where output.holds(input) && !made.contains(where: { $0.holds(input) }) {
                report(
                    "output `\(output.text)` would change the input `\(input.text)` of \(reader.name)", output,
                    hint: "write it elsewhere, or take it out of `inputs`")
            }
        }
    }

    private mutating func report(_ message: String, _ path: NamedPath, hint: String) {
        diagnostics.append(Diagnostic(.input, message, at: path.place, hint: hint))
    }
}
