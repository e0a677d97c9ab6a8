/// How the values of parameters are judged, those of commands and those of cluster files alike.
extension Parameter {
    /// What is wrong with a value, or with its absence.
    struct Refusal: Error {
        var message: String
        var hint: String?
    }

    /// The value that a text stands for; `option` is what the command line calls the parameter.
    func accept(_ text: String, as option: String) throws(Refusal) -> String {
        guard let value = reading(text) else {
            throw Refusal(message: "\(option) must be \(type?.words ?? "a string"), not `\(text)`")
        }
        guard !choices.isEmpty else { return value }
        guard let choice = choice(for: text) else {
            throw Refusal(
                message: "\(option) must be one of \(choiceWords), not `\(text)`",
                hint: nearest(to: text, among: choices.map(\.text)).map { "did you mean `\($0)`?" })
        }
        return choice
    }

    /// The value of the default.
    var fallback: String? {
        defaultValue.flatMap { choice(for: $0.text) ?? reading($0.text) }
    }

    /// The value when none is given, or nil where there is none and none is needed.
    func valueUnlessGiven(isUsed: Bool, as option: String) throws(Refusal) -> String? {
        if isRequired == true { throw Refusal(message: "\(option) is required") }
        if let fallback { return fallback }
        if isRequired == false { return "" }
        if isUsed { throw Refusal(message: "\(option) is not given and has no default") }
        return nil
    }
}
