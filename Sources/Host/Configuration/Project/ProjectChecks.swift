/// What a schema cannot say about commands and their parameters.
enum ProjectChecks {
    static func diagnostics(of commands: [ProjectCommand]) -> [Diagnostic] {
        repeatedNames(of: commands)
            + commands.flatMap { command in
                let params = command.path.appending("params")
                return diagnostics(of: command.parameters, of: "`\(command.name)`", at: params)
                    + command.template.diagnostics + placeholders(of: command)
            }
    }

    static func diagnostics(of parameters: [Parameter], of owner: String, at path: DocumentPath) -> [Diagnostic] {
        repeatedNames(of: parameters, of: owner)
            + parameters.enumerated().flatMap { values(of: $1, at: path.appending($0)) }
    }

    private static func repeatedNames(of commands: [ProjectCommand]) -> [Diagnostic] {
        var first: [String: Place] = [:]
        return commands.compactMap { command in
            guard let place = first[command.name] else {
                first[command.name] = command.namePlace
                return nil
            }
            return Diagnostic(
                .input, "there are two commands `\(command.name)`, the first on line \(place.line ?? 1)",
                at: command.namePlace)
        }
    }

    private static func repeatedNames(of parameters: [Parameter], of owner: String) -> [Diagnostic] {
        var first: [String: Place] = [:]
        return parameters.compactMap { parameter in
            guard let place = first[parameter.name] else {
                first[parameter.name] = parameter.place
                return nil
            }
            return Diagnostic(
                .input,
                "\(owner) has two parameters `\(parameter.name)`, the first on line \(place.line ?? 1)",
                at: parameter.place)
        }
    }

    private static func values(of parameter: Parameter, at path: DocumentPath) -> [Diagnostic] {
        let choices = parameter.choices.enumerated().compactMap { index, choice in
            wrongType(choice, of: parameter, at: path.appending("choices").appending(index))
        }
        guard let value = parameter.defaultValue else { return choices }
        if let wrong = wrongType(value, of: parameter, at: path.appending("default")) { return choices + [wrong] }
        guard !parameter.choices.isEmpty, parameter.choice(for: value.text) == nil else { return choices }
        let name = path.appending("default")
        return choices + [
            Diagnostic(
                .input, "`\(name)` must be one of \(parameter.choiceWords), not `\(value.text)`", at: value.place)
        ]
    }

    private static func wrongType(
        _ value: PlacedText, of parameter: Parameter, at path: DocumentPath
    ) -> Diagnostic? {
        guard let type = parameter.type, parameter.reading(value.text) == nil else { return nil }
        return Diagnostic(
            .input, "`\(path)` must be \(type.words), as the parameter's `type` says, not `\(value.text)`",
            at: value.place)
    }

    private static func placeholders(of command: ProjectCommand) -> [Diagnostic] {
        let names = command.parameters.map(\.name)
        let used = command.template.placeholders
        let unknown = used.filter { !names.contains($0) }.map { name in
            Diagnostic(
                .input, "`{{\(name)}}` stands for no parameter of `\(command.name)`",
                at: command.template.place.first(of: "{{\(name)}}"),
                hint: suggestion(for: name, among: names) { "{{\($0)}}" }
                    ?? "add `\(name)` to its `params`")
        }
        let unused = command.parameters.filter { !used.contains($0.name) }.map { parameter in
            Diagnostic(
                .input, "`\(command.name)` does not use its parameter `\(parameter.name)`", at: parameter.place,
                hint: "write `{{\(parameter.name)}}` where its value belongs", severity: .warning)
        }
        return unknown + unused
    }
}
