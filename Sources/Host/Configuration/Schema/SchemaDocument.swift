extension ProjectSchema {
    /// The schema of project.yaml as editors take it.
    package var projectDocument: JSONValue { document(at: "") }

    /// The schema of a cluster file as editors take it.
    package var clusterDocument: JSONValue { document(at: "/$defs/cluster") }

    /// The schema at a pointer, with the definitions that it needs and no others.
    private func document(at pointer: String) -> JSONValue {
        var body = json.value(at: pointer)?.object ?? [:]
        body["$defs"] = nil
        body["$schema"] = json["$schema"]
        var wanted = Self.references(in: .object(body))
        var definitions: [String: JSONValue] = [:]
        while let reference = wanted.popLast() {
            guard let definition = json.value(at: String(reference.dropFirst())) else { continue }
            let name = reference.dropFirst("#/$defs/".count).split(separator: "/").first.map(String.init) ?? ""
            let key = name.replacing("~1", with: "/").replacing("~0", with: "~")
            guard definitions[key] == nil else { continue }
            // A reference may lead into a definition: all of it is kept.
            definitions[key] = json.value(at: "/$defs/\(name)") ?? definition
            wanted += Self.references(in: definitions[key] ?? .null)
        }
        if !definitions.isEmpty { body["$defs"] = .object(definitions) }
        return .object(body)
    }

    private static func references(in value: JSONValue) -> [String] {
        switch value {
        case .array(let items): items.flatMap { references(in: $0) }
        case .object(let members):
            members.flatMap { key, value in
                key == "$ref" ? [value.string].compactMap(\.self) : references(in: value)
            }
        default: []
        }
    }
}
