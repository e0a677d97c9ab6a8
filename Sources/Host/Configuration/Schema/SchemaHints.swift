/// What to do about a value or a key that differs from its schema.
extension SchemaWords {
    /// The names that the mapping can have, where there are few enough to tell.
    func hint(naming known: [String]) -> String? {
        guard !known.isEmpty, known.count <= 12 else { return nil }
        return "it can have \(known.map { "`\($0)`" }.joined(separator: ", "))"
    }

    func hint(forWrongType node: YAMLNode, expected: String) -> String? {
        switch node.value {
        case .string(let text):
            if isValueInQuotes(node, text, expected) { return "leave the quotes out: `\(text)`" }
            guard expected.hasPrefix("a list of strings") || expected == "a list of values" else { break }
            return Self.isPlainInList(text) ? "write a list of one as `[\(text)]`" : Self.itemHint
        case .bool, .int, .float:
            guard expected.contains("a string"), let text = node.text else { break }
            return "put it in quotes: `\"\(text)\"`"
        case .sequence(let items):
            guard expected.hasPrefix("a string"), items.count == 1, let text = items[0].string else { break }
            return "write it without the list: `\(text.prefix { !$0.isNewline })`"
        default: break
        }
        if expected == "a mapping" { return hint(forMappingInsteadOf: node) }
        return expected == "a list of mappings" ? Self.itemHint : nil
    }

    private func hint(forMappingInsteadOf node: YAMLNode) -> String? {
        for case .required(let names) in rule.keywords where names.count == 1 {
            if let text = node.text, Self.isPlainInList(text) { return "write `{\(names[0]): \(text)}`" }
        }
        return rule.isClosed ? hint(naming: rule.named) : nil
    }

    private static let itemHint = "begin each item with `- `, in a line of its own"

    private func isValueInQuotes(_ node: YAMLNode, _ text: String, _ expected: String) -> Bool {
        guard !node.isPlain else { return false }
        if expected.contains("a number") { return Double(text) != nil }
        if expected.contains("a whole number") { return Int64(text) != nil }
        return expected.contains("`true`") && (text == "true" || text == "false")
    }

    private static func isPlainInList(_ text: String) -> Bool {
        !text.contains(": ") && !text.contains { $0.isNewline || ",[]{}#&*!|>'\"%@`".contains($0) }
    }
}

extension SchemaRule {
    /// The keys that a mapping can have.
    var named: [String] {
        keywords.flatMap { keyword -> [String] in
            if case .properties(let rules) = keyword { rules.keys.sorted() } else { [] }
        }
    }

    /// Whether keys that are not among these are refused.
    var isClosed: Bool {
        keywords.contains { if case .additionalProperties(_, _, nil) = $0 { true } else { false } }
    }
}
