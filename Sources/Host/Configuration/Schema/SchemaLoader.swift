/// Turns JSON into rules, and says everything that is wrong with it.
struct SchemaLoader {
    let document: JSONValue
    let name: String
    private(set) var diagnostics: [Diagnostic] = []
    private var wantedReferences: [String] = []

    init(document: JSONValue, name: String) {
        self.document = document
        self.name = name
    }

    mutating func rule(at pointer: String) -> SchemaRule {
        guard let json = document.value(at: pointer) else {
            complain("there is no `#\(pointer)`")
            return SchemaRule()
        }
        return rule(json, at: pointer)
    }

    /// The rules that references name, those that these name in turn included.
    mutating func loadReferences() -> [String: SchemaRule] {
        var definitions: [String: SchemaRule] = [:]
        while let reference = wantedReferences.popLast() {
            guard definitions[reference] == nil else { continue }
            definitions[reference] = rule(at: String(reference.dropFirst()))
        }
        return definitions
    }

    mutating func rule(_ json: JSONValue, at pointer: String) -> SchemaRule {
        switch json {
        case .bool(let allows): return SchemaRule(keywords: allows ? [] : [.never])
        case .object(let members):
            var rule = SchemaRule()
            rule.expected = members["x-expected"]?.string
            rule.refusal = members["x-refusal"]?.string
            for key in members.keys.sorted() {
                guard let value = members[key] else { continue }
                if let keyword = keyword(key, value, of: members, at: pointer) { rule.keywords.append(keyword) }
            }
            return rule
        default:
            complain("`#\(pointer)` must be a schema: a mapping, `true` or `false`")
            return SchemaRule()
        }
    }

    private mutating func keyword(
        _ key: String, _ value: JSONValue, of members: [String: JSONValue], at pointer: String
    ) -> SchemaKeyword? {
        let place = "\(pointer)/\(key)"
        if let bound = Self.bounds[key] {
            return number(value, at: place).map {
                .bound(SchemaBound(measure: bound.measure, relation: bound.relation, limit: $0))
            }
        }
        switch key {
        case "type": return types(value, at: place)
        case "enum": return list(value, at: place).map { .enumeration($0) }
        case "const": return .enumeration([value])
        case "pattern": return value.string.flatMap { pattern($0, at: place) }.map { .pattern($0) }
        case "uniqueItems": return value.bool == true ? .uniqueItems : nil
        case "required": return .required(strings(value, at: place))
        case "$ref": return reference(value, at: place)
        case "dependentRequired":
            return .dependentRequired((value.object ?? [:]).mapValues { ($0.array ?? []).compactMap(\.string) })
        case "if":
            return .conditional(
                condition: rule(value, at: place),
                then: members["then"].map { rule($0, at: "\(pointer)/then") },
                otherwise: members["else"].map { rule($0, at: "\(pointer)/else") })
        // They mean something only beside another keyword, which reads them.
        case "then", "else", "$defs": return nil
        default: break
        }
        if let keyword = applicator(key, value, of: members, at: pointer) { return keyword }
        if !Self.annotations.contains(key), !Self.applicators.contains(key), !key.hasPrefix("x-") {
            let known = Self.annotations.union(Self.applicators).union(Self.bounds.keys).union(Self.others)
            let hint = suggestion(for: key, among: known)
            complain("`\(key)` at `#\(pointer)` is not a keyword that ray checks", hint: hint)
        }
        return nil
    }

    private mutating func applicator(
        _ key: String, _ value: JSONValue, of members: [String: JSONValue], at pointer: String
    ) -> SchemaKeyword? {
        let place = "\(pointer)/\(key)"
        switch key {
        case "not": return .not(rule(value, at: place))
        case "allOf": return .allOf(rules(value, at: place))
        case "anyOf": return .anyOf(rules(value, at: place))
        case "oneOf": return .oneOf(rules(value, at: place))
        case "prefixItems": return .prefixItems(rules(value, at: place))
        case "items": return .items(after: members["prefixItems"]?.array?.count ?? 0, rule(value, at: place))
        case "propertyNames": return .propertyNames(rule(value, at: place))
        case "properties": return .properties(namedRules(value, at: place))
        case "patternProperties":
            let rules = namedRules(value, at: place)
            return .patternProperties(
                rules.keys.sorted().compactMap { source in
                    guard let pattern = pattern(source, at: place), let rule = rules[source] else { return nil }
                    return (pattern, rule)
                })
        case "additionalProperties":
            let named = (members["properties"]?.object ?? [:]).keys.sorted()
            let sources = (members["patternProperties"]?.object ?? [:]).keys
            let matched = sources.compactMap { try? SchemaPattern($0) }
            let rule = value == false ? nil : rule(value, at: place)
            return .additionalProperties(named: named, matched: matched, rule)
        default: return nil
        }
    }
}

// MARK: - Parts

extension SchemaLoader {
    private mutating func complain(_ message: String, hint: String? = nil) {
        diagnostics.append(Diagnostic(.plugin, "\(name): \(message)", hint: hint))
    }

    private mutating func types(_ value: JSONValue, at place: String) -> SchemaKeyword {
        let names = value.string.map { [$0] } ?? strings(value, at: place)
        for name in names where SchemaType(rawValue: name) == nil {
            complain("`\(name)` at `#\(place)` is not a type")
        }
        return .type(names.compactMap { SchemaType(rawValue: $0) })
    }

    private mutating func reference(_ value: JSONValue, at place: String) -> SchemaKeyword? {
        guard let target = value.string, target.hasPrefix("#/$defs/") else {
            complain("`#\(place)` must begin with `#/$defs/`")
            return nil
        }
        wantedReferences.append(target)
        return .reference(target)
    }

    private mutating func pattern(_ source: String, at place: String) -> SchemaPattern? {
        do {
            return try SchemaPattern(source)
        } catch {
            complain("`\(source)` at `#\(place)` is not a regular expression: \(error)")
            return nil
        }
    }

    private mutating func number(_ value: JSONValue, at place: String) -> Double? {
        switch value {
        case .int(let number): return Double(number)
        case .number(let number): return number
        default:
            complain("`#\(place)` must be a number")
            return nil
        }
    }

    private mutating func list(_ value: JSONValue, at place: String) -> [JSONValue]? {
        if value.array == nil { complain("`#\(place)` must be a list") }
        return value.array
    }

    private mutating func strings(_ value: JSONValue, at place: String) -> [String] {
        let items = list(value, at: place) ?? []
        if items.contains(where: { $0.string == nil }) { complain("`#\(place)` must be a list of strings") }
        return items.compactMap(\.string)
    }

    private mutating func rules(_ value: JSONValue, at place: String) -> [SchemaRule] {
        (list(value, at: place) ?? []).enumerated().map { rule($1, at: "\(place)/\($0)") }
    }

    private mutating func namedRules(_ value: JSONValue, at place: String) -> [String: SchemaRule] {
        guard let members = value.object else {
            complain("`#\(place)` must be a mapping")
            return [:]
        }
        var rules: [String: SchemaRule] = [:]
        for (key, member) in members { rules[key] = rule(member, at: "\(place)/\(key)") }
        return rules
    }

    private static let bounds: [String: (measure: SchemaBound.Measure, relation: SchemaBound.Relation)] = [
        "minimum": (.number, .atLeast), "maximum": (.number, .atMost),
        "exclusiveMinimum": (.number, .above), "exclusiveMaximum": (.number, .below),
        "minLength": (.characters, .atLeast), "maxLength": (.characters, .atMost),
        "minItems": (.items, .atLeast), "maxItems": (.items, .atMost),
        "minProperties": (.properties, .atLeast), "maxProperties": (.properties, .atMost),
    ]

    private static let annotations: Set<String> = [
        "$schema", "$id", "$comment", "title", "description", "default", "examples", "deprecated", "readOnly",
        "writeOnly", "format",
    ]

    private static let applicators: Set<String> = [
        "not", "allOf", "anyOf", "oneOf", "prefixItems", "items", "propertyNames", "properties",
        "patternProperties", "additionalProperties",
    ]

    private static let others: Set<String> = [
        "type", "enum", "const", "pattern", "uniqueItems", "required", "$ref", "dependentRequired", "if", "then",
        "else", "$defs",
    ]
}
