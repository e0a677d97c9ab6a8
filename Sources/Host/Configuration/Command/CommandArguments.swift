/// The values that a command line gives to the parameters of a command.
package struct CommandArguments: Sendable, Equatable {
    /// One run of the command: what was chosen for each `*`, and the values of all parameters.
    package struct Variation: Sendable, Equatable {
        /// In the order of the command line.
        package var choices: [PlacedChoice]
        /// The values of all parameters, the chosen ones included.
        package var values: [String: String]
    }

    /// One of the choices that a `*` stood for.
    package struct PlacedChoice: Sendable, Equatable {
        /// The name of the parameter.
        package var parameter: String
        /// The choice.
        package var value: String
    }

    /// The values by parameter; those that `*` was given for are not among them.
    package private(set) var values: [String: String] = [:]
    private var wildcards: [Parameter] = []

    /// Reads `--name value` and `--name=value`.
    ///
    /// Throws everything that is wrong at once, with class `usage`. With `allowingWildcards`, `*`
    /// stands for each of a parameter's choices.
    package init(
        parsing words: [String], for command: ProjectCommand, allowingWildcards: Bool = false
    ) throws(Failure) {
        var reader = Reader(command: command, allowsWildcards: allowingWildcards)
        reader.read(words)
        reader.fillIn()
        guard reader.diagnostics.isEmpty else { throw Failure(reader.diagnostics) }
        self = reader.arguments
    }

    private init() {}

    /// The runs asked for: one, or one for each combination of what the `*` stand for.
    package var variations: [Variation] {
        wildcards.reduce([Variation(choices: [], values: values)]) { variations, parameter in
            variations.flatMap { variation in
                parameter.choices.map { choice in
                    let value = parameter.reading(choice.text) ?? choice.text
                    var next = variation
                    next.choices.append(PlacedChoice(parameter: parameter.name, value: value))
                    next.values[parameter.name] = value
                    return next
                }
            }
        }
    }
}

extension CommandArguments {
    private struct Reader {
        let command: ProjectCommand
        let allowsWildcards: Bool
        var arguments = CommandArguments()
        var diagnostics: [Diagnostic] = []
        private var given: Set<String> = []

        init(command: ProjectCommand, allowsWildcards: Bool) {
            self.command = command
            self.allowsWildcards = allowsWildcards
        }

        mutating func read(_ words: [String]) {
            var rest = words[...]
            while let word = rest.popFirst() {
                guard word.hasPrefix("--"), word != "--" else {
                    complain("unexpected argument `\(word)`")
                    continue
                }
                let equals = word.firstIndex(of: "=")
                let name = String(word[..<(equals ?? word.endIndex)].dropFirst(2))
                let attached = equals.map { String(word[word.index(after: $0)...]) }
                guard let parameter = command.parameter(named: name) else {
                    refuse(name)
                    // What follows was meant as its value.
                    if attached == nil, let next = rest.first, !next.hasPrefix("--") { rest.removeFirst() }
                    continue
                }
                guard let value = attached ?? (rest.first?.hasPrefix("--") == false ? rest.popFirst() : nil) else {
                    given.insert(name)
                    complain("`--\(name)` needs a value")
                    continue
                }
                take(value, for: parameter)
            }
        }

        private mutating func take(_ text: String, for parameter: Parameter) {
            let option = "`--\(parameter.name)`"
            guard given.insert(parameter.name).inserted else {
                complain("\(option) is given twice")
                return
            }
            if allowsWildcards, text == "*", parameter.choice(for: text) == nil {
                if parameter.choices.isEmpty {
                    complain("\(option) has no choices that `*` could stand for")
                } else {
                    arguments.wildcards.append(parameter)
                }
                return
            }
            do throws(Parameter.Refusal) {
                arguments.values[parameter.name] = try parameter.accept(text, as: option)
            } catch {
                complain(error.message, hint: error.hint)
            }
        }

        mutating func fillIn() {
            for parameter in command.parameters where !given.contains(parameter.name) {
                do throws(Parameter.Refusal) {
                    let isUsed = command.template.placeholders.contains(parameter.name)
                    arguments.values[parameter.name] = try parameter.valueUnlessGiven(
                        isUsed: isUsed, as: "`--\(parameter.name)`")
                } catch {
                    complain(error.message, hint: error.hint)
                }
            }
        }

        private mutating func refuse(_ name: String) {
            let names = command.parameters.map(\.name)
            let list = names.map { "`--\($0)`" }.joined(separator: ", ")
            let hint =
                nearest(to: name, among: names).map { "did you mean `--\($0)`?" }
                ?? (names.isEmpty ? "it takes no options" : "there are \(list)")
            complain("there is no option `--\(name)`", hint: hint)
        }

        private mutating func complain(_ message: String, hint: String? = nil) {
            diagnostics.append(Diagnostic(.usage, "\(command.name): \(message)", hint: hint))
        }
    }
}
