package import PluginKit

/// Builds the key `shell` of `environment`: commands that run in the project's folder.
package struct ShellBuilder: ExplainingBuilder {
    package static let id = "shell"
    package static let version = "1.0.0"

    private let maximumInputs: Int

    package init() {
        // The answer names each of them, and no answer is larger than 16 MiB.
        self.init(maximumInputs: 20_000)
    }

    /// A builder that looks at so many files and folders at most.
    package init(maximumInputs: Int) {
        self.maximumInputs = maximumInputs
    }

    package func check(_ request: BuilderRequest, _ call: Call) throws -> CheckAnswer {
        let found = try Examination(request, maximumInputs: maximumInputs, call: call)
        return CheckAnswer(diagnostics: found.diagnostics, files: found.files)
    }

    package func plan(_ request: BuilderRequest, _ call: Call) throws -> PlanAnswer {
        let found = try Examination(request, maximumInputs: maximumInputs, call: call)
        var answer = PlanAnswer(diagnostics: found.diagnostics, files: found.files)
        guard !found.hasError else { return answer }
        guard let directory = request.project.nodeRoot else {
            throw PluginError(.internal, "`project.node_root` is missing from the request")
        }
        answer.components = components(of: found, directory, request.facts)
        answer.inputs = found.inputs
        answer.steps = found.commands.map { Step(title: $0.title, script: $0.text, timeout: 3600, place: $0.place) }
        answer.outputs = found.commands.flatMap(\.outputs).map { $0.onNode(root: directory) }
        answer.verify = verification(of: found.commands, directory)
        answer.notReproducible = reasons(found.commands)
        return answer
    }

    /// Only `verify` says what the host cannot know: which of the outputs is not there.
    package func explain(_ request: BuilderRequest, _ call: Call) throws -> ExplainAnswer {
        let commands = try Command.all(in: request).filter { !$0.isBlank }
        guard let failure = request.failure, failure.operation == "plan", failure.step == commands.count else {
            return ExplainAnswer()
        }
        let lines = failure.output.split(separator: "\n")
        let missing = commands.flatMap { command in
            command.outputs.filter { lines.contains(Substring(command.absence(of: $0))) }.map { output in
                Diagnostic(
                    .verifyFailed, command.absence(of: output), at: output.place,
                    hint: "make it there, or take it out of `outputs`")
            }
        }
        return ExplainAnswer(diagnostics: missing)
    }

    /// What decides what is built, beside the contents of inputs.
    private func components(
        of found: Examination, _ directory: String, _ facts: [String: String]
    ) -> [String: String] {
        // What the commands do, they mostly do to the files of the project.
        var components = ["directory": directory]
        let platform = ["os", "arch", "libc"].compactMap { facts[$0] }.joined(separator: " ")
        if !platform.isEmpty { components["platform"] = platform }
        func set(_ name: String, _ lines: [String]?) {
            guard let lines, !lines.isEmpty else { return }
            // A name may have a line break in it.
            components[name] = lines.map(\.shellQuoted).joined(separator: "\n")
        }
        for (index, command) in found.commands.enumerated() {
            components["command \(index + 1)"] = command.text
            set("inputs of command \(index + 1)", found.inputNames[index])
            set("outputs of command \(index + 1)", command.outputs.map(\.normalised).sorted())
        }
        return components
    }

    /// A script that fails when an output was not made; nil where none is named.
    private func verification(of commands: [Command], _ directory: String) -> String? {
        let tests = commands.flatMap { command in
            command.outputs.map { output in
                let path = output.onNode(root: directory).shellQuoted
                let message = command.absence(of: output).shellQuoted
                return "[ -e \(path) ] || [ -L \(path) ] || { printf '%s\\n' \(message) >&2; missing=1; }\n"
            }
        }
        return tests.isEmpty ? nil : "missing=0\n\(tests.joined())exit \"$missing\"\n"
    }

    private func reasons(_ commands: [Command]) -> [String] {
        let unknown = commands.filter { $0.inputs == nil }
        guard let last = unknown.last else { return [] }
        guard unknown.count > 1 else {
            return ["\(last.name) names no inputs: it runs again only when its text or a layer below changes"]
        }
        let numbers = unknown.compactMap(\.number).map(String.init)
        let list = "\(numbers.dropLast().joined(separator: ", ")) and \(numbers.suffix(1).joined())"
        return [
            "commands \(list) of `shell` name no inputs: they run again only when their text or a layer below changes"
        ]
    }
}
