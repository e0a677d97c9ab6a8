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
                hint: suggestion(for: text, among: choices.map(\.text)))
        }
        return choice
    }

    /// The values of a text that stands for several: all choices for `*`, or those of a list; nil
    /// for any other text.
    ///
    /// A comma parts a list only where the text with the comma is no value itself.
    func acceptSeveral(_ text: String, as option: String) throws(Refusal) -> [String]? {
        if text == "*", choice(for: text) == nil, type != .str || !choices.isEmpty {
            if type == .bool, choices.isEmpty { return ["true", "false"] }
            guard !choices.isEmpty else {
                throw Refusal(
                    message: "\(option) has no choices that `*` could stand for",
                    hint: "give it `choices` in the project file, or `type: str` if `*` itself is meant")
            }
            return choices.map { reading($0.text) ?? $0.text }
        }
        let isValue = choices.isEmpty ? reading(text) != nil : choice(for: text) != nil
        guard !isValue, text.contains(",") else { return nil }
        var values: [String] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard !part.isEmpty else { throw Refusal(message: "\(option) has an empty value in its list `\(text)`") }
            let value = try accept(String(part), as: option)
            guard !values.contains(value) else { throw Refusal(message: "\(option) has `\(part)` twice") }
            values.append(value)
        }
        return values
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
