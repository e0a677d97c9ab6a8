import FoundationEssentials
import Host
import Testing

/// The keys that a schema names, in its own order, as people write them: `commands[].params[].name`,
/// with `NAME` for a key that may be any.
private struct SchemaKeys {
    let document: JSONValue
    private(set) var keys: [String] = []

    init(_ document: JSONValue, from schema: JSONValue) {
        self.document = document
        walk(schema, at: "")
    }

    private mutating func walk(_ schema: JSONValue, at path: String) {
        if let target = schema["$ref"]?.string, let found = document.value(at: String(target.dropFirst())) {
            walk(found, at: path)
        }
        for branch in (schema["anyOf"]?.array ?? []) + (schema["allOf"]?.array ?? []) { walk(branch, at: path) }
        if let then = schema["then"] { walk(then, at: path) }
        for (key, value) in (schema["properties"]?.object ?? [:]).sorted(by: { $0.key < $1.key }) {
            let name = path.isEmpty ? key : "\(path).\(key)"
            if !keys.contains(name) { keys.append(name) }
            walk(value, at: name)
        }
        if let items = schema["items"] { walk(items, at: path + "[]") }
        if let others = schema["additionalProperties"], others.object != nil { walk(others, at: path + ".NAME") }
    }
}

/// What the plugins of the repository and those known to it add to the schema.
private func wholeSchema() throws -> ProjectSchema {
    var schema = try projectSchema()
    for name in Files.names(in: repository / "Plugins") {
        let file = repository / "Plugins" / name / "plugin.yaml"
        guard let data = try Files.read(file) else { continue }
        let manifest = try YAMLNode.parse([UInt8](data), file: file).json
        for (key, rule) in manifest["keys"]?.object ?? [:] {
            schema = try schema.adding(environmentKey: key, schema: rule, from: name)
        }
        guard let rule = manifest["schema"] else { continue }
        let types = manifest["types"]?.array?.compactMap(\.string) ?? []
        schema = try schema.adding(providerTypes: types, schema: rule, from: name)
    }
    let handled = schema.json.value(at: "/properties/environment/properties")?.object ?? [:]
    for key in try knownKeys() where handled[key] == nil {
        schema = try schema.adding(environmentKey: key, schema: true, from: key)
    }
    return schema
}

private func knownKeys() throws -> [String] {
    let file = repository / "known-plugins.yaml"
    let known = try YAMLNode.parse([UInt8](Files.read(file) ?? Data()), file: file)
    return known["environment"]?.mapping?.map(\.key) ?? []
}

/// The cases of a transcript: what stands below each title.
private func cases(of transcript: String) throws -> [String: String] {
    let file = repository / "Tests/EndToEndTests/Transcripts/\(transcript).txt"
    let text = String(decoding: try Files.read(file) ?? Data(), as: UTF8.self)
    var cases: [String: String] = [:]
    for part in text.split(separator: "\n# ").dropFirst() {
        let lines = part.split(separator: "\n", maxSplits: 1)
        cases[String(lines[0])] = String(lines.last ?? "")
    }
    return cases
}

@Suite struct `Every key of project_yaml and cluster_yaml` {
    private func keys(of file: String) throws -> [String] {
        let json = try wholeSchema().json
        let schema = file == "project" ? json : try #require(json.value(at: "/$defs/cluster"))
        return SchemaKeys(json, from: schema).keys
    }

    @Test(arguments: [("project", 48), ("cluster", 62)])
    func `has a transcript of a mistyped name, which suggests the right one`(file: String, atLeast: Int) throws {
        let cases = try cases(of: "keys-of-\(file)-mistyped")
        let keys = try keys(of: file)
        #expect(keys.count >= atLeast)
        for key in keys {
            let name = try #require(key.split(separator: ".").last)
            let said = try #require(cases[key], "`\(key)` has no case")
            #expect(
                said.contains("hint: did you mean `\(name)`?") || said.contains("hint: write `\(name)` instead of"),
                "the case of `\(key)` suggests something else")
            #expect(said.split(separator: "error[").count == 2, "one mistake is one error: `\(key)`")
        }
        #expect(Set(cases.keys).subtracting(keys).isEmpty)
    }

    @Test(arguments: ["project", "cluster"])
    func `has a transcript of a value of a wrong type`(file: String) throws {
        let cases = try cases(of: "keys-of-\(file)-of-wrong-types")
        let keys = try keys(of: file)
        for key in keys {
            let path = key.replacing("[]", with: "[0]").replacing("NAME", with: "small")
            let said = try #require(cases[key], "`\(key)` has no case")
            #expect(
                said.contains("`\(path)` must be ") || said.contains("`\(path)` needs the plugin "),
                "the case of `\(key)` says something else")
        }
        #expect(Set(cases.keys).subtracting(keys).isEmpty)
    }
}
