/// One schema of a JSON Schema document, ready to be applied.
struct SchemaRule: Sendable {
    var keywords: [SchemaKeyword] = []
    /// The annotation `x-expected`: words for what a value must be.
    var expected: String?
    /// The annotation `x-refusal`: words for what a value that fits `not` does wrong.
    var refusal: String?
}

/// A keyword that can refuse a value.
indirect enum SchemaKeyword: Sendable {
    case never
    case type([SchemaType])
    case enumeration([JSONValue])
    case pattern(SchemaPattern)
    case bound(SchemaBound)
    case uniqueItems
    case prefixItems([SchemaRule])
    case items(after: Int, SchemaRule)
    case required([String])
    case dependentRequired([String: [String]])
    case properties([String: SchemaRule])
    case patternProperties([(pattern: SchemaPattern, rule: SchemaRule)])
    /// The keys that are neither named nor matched; without a rule they are refused.
    case additionalProperties(named: [String], matched: [SchemaPattern], SchemaRule?)
    case propertyNames(SchemaRule)
    case allOf([SchemaRule])
    case anyOf([SchemaRule])
    case oneOf([SchemaRule])
    case not(SchemaRule)
    case conditional(condition: SchemaRule, then: SchemaRule?, otherwise: SchemaRule?)
    case reference(String)
}

enum SchemaType: String, Sendable, CaseIterable {
    case null, boolean, integer, number, string, array, object

    func matches(_ node: YAMLNode) -> Bool {
        switch (self, node.value) {
        case (.null, .null), (.boolean, .bool), (.integer, .int), (.number, .int), (.number, .float),
            (.string, .string), (.array, .sequence), (.object, .mapping):
            true
        case (.integer, .float(let value)): value.isFinite && value.rounded() == value
        default: false
        }
    }
}

/// A limit of a number, a length or a count.
struct SchemaBound: Sendable {
    enum Measure: Sendable { case number, characters, items, properties }
    enum Relation: Sendable { case atLeast, atMost, above, below }

    var measure: Measure
    var relation: Relation
    var limit: Double

    /// The measured size of a value, or nil where the bound says nothing about it.
    func size(of node: YAMLNode) -> Double? {
        switch measure {
        case .number: node.number
        case .characters: node.string.map { Double($0.unicodeScalars.count) }
        case .items: node.sequence.map { Double($0.count) }
        case .properties: node.mapping.map { Double($0.count) }
        }
    }

    func allows(_ size: Double) -> Bool {
        switch relation {
        case .atLeast: size >= limit
        case .atMost: size <= limit
        case .above: size > limit
        case .below: size < limit
        }
    }
}
