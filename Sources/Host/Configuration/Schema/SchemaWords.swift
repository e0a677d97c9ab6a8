/// The sentences about one value: what it is called, what it must be, what it is.
struct SchemaWords {
    let subject: String
    let path: DocumentPath
    let rule: SchemaRule
    let definitions: [String: SchemaRule]

    private var name: String { path.isRoot ? subject : "`\(path)`" }

    func finding(
        _ predicate: String, _ node: YAMLNode, kind: SchemaFinding.Kind = .other, hint: String? = nil
    ) -> SchemaFinding {
        SchemaFinding(
            kind: kind, path: path,
            diagnostic: Diagnostic(.input, "\(name) \(predicate)", at: node.place, hint: hint))
    }

    func wrongType(_ node: YAMLNode) -> SchemaFinding {
        wrongType(node, expected: expectation(of: rule))
    }

    func fitsNone(of rules: [SchemaRule], _ node: YAMLNode) -> SchemaFinding {
        var words: [String] = []
        for word in rules.map(expectation) where !words.contains(word) { words.append(word) }
        return wrongType(node, expected: rule.expected ?? words.joined(separator: " or "))
    }

    private func wrongType(_ node: YAMLNode, expected: String) -> SchemaFinding {
        if node.isNull {
            let predicate = path.isRoot ? "is empty" : "must be \(expected), but it is empty"
            return finding(predicate, node, kind: .wrongType)
        }
        let isNearlyRight = node.number != nil && expected.contains("number")
        let found = isNearlyRight ? node.snippet : node.kindInWords
        return finding(
            "must be \(expected), not \(found)", node, kind: .wrongType,
            hint: hint(forWrongType: node, expected: expected))
    }

    func notAmong(_ values: [JSONValue], _ node: YAMLNode) -> SchemaFinding {
        let texts = values.map(\.snippet)
        let list = texts.map { "`\($0)`" }.joined(separator: ", ")
        let hint = node.text.flatMap { suggestion(for: $0, among: texts) }
        let expected = values.count == 1 ? list : "one of \(list)"
        return finding("must be \(expected), not \(node.snippet)", node, hint: hint)
    }

    func outOfBounds(_ bound: SchemaBound, _ node: YAMLNode) -> SchemaFinding {
        let limit = JSONValue.number(bound.limit).snippet
        let relation =
            switch bound.relation {
            case .atLeast: "at least"
            case .atMost: "at most"
            case .above: "more than"
            case .below: "less than"
            }
        if bound.measure == .number {
            return finding("must be \(relation) \(limit), not \(node.snippet)", node)
        }
        if bound.relation == .atLeast, bound.limit == 1 { return finding("must not be empty", node) }
        let unit =
            switch bound.measure {
            case .characters: "character"
            case .items: "item"
            case .number, .properties: "key"
            }
        return finding("must have \(relation) \(limit) \(unit)\(bound.limit == 1 ? "" : "s")", node)
    }

    func unknownKey(_ entry: YAMLEntry, among known: [String]) -> SchemaFinding {
        let hint = suggestion(for: entry.key, among: known) ?? hint(naming: known)
        return SchemaFinding(
            kind: .unknownKey(entry), path: path,
            diagnostic: Diagnostic(
                .input, "`\(entry.key)` is not a key of \(name)", at: entry.keyPlace, hint: hint))
    }

    func refusedName(_ entry: YAMLEntry, expected: String?) -> SchemaFinding {
        let must = expected.map { ", which must be \($0)" } ?? ""
        return SchemaFinding(
            kind: .other, path: path,
            diagnostic: Diagnostic(
                .input, "`\(entry.key)` cannot be a key of \(name)\(must)", at: entry.keyPlace))
    }

    /// About a key that is not there; nil where a mistyped one was told already.
    func missing(_ key: String, in node: YAMLNode) -> SchemaFinding? {
        let named = rule.named
        let mistyped = node.mapping?.first { entry in
            !named.contains(entry.key) && nearest(to: entry.key, among: named.isEmpty ? [key] : named) == key
        }
        if mistyped != nil, rule.isClosed { return nil }
        return SchemaFinding(
            kind: .other, path: path,
            diagnostic: Diagnostic(
                .input, "`\(path.appending(key))` is missing", at: mistyped?.keyPlace ?? node.place,
                hint: mistyped.map { "write `\(key)` instead of `\($0.key)`" }))
    }

    func missing(_ key: String, neededBy other: YAMLEntry) -> SchemaFinding {
        SchemaFinding(
            kind: .other, path: path,
            diagnostic: Diagnostic(
                .input, "`\(path.appending(key))` is missing, which `\(path.appending(other.key))` needs",
                at: other.keyPlace))
    }

    /// About a value that fits what it must not fit.
    func fits(_ refused: SchemaRule, _ node: YAMLNode) -> SchemaFinding {
        var place = node.place
        for case .required(let names) in refused.keywords {
            // Of keys that exclude each other, the last one is the one too many.
            place = node.mapping?.last { names.contains($0.key) }?.keyPlace ?? place
        }
        var finding = finding(refused.refusal ?? rule.refusal ?? "is not allowed to be so", node)
        finding.diagnostic.place = place
        return finding
    }

    private func expectation(of rule: SchemaRule) -> String {
        // Beside a pattern the words are the pattern's: what lacks the type needs other ones.
        let hasPattern = rule.keywords.contains { if case .pattern = $0 { true } else { false } }
        if let expected = rule.expected, !hasPattern { return expected }
        for keyword in rule.keywords {
            switch keyword {
            case .type(let types): return types.map { words(for: $0, of: rule) }.joined(separator: " or ")
            case .reference(let name): return definitions[name].map(expectation) ?? "something else"
            case .enumeration(let values):
                return values.map { "`\($0.snippet)`" }.joined(separator: " or ")
            default: continue
            }
        }
        return "something else"
    }

    private func words(for type: SchemaType, of rule: SchemaRule) -> String {
        switch type {
        case .null: return "empty"
        case .boolean: return "`true` or `false`"
        case .integer: return "a whole number"
        case .number: return "a number"
        case .string: return "a string"
        case .object: return "a mapping"
        case .array:
            for case .items(_, let items) in rule.keywords {
                if let plural = plural(of: items) { return "a list of \(plural)" }
            }
            return "a list"
        }
    }

    private func plural(of rule: SchemaRule) -> String? {
        for keyword in rule.keywords {
            switch keyword {
            case .type(let types): return types.count == 1 ? Self.plurals[types[0]] : nil
            case .reference(let name):
                // One step is enough for words; more could be a loop.
                for case .type(let types) in definitions[name]?.keywords ?? [] where types.count == 1 {
                    return Self.plurals[types[0]]
                }
            default: continue
            }
        }
        return nil
    }

    private static let plurals: [SchemaType: String] = [
        .integer: "whole numbers", .number: "numbers", .string: "strings", .object: "mappings", .array: "lists",
    ]
}

extension YAMLNode {
    var kindInWords: String {
        switch value {
        case .null: "empty"
        case .bool: "a boolean"
        case .int, .float: "a number"
        case .string: "a string"
        case .sequence: "a list"
        case .mapping: "a mapping"
        }
    }

    /// The value as it can be shown in a sentence.
    var snippet: String {
        guard let text, !isNull else { return kindInWords }
        let line = text.prefix { !$0.isNewline }
        let short = line.prefix(60)
        return short.count < text.count ? "`\(short)…`" : "`\(text)`"
    }

    func equals(_ json: JSONValue) -> Bool {
        switch (value, json) {
        case (.int(let left), .number(let right)): Double(left) == right
        case (.float(let left), .int(let right)): left == Double(right)
        default: self.json == json
        }
    }
}

extension JSONValue {
    fileprivate var snippet: String {
        switch self {
        case .string(let text): text
        case .number(let number): Int64(exactly: number).map { "\($0)" } ?? "\(number)"
        default: String(decoding: canonical, as: UTF8.self)
        }
    }
}
