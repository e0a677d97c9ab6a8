/// The values that a command line gives to the parameters of a command.
package struct CommandArguments: Sendable, Equatable {
    /// One run of the command: what was chosen where there were several values, and the values of all
    /// parameters.
    package struct Variation: Sendable, Equatable {
        /// In the order of the command line.
        package var choices: [PlacedChoice]
        /// The values of all parameters, the chosen ones included.
        package var values: [String: String]
    }

    /// One of several values that a parameter was given.
    package struct PlacedChoice: Sendable, Equatable {
        /// The name of the parameter.
        package var parameter: String
        package var value: String
    }

    /// The values by parameter; those that were given several are not among them.
    package private(set) var values: [String: String] = [:]
    private var several: [(parameter: String, values: [String])] = []

    /// Reads `--name value`, `--name=value`, and `--name` alone where it is a bool.
    ///
    /// `*` stands for each of a parameter's choices, and `a,b` for both where the text as a whole is
    /// no value of the parameter. Throws everything that is wrong at once, with class `usage`.
    package init(parsing words: [String], for command: ProjectCommand) throws(Failure) {
        var reader = Reader(command: command)
        reader.read(words)
        reader.fillIn()
        reader.count()
        guard reader.diagnostics.isEmpty else { throw Failure(reader.diagnostics) }
        self = reader.arguments
    }

    private init() {}

    /// The runs asked for: one, or one for each combination of several values.
    package var variations: [Variation] {
        several.reduce([Variation(choices: [], values: values)]) { variations, axis in
            variations.flatMap { variation in
                axis.values.map { value in
                    var next = variation
                    next.choices.append(PlacedChoice(parameter: axis.parameter, value: value))
                    next.values[axis.parameter] = value
                    return next
                }
            }
        }
    }

    package static func == (left: Self, right: Self) -> Bool { left.variations == right.variations }
}

extension CommandArguments {
    private struct Reader {
        let command: ProjectCommand
        var arguments = CommandArguments()
        var diagnostics: [Diagnostic] = []
        private var given: Set<String> = []

        init(command: ProjectCommand) {
            self.command = command
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
                guard let value = attached ?? self.value(of: parameter, in: &rest) else {
                    given.insert(name)
                    complain("`--\(name)` needs a value")
                    continue
                }
                take(value, for: parameter)
            }
        }

        /// The next word, unless it is another option; a bool needs none.
        private func value(of parameter: Parameter, in rest: inout ArraySlice<String>) -> String? {
            if let next = rest.first, !next.hasPrefix("--") { return rest.removeFirst() }
            return parameter.type == .bool ? "true" : nil
        }

        private mutating func take(_ text: String, for parameter: Parameter) {
            let option = "`--\(parameter.name)`"
            guard given.insert(parameter.name).inserted else {
                complain("\(option) is given twice")
                return
            }
            do throws(Parameter.Refusal) {
                if let values = try parameter.acceptSeveral(text, as: option) {
                    arguments.several.append((parameter.name, values))
                } else {
                    arguments.values[parameter.name] = try parameter.accept(text, as: option)
                }
            } catch {
                complain(error.message, hint: error.hint)
            }
        }

        /// Refuses what nobody can mean, before memory is taken for it.
        mutating func count() {
            let most = 10_000
            var count = 1
            for axis in arguments.several {
                count =
                    count.multipliedReportingOverflow(by: axis.values.count).overflow ? .max : count * axis.values.count
            }
            if count > most { complain("that is more than \(most) runs", hint: "give fewer values") }
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
            let hint =
                suggestion(for: name, among: names) { "--\($0)" }
                ?? (names.isEmpty ? "it takes no options" : listing(names.map { "--\($0)" }))
            complain("there is no option `--\(name)`", hint: hint)
        }

        private mutating func complain(_ message: String, hint: String? = nil) {
            diagnostics.append(Diagnostic(.usage, "\(command.name): \(message)", hint: hint))
        }
    }
}
