/// Holds values against rules.
struct SchemaCheck {
    /// More references in a row, without a step into the value, are a loop.
    private static let maximumReferences = 32

    let definitions: [String: SchemaRule]
    let subject: String
    private var references = 0

    init(definitions: [String: SchemaRule], subject: String) {
        self.definitions = definitions
        self.subject = subject
    }

    func findings(in node: YAMLNode, at path: DocumentPath, by rule: SchemaRule) -> [SchemaFinding] {
        let words = SchemaWords(subject: subject, path: path, rule: rule, definitions: definitions)
        // What else a rule says of a value of the wrong type is only noise.
        for case .type(let types) in rule.keywords where !types.contains(where: { $0.matches(node) }) {
            return [words.wrongType(node)]
        }
        return rule.keywords.flatMap { keyword in
            switch keyword {
            case .properties, .patternProperties, .additionalProperties, .propertyNames, .required,
                .dependentRequired:
                node.mapping.map { findings(in: $0, of: node, for: keyword, words: words) } ?? []
            case .prefixItems, .items, .uniqueItems:
                node.sequence.map { findings(in: $0, for: keyword, words: words) } ?? []
            case .allOf, .anyOf, .oneOf, .not, .conditional, .reference:
                findings(in: node, combining: keyword, words: words)
            default: findings(in: node, limitedBy: keyword, words: words)
            }
        }
    }

    /// A check of values that lie inside the one at hand.
    private var inside: SchemaCheck {
        SchemaCheck(definitions: definitions, subject: subject)
    }

    private func findings(
        in node: YAMLNode, limitedBy keyword: SchemaKeyword, words: SchemaWords
    ) -> [SchemaFinding] {
        switch keyword {
        case .never: return [words.finding("is not allowed", node)]
        case .enumeration(let values):
            return values.contains { node.equals($0) } ? [] : [words.notAmong(values, node)]
        case .pattern(let pattern):
            guard let text = node.string, !pattern.matches(text) else { return [] }
            let expected = words.rule.expected ?? "a text that matches `\(pattern.source)`"
            return [words.finding("must be \(expected), not \(node.snippet)", node)]
        case .bound(let bound):
            guard let size = bound.size(of: node), !bound.allows(size) else { return [] }
            return [words.outOfBounds(bound, node)]
        default: return []
        }
    }

    private func findings(
        in items: [YAMLNode], for keyword: SchemaKeyword, words: SchemaWords
    ) -> [SchemaFinding] {
        switch keyword {
        case .prefixItems(let rules):
            return zip(items, rules).enumerated().flatMap { index, pair in
                inside.findings(in: pair.0, at: words.path.appending(index), by: pair.1)
            }
        case .items(let skipped, let rule):
            return items.enumerated().dropFirst(skipped).flatMap { index, item in
                inside.findings(in: item, at: words.path.appending(index), by: rule)
            }
        default:
            var seen: [JSONValue: Int] = [:]
            return items.enumerated().compactMap { index, item in
                guard let first = seen.updateValue(seen[item.json] ?? index, forKey: item.json) else { return nil }
                let path = words.path
                return SchemaFinding(
                    kind: .other, path: path.appending(index),
                    diagnostic: Diagnostic(
                        .input, "`\(path.appending(index))` is the same as `\(path.appending(first))`",
                        at: item.place))
            }
        }
    }

    private func findings(
        in entries: [YAMLEntry], of node: YAMLNode, for keyword: SchemaKeyword, words: SchemaWords
    ) -> [SchemaFinding] {
        let path = words.path
        switch keyword {
        case .properties(let rules):
            return entries.flatMap { entry in
                rules[entry.key].map { inside.findings(in: entry.value, at: path.appending(entry.key), by: $0) } ?? []
            }
        case .patternProperties(let rules):
            return entries.flatMap { entry in
                rules.filter { $0.pattern.matches(entry.key) }.flatMap {
                    inside.findings(in: entry.value, at: path.appending(entry.key), by: $0.rule)
                }
            }
        case .additionalProperties(let named, let matched, let rule):
            return entries.filter { entry in
                !named.contains(entry.key) && !matched.contains { $0.matches(entry.key) }
            }.flatMap { entry in
                rule.map { inside.findings(in: entry.value, at: path.appending(entry.key), by: $0) }
                    ?? [words.unknownKey(entry, among: named)]
            }
        case .propertyNames(let rule):
            return entries.filter { entry in
                let name = YAMLNode(.string(entry.key), at: entry.keyPlace, text: entry.key)
                return !inside.findings(in: name, at: path, by: rule).isEmpty
            }.map { words.refusedName($0, expected: rule.expected) }
        case .required(let names):
            return names.filter { node[$0] == nil }.compactMap { words.missing($0, in: node) }
        case .dependentRequired(let dependencies):
            return entries.flatMap { entry in
                (dependencies[entry.key] ?? []).filter { node[$0] == nil }
                    .map { words.missing($0, neededBy: entry) }
            }
        default: return []
        }
    }
}

// MARK: - Combinations

extension SchemaCheck {
    private func findings(
        in node: YAMLNode, combining keyword: SchemaKeyword, words: SchemaWords
    ) -> [SchemaFinding] {
        let path = words.path
        switch keyword {
        case .allOf(let rules):
            return rules.flatMap { findings(in: node, at: path, by: $0) }
        case .anyOf(let rules):
            let branches = rules.map { findings(in: node, at: path, by: $0) }
            return branches.contains { $0.isEmpty } ? [] : best(of: branches, rules, for: node, words: words)
        case .oneOf(let rules):
            let branches = rules.map { findings(in: node, at: path, by: $0) }
            switch branches.count(where: \.isEmpty) {
            case 0: return best(of: branches, rules, for: node, words: words)
            case 1: return []
            default: return [words.finding("fits more than one of the forms it may have", node)]
            }
        case .not(let rule):
            return findings(in: node, at: path, by: rule).isEmpty ? [words.fits(rule, node)] : []
        case .conditional(let condition, let then, let otherwise):
            let isMet = findings(in: node, at: path, by: condition).isEmpty
            return (isMet ? then : otherwise).map { findings(in: node, at: path, by: $0) } ?? []
        case .reference(let name):
            guard references < Self.maximumReferences, let rule = definitions[name] else { return [] }
            var check = self
            check.references += 1
            return check.findings(in: node, at: path, by: rule)
        default: return []
        }
    }

    /// What to say of a value that fits no branch: what is wrong by the branch it was meant for.
    private func best(
        of branches: [[SchemaFinding]], _ rules: [SchemaRule], for node: YAMLNode, words: SchemaWords
    ) -> [SchemaFinding] {
        let candidates = branches.filter { branch in
            !branch.contains { $0.path == words.path && $0.kind == .wrongType }
        }
        guard let best = candidates.min(by: { $0.count < $1.count }) else {
            return [words.fitsNone(of: rules, node)]
        }
        return best
    }
}
