/// A text and where it is written.
package struct PlacedText: Sendable, Equatable {
    /// The text as written.
    package var text: String
    /// Where it stands.
    package var place: Place

    /// A text and its place.
    package init(_ text: String, at place: Place) {
        self.text = text
        self.place = place
    }
}

/// What the value of a parameter must be.
package enum ParameterType: String, Sendable {
    case int, float, str, bool

    /// As in "must be a number".
    package var words: String {
        switch self {
        case .int: "a whole number"
        case .float: "a number"
        case .str: "a string"
        case .bool: "`true` or `false`"
        }
    }

    /// The text to use for a value, or nil where it is not of this type.
    package func reading(_ text: String) -> String? {
        switch self {
        case .int:
            let digits = text.hasPrefix("-") || text.hasPrefix("+") ? text.dropFirst() : text[...]
            return !digits.isEmpty && digits.utf8.allSatisfy { (48...57).contains($0) } ? text : nil
        case .float: return Double(text) == nil ? nil : text
        case .str: return text
        case .bool:
            switch text.lowercased() {
            case "true", "yes", "on": return "true"
            case "false", "no", "off": return "false"
            default: return nil
            }
        }
    }
}

/// A parameter of a command or of a cluster file.
package struct Parameter: Sendable, Equatable {
    /// The name: `--name` on the command line, `{{name}}` in the shell text.
    package var name: String
    /// What it is for, in the author's words.
    package var help: String?
    /// What a value must be; nil where any text will do.
    package var type: ParameterType?
    /// The values allowed, as written; empty where any will do.
    package var choices: [PlacedText]
    /// The value when none is given.
    package var defaultValue: PlacedText?
    /// Whether it must be given, where the file says so.
    ///
    /// False: without a default it is the empty text. Nil: it must be given when it has no default
    /// and the command uses it.
    package var isRequired: Bool?
    /// Where it stands.
    package var place: Place

    /// Reads what fits from a node; the schema says what does not.
    init?(_ node: YAMLNode) {
        guard let name = node["name"], let text = name.string else { return nil }
        self.name = text
        place = name.place
        help = node["help"]?.string
        type = node["type"]?.string.flatMap(ParameterType.init)
        choices = []
        isRequired = node["required"]?.bool
        choices = (node["choices"]?.sequence ?? []).compactMap { value($0) }
        defaultValue = node["default"].flatMap { $0.isNull ? nil : value($0) }
    }

    /// A value's text; a number that only YAML can read, as `0x10`, in plain digits.
    private func value(_ node: YAMLNode) -> PlacedText? {
        guard let written = PlacedText(node) else { return nil }
        guard let type, type.reading(written.text) == nil else { return written }
        switch node.value {
        case .int(let number): return PlacedText("\(number)", at: node.place)
        case .float(let number): return PlacedText("\(number)", at: node.place)
        default: return written
        }
    }

    /// The text to use for a value, or nil where it is not of the type.
    package func reading(_ text: String) -> String? {
        guard let type else { return text }
        return type.reading(text)
    }

    /// The choice that a value stands for: the same text, or the same value of the type.
    package func choice(for text: String) -> String? {
        if let same = choices.first(where: { $0.text == text }) { return reading(same.text) }
        guard let type, let value = reading(text) else { return nil }
        return choices.lazy.compactMap { reading($0.text) }.first { choice in
            type == .int || type == .float ? Double(choice) == Double(value) : choice == value
        }
    }

    /// The choices as a sentence has them: "`a`, `b`".
    package var choiceWords: String {
        choices.map { "`\($0.text)`" }.joined(separator: ", ")
    }
}

extension PlacedText {
    /// The text of a scalar; nil for a collection.
    init?(_ node: YAMLNode) {
        guard let text = node.text else { return nil }
        self.init(text, at: node.place)
    }
}
