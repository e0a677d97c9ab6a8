import FoundationEssentials

/// Makes values that fit a JSON Schema, as far as that can be done by looking at it.
struct SchemaSamples {
    private let root: JSONValue
    private let schema: JSONSchema?

    init(_ root: JSONValue) {
        self.root = root
        schema = try? JSONSchema(root, called: "the schema")
    }

    /// Distinct values that fit, at most `count` of them.
    func values(_ count: Int, seed: UInt64) -> [JSONValue] {
        var found: [JSONValue] = []
        for number in 0..<count * 5 where found.count < count {
            var generator = SplitMix(seed: seed, number: number)
            let value = sample(root, &generator, depth: 0)
            if !found.contains(value), fits(value) { found.append(value) }
        }
        return found
    }

    private func fits(_ value: JSONValue) -> Bool {
        guard let schema, let node = try? YAMLNode.parse([UInt8](value.canonical), file: "sample") else { return false }
        return schema.findings(in: node, of: "the value").isEmpty
    }

    private func sample(_ schema: JSONValue, _ generator: inout SplitMix, depth: Int) -> JSONValue {
        guard depth < 12, case .object(let words) = resolved(schema, depth: 0) else { return "example" }
        if let value = words["const"] { return value }
        if let value = generator.pick(words["examples"]?.array ?? words["enum"]?.array ?? []) { return value }
        for word in ["oneOf", "anyOf"] {
            guard let choice = generator.pick(words[word]?.array ?? []) else { continue }
            var merged = words
            merged[word] = nil
            merged.merge(resolved(choice, depth: 0).object ?? [:]) { _, chosen in chosen }
            return sample(.object(merged), &generator, depth: depth + 1)
        }
        let types = words["type"]?.array?.compactMap(\.string) ?? [words["type"]?.string ?? impliedType(words)]
        switch generator.pick(types) ?? "string" {
        case "object": return object(words, &generator, depth)
        case "array": return array(words, &generator, depth)
        case "integer": return .int(Int64(number(words)))
        case "number": return .int(Int64(number(words)))
        case "boolean": return .bool(generator.below(2) == 1)
        case "null": return .null
        default: return .string(text(words, &generator))
        }
    }

    private func impliedType(_ words: [String: JSONValue]) -> String {
        if words["properties"] != nil || words["additionalProperties"] != nil { return "object" }
        return words["items"] != nil ? "array" : "string"
    }

    /// The schema behind references, with what `allOf` adds.
    private func resolved(_ schema: JSONValue, depth: Int) -> JSONValue {
        guard depth < 8, case .object(var words) = schema else { return schema }
        if let target = words["$ref"]?.string {
            words["$ref"] = nil
            let other = resolved(root.value(at: String(target.dropFirst())) ?? .null, depth: depth + 1).object ?? [:]
            words.merge(other) { own, _ in own }
        }
        for part in words.removeValue(forKey: "allOf")?.array ?? [] {
            words.merge(resolved(part, depth: depth + 1).object ?? [:]) { own, _ in own }
        }
        return .object(words)
    }

    private func object(_ words: [String: JSONValue], _ generator: inout SplitMix, _ depth: Int) -> JSONValue {
        let required = Set(words["required"]?.array?.compactMap(\.string) ?? [])
        var members: [String: JSONValue] = [:]
        for (name, schema) in (words["properties"]?.object ?? [:]).sorted(by: { $0.key < $1.key })
        where required.contains(name) || generator.below(3) == 0 {
            members[name] = sample(schema, &generator, depth: depth + 1)
        }
        for name in required.sorted() where members[name] == nil { members[name] = "example" }
        if members.isEmpty, let schema = words["additionalProperties"], schema.object != nil {
            members["example"] = sample(schema, &generator, depth: depth + 1)
        }
        return .object(members)
    }

    private func array(_ words: [String: JSONValue], _ generator: inout SplitMix, _ depth: Int) -> JSONValue {
        let least = Int(words["minItems"]?.int ?? 0)
        let count = max(least, generator.below(3))
        return .array((0..<count).map { _ in sample(words["items"] ?? true, &generator, depth: depth + 1) })
    }

    private func number(_ words: [String: JSONValue]) -> Int {
        for (word, change) in [
            ("minimum", Int64(0)), ("exclusiveMinimum", 1), ("maximum", 0), ("exclusiveMaximum", -1),
        ] {
            if let bound = words[word]?.int { return Int(bound + change) }
        }
        return 1
    }

    /// Text, first of all such as is the name of a file.
    private func text(_ words: [String: JSONValue], _ generator: inout SplitMix) -> String {
        let usual = ["example.txt", "example", "1.0", "1", "a", "A1", "a/b", "https://example.org", "1:1", "x=y"]
        let pattern = words["pattern"].map { try? JSONSchema(["pattern": $0], called: "a pattern") }
        let fitting = usual.filter { text in
            guard let pattern, let node = try? YAMLNode.parse([UInt8](JSONValue.string(text).canonical), file: "x")
            else { return true }
            return pattern?.findings(in: node, of: "it").isEmpty ?? true
        }
        let least = Int(words["minLength"]?.int ?? 0)
        let text = (generator.below(2) == 0 ? fitting.first : generator.pick(fitting)) ?? "example"
        return text.count >= least ? text : text + String(repeating: "x", count: least - text.count)
    }
}
