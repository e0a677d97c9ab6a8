import Host
import Testing

private func schema(_ text: String) throws -> JSONSchema {
    try JSONSchema(YAMLNode.parse(text, file: "s").json)
}

private func said(_ schemaText: String, _ text: String) throws -> [String] {
    let node = try YAMLNode.parse(text, file: "f")
    return try schema(schemaText).findings(in: node, of: "the file").map { line($0.diagnostic) }
}

@Suite struct `A JSON Schema` {
    @Test(arguments: [
        ("type: object", "[]", "f:1:1: the file must be a mapping, not a list"),
        ("type: object", "", "f:1:1: the file is empty"),
        ("properties: {a: {type: string}}", "a:", "f:1:3: `a` must be a string, but it is empty"),
        (
            "properties: {a: {type: string}}", "a: yes",
            "f:1:4: `a` must be a string, not a boolean (put it in quotes: `\"yes\"`)"
        ),
        (
            "properties: {a: {type: string}}", "a: 1.10",
            "f:1:4: `a` must be a string, not a number (put it in quotes: `\"1.10\"`)"
        ),
        (
            "properties: {a: {type: [string, integer]}}", "a: [1]",
            "f:1:4: `a` must be a string or a whole number, not a list"
        ),
        ("properties: {a: {type: integer}}", "a: 1.5", "f:1:4: `a` must be a whole number, not `1.5`"),
        ("properties: {a: {type: integer}}", "a: x", "f:1:4: `a` must be a whole number, not a string"),
        (
            "properties: {a: {type: array, items: {type: string}}}", "a: x",
            "f:1:4: `a` must be a list of strings, not a string (write a list of one as `[x]`)"
        ),
        ("properties: {a: {items: {type: string}}}", "a: [x, {}]", "f:1:8: `a[1]` must be a string, not a mapping"),
        (
            "prefixItems: [{type: string}]\nitems: {type: integer}", "[a, b]",
            "f:1:5: `[1]` must be a whole number, not a string"
        ),
        ("required: [a]", "b: 1", "f:1:1: `a` is missing"),
        ("properties: {c: {required: [a]}}", "b: 1\nc:\n  d: 1", "f:3:3: `c.a` is missing"),
        ("dependentRequired: {a: [b]}", "a: 1", "f:1:1: `b` is missing, which `a` needs"),
        (
            "properties: {name: true}\nadditionalProperties: false", "nmae: 1",
            "f:1:1: `nmae` is not a key of the file (did you mean `name`?)"
        ),
        (
            "properties: {name: true}\nadditionalProperties: false", "zzz: 1",
            "f:1:1: `zzz` is not a key of the file (it can have `name`)"
        ),
        (
            "patternProperties: {^x: {type: string}}\nadditionalProperties: false", "xa: b\ny: 1",
            "f:2:1: `y` is not a key of the file"
        ),
        ("patternProperties: {^x: {type: string}}", "xa: [1]", "f:1:5: `xa` must be a string, not a list"),
        ("additionalProperties: {type: string}", "a b: []", "f:1:6: `[\"a b\"]` must be a string, not a list"),
        (
            "propertyNames: {pattern: '^[a-z]+$', x-expected: small letters}", "A1: 1",
            "f:1:1: `A1` cannot be a key of the file, which must be small letters"
        ),
        (
            "properties: {a: {enum: [int, float, str, bool]}}", "a: flaot",
            "f:1:4: `a` must be one of `int`, `float`, `str`, `bool`, not `flaot` (did you mean `float`?)"
        ),
        ("properties: {a: {const: 1}}", "a: 2", "f:1:4: `a` must be `1`, not `2`"),
        ("properties: {a: {pattern: '^a+$'}}", "a: b", "f:1:4: `a` must be a text that matches `^a+$`, not `b`"),
        ("properties: {a: {pattern: '^a+$', x-expected: many a}}", "a: b", "f:1:4: `a` must be many a, not `b`"),
        ("properties: {a: {minLength: 1}}", "a: ''", "f:1:4: `a` must not be empty"),
        ("properties: {a: {maxLength: 2}}", "a: abc", "f:1:4: `a` must have at most 2 characters"),
        ("properties: {a: {minimum: 0}}", "a: -1", "f:1:4: `a` must be at least 0, not `-1`"),
        ("properties: {a: {exclusiveMinimum: 0}}", "a: 0", "f:1:4: `a` must be more than 0, not `0`"),
        ("properties: {a: {maximum: 1.5}}", "a: 2", "f:1:4: `a` must be at most 1.5, not `2`"),
        ("properties: {a: {exclusiveMaximum: 1}}", "a: 1", "f:1:4: `a` must be less than 1, not `1`"),
        ("minItems: 2", "[1]", "f:1:1: the file must have at least 2 items"),
        ("maxItems: 1", "[1, 2]", "f:1:1: the file must have at most 1 item"),
        ("properties: {a: {uniqueItems: true}}", "a: [x, y, x]", "f:1:11: `a[2]` is the same as `a[0]`"),
        (
            "properties: {a: {anyOf: [{type: string}, {type: object}]}}", "a: 1",
            "f:1:4: `a` must be a string or a mapping, not a number (put it in quotes: `\"1\"`)"
        ),
        (
            "properties: {a: {x-expected: a path, anyOf: [{type: string}, {type: object}]}}", "a: []",
            "f:1:4: `a` must be a path, not a list"
        ),
        (
            "properties: {a: {anyOf: [{type: string}, {type: object, required: [b]}]}}", "a: {}",
            "f:1:4: `a.b` is missing"
        ),
        (
            "properties: {a: {oneOf: [{type: number}, {type: integer}]}}", "a: 1",
            "f:1:4: `a` fits more than one of the forms it may have"
        ),
        ("allOf: [{required: [a]}, {required: [a]}]", "b: 1", "f:1:1: `a` is missing"),
        ("not: {required: [a, b], x-refusal: cannot have both}", "a: 1\nb: 2", "f:2:1: the file cannot have both"),
        (
            "if: {properties: {a: {const: 1}}}\nthen: {required: [b]}\nelse: {required: [c]}", "a: 1",
            "f:1:1: `b` is missing"
        ),
        (
            "if: {properties: {a: {const: 1}}}\nthen: {required: [b]}\nelse: {required: [c]}", "a: 2",
            "f:1:1: `c` is missing"
        ),
        (
            "properties: {a: {$ref: '#/$defs/x'}}\n$defs: {x: {type: string}}", "a: []",
            "f:1:4: `a` must be a string, not a list"
        ),
        ("properties: {a: false}", "a: 1", "f:1:4: `a` is not allowed"),
    ])
    func `says what is wrong in a sentence about the file`(schema: String, text: String, expected: String) throws {
        let found = try said(schema, text)
        #expect(found == [expected])
    }

    @Test(arguments: [
        ("type: integer", "2.0"), ("type: number", "2"), ("enum: [1]", "1.0"), ("uniqueItems: true", "[1, '1']"),
        ("minLength: 3", "é√😀"), ("maxLength: 3", "é√😀"), ("minLength: 9", "[1]"),
        ("title: t\nformat: uri\nx-any: 1", "1"),
        ("oneOf: [{type: string}, {type: integer}]", "1"), ("pattern: '^a'", "1"), ("not: {type: string}", "1"),
        ("$ref: '#/$defs/a'\n$defs: {a: {$ref: '#/$defs/a'}}", "1"),
    ])
    func `lets pass what fits`(schema: String, text: String) throws {
        #expect(try said(schema, text) == [])
    }

    @Test func `shows everything at once, in the order of the file`() throws {
        let schema = "required: [z]\nproperties: {a: {type: string}, b: {type: integer}}\nadditionalProperties: false"
        let found = try said(schema, "c: 1\nb: x\na: []")
        #expect(
            found == [
                "f:1:1: `c` is not a key of the file (it can have `a`, `b`)", "f:1:1: `z` is missing",
                "f:2:4: `b` must be a whole number, not a string", "f:3:4: `a` must be a string, not a list",
            ])
    }

    @Test(arguments: [
        ("patern: x", "the schema: `patern` at `#` is not a keyword that ray checks (did you mean `pattern`?)"),
        (
            "properties: {a: {contains: {}}}",
            "the schema: `contains` at `#/properties/a` is not a keyword that ray checks"
        ),
        ("$ref: http://x", "the schema: `#/$ref` must begin with `#/$defs/`"),
        ("$ref: '#/$defs/a'", "the schema: there is no `#/$defs/a`"),
        ("pattern: '('", "the schema: `(` at `#/pattern` is not a regular expression: expected ')'"),
        ("type: strin", "the schema: `strin` at `#/type` is not a type"),
        ("minimum: x", "the schema: `#/minimum` must be a number"),
        ("required: a", "the schema: `#/required` must be a list"),
        ("items: 1", "the schema: `#/items` must be a schema: a mapping, `true` or `false`"),
    ])
    func `with a fault is refused when it is loaded`(text: String, expected: String) {
        #expect(problems { _ = try schema(text) } == [expected])
    }
}

@Suite struct `The nearest name` {
    @Test(arguments: [
        ("nmae", "name"), ("Name", "name"), ("requirments", "requirements"), ("zzz", nil), ("x", nil), ("", nil),
        ("comands", "commands"), ("clsuter", "cluster"),
    ])
    func `is found within a third of the letters`(typed: String, expected: String?) {
        #expect(nearest(to: typed, among: ["name", "requirements", "commands", "cluster"]) == expected)
    }
}

@Suite struct `The schema of a project` {
    @Test func `takes in the keys of plugins with their definitions`() throws {
        let plugin = try YAMLNode.parse(
            "type: array\nitems: {$ref: '#/$defs/line'}\n$defs: {line: {type: string, minLength: 1}}", file: "p"
        ).json
        let schema = try projectSchema().adding(environmentKey: "shell", schema: plugin, from: "shell")
        let node = try YAMLNode.parse("name: a\ncluster: c\nenvironment: {shell: [x, ''], sehll: 1}", file: "f")
        #expect(
            try schema.project().findings(in: node, of: "the project file").map { line($0.diagnostic) } == [
                "f:3:26: `environment.shell[1]` must not be empty",
                "f:3:31: `sehll` is not a key of `environment` (did you mean `shell`?)",
            ])
        #expect(
            schema.json.value(at: "/$defs/environment.shell/items/$ref") == "#/$defs/environment.shell/$defs/line")
    }

    @Test func `refuses a key that is taken and a schema that would do nothing`() throws {
        let schema = try projectSchema()
        #expect(
            problems { _ = try schema.adding(environmentKey: "variables", schema: true, from: "x") }
                == ["plugin `x` handles `variables`, which is handled already"])
        #expect(
            problems { _ = try schema.adding(environmentKey: "k", schema: ["contians": [:]], from: "x") }
                == ["the schema of `k` in plugin `x`: `contians` at `#` is not a keyword that ray checks"])
    }
}
