import Host
import Testing

@Suite struct `A schema of a plugin` {
    @Test(arguments: [
        ("required: [a, 1]", "s: `#/required` must be a list of strings"),
        ("required: a", "s: `#/required` must be a list"),
        ("properties: [a]", "s: `#/properties` must be a mapping"),
        ("properties: {a: 3}", "s: `#/properties/a` must be a schema: a mapping, `true` or `false`"),
    ])
    func `that is wrong is refused with its place`(text: String, expected: String) throws {
        let document = try YAMLNode.parse(text, file: "s").json
        #expect(problems { _ = try JSONSchema(document, called: "s") } == [expected])
    }

    @Test func `can refuse values without words of its own`() throws {
        let schema = try JSONSchema(YAMLNode.parse("properties: {a: {not: {type: string}}}", file: "s").json)
        let found = schema.findings(in: try YAMLNode.parse("a: b", file: "f"), of: "the file")
        #expect(found.map { line($0.diagnostic) } == ["f:1:4: `a` is not allowed to be so"])
    }
}
