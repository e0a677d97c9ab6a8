/// What is given to cluster files: by the command line to their parameters, `--cluster-param NAME=VALUE`, and by the
/// environment.
package struct ClusterArguments: Sendable, Equatable {
    /// The variables that `${NAME}` stands for.
    package var environment: [String: String] = [:]
    /// The texts by parameter.
    private var given: [String: String] = [:]
    private var order: [String] = []

    /// Nothing given.
    package init() {}

    /// Reads `NAME=VALUE`; throws everything that is wrong at once, with class `usage`.
    package init(parsing words: [String]) throws(Failure) {
        var diagnostics: [Diagnostic] = []
        for word in words {
            guard let equals = word.firstIndex(of: "="), equals != word.startIndex else {
                diagnostics.append(
                    Diagnostic(
                        .usage, "`--cluster-param` must be `NAME=VALUE`, not `\(word)`",
                        hint: word.isEmpty || word.hasPrefix("=") ? nil : "write `--cluster-param \(word)=VALUE`"))
                continue
            }
            let name = String(word[..<equals])
            if given[name] != nil {
                diagnostics.append(Diagnostic(.usage, "\(Self.option(name)) is given twice"))
            } else {
                order.append(name)
            }
            given[name] = String(word[word.index(after: equals)...])
        }
        guard diagnostics.isEmpty else { throw Failure(diagnostics) }
    }

    /// What the command line calls a parameter.
    static func option(_ name: String) -> String { "`--cluster-param \(name)=…`" }

    /// What is given and is no parameter of any of the project's cluster files.
    func unknown(among parameters: [Parameter], of file: String) -> [Diagnostic] {
        let names = parameters.map(\.name)
        return order.filter { !names.contains($0) }.map { name in
            Diagnostic(
                .usage, "there is no cluster parameter `\(name)`",
                hint: suggestion(for: name, among: names)
                    ?? (names.isEmpty ? "add it to `cluster.params` in `\(file)`" : listing(names)))
        }
    }

    /// The values of a cluster file's parameters, `used` being those that stand in it.
    func values(for reference: ClusterReference, used: Set<String>) -> ClusterValues {
        var values = ClusterValues(parameters: reference.parameters.map(\.name))
        guard reference.isSound else { return values }
        for parameter in reference.parameters {
            do throws(Parameter.Refusal) {
                let option = Self.option(parameter.name)
                let text =
                    if let text = given[parameter.name] {
                        try parameter.accept(text, as: option)
                    } else {
                        try parameter.valueUnlessGiven(isUsed: used.contains(parameter.name), as: option)
                    }
                values.set(text, for: parameter, isGiven: given[parameter.name] != nil)
            } catch {
                let diagnostic = Diagnostic(.usage, error.message, hint: error.hint)
                if given[parameter.name] != nil {
                    values.diagnostics.append(diagnostic)
                } else {
                    // What a default can tell is checked all the same.
                    values.set(parameter.fallback, for: parameter, isGiven: false)
                    values.missing.append(diagnostic)
                }
            }
        }
        return values
    }
}

/// The values that stand for the placeholders of one cluster file.
struct ClusterValues {
    struct Value {
        var text: String
        var type: ParameterType?
        /// Whether the parameter was left out and has no default: as a whole value it is nothing.
        var isNothing: Bool
    }

    /// The names of all parameters.
    var parameters: [String]
    /// The values by parameter; one without is not known.
    private(set) var values: [String: Value] = [:]
    /// What is wrong with the values given.
    var diagnostics: [Diagnostic] = []
    /// The values that a session needs and that nobody gave.
    var missing: [Diagnostic] = []

    init(parameters: [String]) {
        self.parameters = parameters
    }

    mutating func set(_ text: String?, for parameter: Parameter, isGiven: Bool) {
        guard let text else { return }
        let isNothing = !isGiven && parameter.defaultValue == nil
        values[parameter.name] = Value(text: text, type: parameter.type, isNothing: isNothing)
    }
}
