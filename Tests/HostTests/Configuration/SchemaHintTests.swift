import Host
import Testing

private func said(_ schema: String, _ text: String) throws -> [String] {
    let schema = try JSONSchema(YAMLNode.parse(schema, file: "s").json)
    return try schema.findings(in: YAMLNode.parse(text, file: "f"), of: "the file").map { line($0.diagnostic) }
}

@Suite struct `What does not fit a schema` {
    @Test(arguments: [
        (
            "integer", "a: '3'",
            "f:1:4: `a` must be a whole number, not a string (leave the quotes out: `3`)"
        ),
        ("integer", "a: '3.5'", "f:1:4: `a` must be a whole number, not a string"),
        ("number", "a: \"0.5\"", "f:1:4: `a` must be a number, not a string (leave the quotes out: `0.5`)"),
        (
            "boolean", "a: 'true'",
            "f:1:4: `a` must be `true` or `false`, not a string (leave the quotes out: `true`)"
        ),
        ("boolean", "a: sometimes", "f:1:4: `a` must be `true` or `false`, not a string"),
        ("string", "a: [b]", "f:1:4: `a` must be a string, not a list (write it without the list: `b`)"),
        ("string", "a: [b, c]", "f:1:4: `a` must be a string, not a list"),
        (
            "array, items: {type: string}", "a: 'b: c'",
            "f:1:4: `a` must be a list of strings, not a string (begin each item with `- `, in a line of its own)"
        ),
        (
            "array, items: {type: object}", "a: {b: 1}",
            "f:1:4: `a` must be a list of mappings, not a mapping (begin each item with `- `, in a line of its own)"
        ),
        ("object, required: [b]", "a: c", "f:1:4: `a` must be a mapping, not a string (write `{b: c}`)"),
        (
            "object, properties: {b: true, c: true}, additionalProperties: false", "a: [1]",
            "f:1:4: `a` must be a mapping, not a list (it can have `b`, `c`)"
        ),
        ("object, properties: {b: true}", "a: [1]", "f:1:4: `a` must be a mapping, not a list"),
    ])
    func `comes with what to write instead`(type: String, text: String, expected: String) throws {
        #expect(try said("properties: {a: {type: \(type)}}", text) == [expected])
    }

    @Test(arguments: [
        (
            "properties: {name: true}\nrequired: [name]\nadditionalProperties: false", "nmae: a",
            ["f:1:1: `nmae` is not a key of the file (did you mean `name`?)"]
        ),
        (
            "properties: {name: true}\nrequired: [name]", "a: 1\nnmae: a",
            ["f:2:1: `name` is missing (write `name` instead of `nmae`)"]
        ),
        (
            "properties: {name: true, nome: true}\nrequired: [name]\nadditionalProperties: false", "nome: a",
            ["f:1:1: `name` is missing"]
        ),
    ])
    func `is one error where one key is mistyped`(schema: String, text: String, expected: [String]) throws {
        #expect(try said(schema, text) == expected)
    }
}
