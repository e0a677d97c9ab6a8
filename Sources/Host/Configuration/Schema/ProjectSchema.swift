/// The schema of project.yaml and cluster.yaml: schema.json and what plugins add to it.
package struct ProjectSchema: Sendable, Equatable {
    /// The whole schema, as editors take it.
    package private(set) var json: JSONValue

    /// Reads schema.json, which like all JSON is YAML.
    package init(parsing text: [UInt8], file: String = "schema.json") throws(Failure) {
        json = try YAMLNode.parse(text, file: file).json
    }

    /// This schema with one more key of `environment`.
    ///
    /// Fails with class `plugin` when the schema has a keyword that ray does not check, and with
    /// class `conflict` when the key is there already. `plugin` is named in both.
    package func adding(
        environmentKey key: String, schema: JSONValue, from plugin: String
    ) throws(Failure) -> ProjectSchema {
        _ = try JSONSchema(schema, called: "the schema of `\(key)` in plugin `\(plugin)`")
        guard json.value(at: "/properties/environment/properties")?[key] == nil else {
            throw Failure(.conflict, "plugin `\(plugin)` handles `\(key)`, which is handled already")
        }
        // The plugin's own `$defs` move below its entry, so its references must follow them.
        let definition = "environment.\(key)"
        let base = "#/$defs/\(JSONValue.pointerToken(definition))"
        var composed = self
        composed.json =
            json
            .setting(schema.movingReferences(below: base), at: ["$defs", definition])
            .setting(["$ref": .string(base)], at: ["properties", "environment", "properties", key])
        return composed
    }

    /// This schema with what `provider` may hold where its type is one of these.
    ///
    /// Fails with class `plugin` when the schema has a keyword that ray does not check.
    package func adding(
        providerTypes types: [String], schema: JSONValue, from plugin: String
    ) throws(Failure) -> ProjectSchema {
        _ = try JSONSchema(schema, called: "the schema of `provider` in plugin `\(plugin)`")
        let definition = "provider.\(plugin)"
        let base = "#/$defs/\(JSONValue.pointerToken(definition))"
        let ofThisType: JSONValue = [
            "required": ["provider"],
            "properties": [
                "provider": [
                    "required": ["type"], "properties": ["type": ["enum": .array(types.map(JSONValue.string))]],
                ]
            ],
        ]
        let rules = json.value(at: "/$defs/cluster/allOf")?.array ?? []
        let rule: JSONValue = ["if": ofThisType, "then": ["properties": ["provider": ["$ref": .string(base)]]]]
        var composed = self
        composed.json =
            json
            .setting(schema.movingReferences(below: base), at: ["$defs", definition])
            .setting(.array(rules + [rule]), at: ["$defs", "cluster", "allOf"])
        return composed
    }

    /// The schema that a project file must fit.
    package func project() throws(Failure) -> JSONSchema {
        try JSONSchema(json, called: "schema.json")
    }

    /// The schema that a cluster file must fit; `provider` is open but for its type, and for what
    /// plugins added.
    package func cluster() throws(Failure) -> JSONSchema {
        try JSONSchema(json, at: "/$defs/cluster", called: "schema.json")
    }
}

extension JSONValue {
    /// A key as it stands in a JSON pointer.
    package static func pointerToken(_ key: String) -> String {
        key.replacing("~", with: "~0").replacing("/", with: "~1")
    }

    fileprivate func movingReferences(below base: String) -> JSONValue {
        switch self {
        case .array(let items): return .array(items.map { $0.movingReferences(below: base) })
        case .object(var members):
            for (key, value) in members {
                if key == "$ref", let target = value.string {
                    members[key] = .string(base + target.dropFirst())
                } else {
                    members[key] = value.movingReferences(below: base)
                }
            }
            return .object(members)
        default: return self
        }
    }

    fileprivate func setting(_ value: JSONValue, at keys: ArraySlice<String>) -> JSONValue {
        guard let key = keys.first else { return value }
        var members = object ?? [:]
        members[key] = (members[key] ?? [:]).setting(value, at: keys.dropFirst())
        return .object(members)
    }
}
