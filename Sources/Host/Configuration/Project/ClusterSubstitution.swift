/// Puts the values of parameters into the nodes of a cluster file.
///
/// It works on what YAML has read, so that a value can be a scalar or a part of one, never a list or
/// a mapping. Where shell text stands the value is quoted for its place in it.
struct ClusterSubstitution {
    let values: ClusterValues
    private(set) var diagnostics: [Diagnostic] = []
    /// Where something stands that depends on a value nobody gave.
    private(set) var unresolved: Set<Place> = []

    init(_ values: ClusterValues) {
        self.values = values
    }

    /// The names of the placeholders in a node and below.
    static func placeholders(in node: YAMLNode) -> Set<String> {
        switch node.value {
        case .sequence(let items): return items.reduce(into: []) { $0.formUnion(placeholders(in: $1)) }
        case .mapping(let entries):
            return entries.reduce(into: []) { names, entry in
                names.formUnion(Self.names(in: entry.key))
                names.formUnion(placeholders(in: entry.value))
            }
        default: return names(in: node.text ?? "")
        }
    }

    /// The node with values for its placeholders.
    mutating func resolve(_ node: YAMLNode, at path: DocumentPath = DocumentPath()) -> YAMLNode {
        var resolved = node
        switch node.value {
        case .sequence(let items):
            resolved.value = .sequence(items.enumerated().map { resolve($1, at: path.appending($0)) })
        case .mapping(let entries):
            resolved.value = .mapping(mapping(entries, at: path))
        default:
            guard let text = node.text, !Self.names(in: text).isEmpty else { return node }
            resolved.text = MarkedPlaceholders.unmark(text)
            resolved.value = .string(MarkedPlaceholders.unmark(text))
            if Self.isShellText(path) {
                fillShellText(&resolved)
            } else {
                fill(&resolved, MarkedPlaceholders.segments(of: text))
            }
        }
        return resolved
    }

    private mutating func mapping(_ entries: [YAMLEntry], at path: DocumentPath) -> [YAMLEntry] {
        var first: [String: Place] = [:]
        return entries.map { entry in
            var entry = entry
            let names = Self.names(in: entry.key)
            if !names.isEmpty {
                let segments = MarkedPlaceholders.segments(of: entry.key)
                entry.key =
                    areKnown(names, at: entry.keyPlace) ? joined(segments) : MarkedPlaceholders.unmark(entry.key)
            }
            if let place = first.updateValue(entry.keyPlace, forKey: entry.key) {
                diagnostics.append(
                    Diagnostic(
                        .input,
                        "the key `\(entry.key)` is given twice, first on line \(place.line ?? 1), column \(place.column ?? 1)",
                        at: entry.keyPlace))
            }
            entry.value = resolve(entry.value, at: path.appending(entry.key))
            return entry
        }
    }
}

// MARK: - Scalars

extension ClusterSubstitution {
    private static func names(in text: String) -> Set<String> {
        names(in: MarkedPlaceholders.segments(of: text))
    }

    private static func names(in segments: [MarkedPlaceholders.Segment]) -> Set<String> {
        Set(segments.compactMap { if case .placeholder(let name) = $0 { name } else { nil } })
    }

    /// Whether there is a value for each name; says which stand for no parameter.
    private mutating func areKnown(_ names: Set<String>, at place: Place) -> Bool {
        for name in names.sorted() where !values.parameters.contains(name) {
            diagnostics.append(
                Diagnostic(
                    .input, "`{{\(name)}}` stands for no parameter of the cluster", at: place,
                    hint: suggestion(for: name, among: values.parameters) { "{{\($0)}}" }
                        ?? "add `\(name)` to the cluster's `params`"))
        }
        let areKnown = names.allSatisfy { values.values[$0] != nil }
        if !areKnown { unresolved.insert(place) }
        return areKnown
    }

    private func joined(_ segments: [MarkedPlaceholders.Segment]) -> String {
        segments.map { segment in
            switch segment {
            case .text(let text): text
            case .placeholder(let name): values.values[name]?.text ?? ""
            }
        }.joined()
    }

    private mutating func fill(_ node: inout YAMLNode, _ segments: [MarkedPlaceholders.Segment]) {
        guard areKnown(Self.names(in: segments), at: node.place) else { return }
        let text = joined(segments)
        node.text = text
        node.value = .string(text)
        guard node.isPlain else { return }
        do throws(Failure) {
            if case .placeholder(let name)? = segments.first, segments.count == 1, let value = values.values[name] {
                node.value = try value.resolved(at: node.place)
            } else {
                node.value = try YAMLScalar.plain(text, at: node.place)
            }
        } catch {
            diagnostics += error.diagnostics
        }
    }

    private mutating func fillShellText(_ node: inout YAMLNode) {
        let template = CommandTemplate(parsing: node.string ?? "", place: node.place)
        diagnostics += template.diagnostics
        guard areKnown(Set(template.placeholders), at: node.place) else { return }
        let text = template.render(values.values.mapValues(\.text))
        node.text = text
        node.value = .string(text)
    }

    /// Whether a shell reads what stands at a path.
    private static func isShellText(_ path: DocumentPath) -> Bool {
        let keys = path.steps.compactMap { if case .key(let key) = $0 { key } else { nil } }
        switch keys.first {
        case "available_node_types"?: return keys.count == 3 && keys[2].hasSuffix("_commands")
        case "auth"?: return keys == ["auth", "ssh_proxy_command"]
        case let key?: return keys.count == 1 && key.hasSuffix("_commands")
        case nil: return false
        }
    }
}

extension ClusterValues.Value {
    /// What the value is as a whole scalar without quotes.
    fileprivate func resolved(at place: Place) throws(Failure) -> YAMLNode.Value {
        if isNothing { return .null }
        switch type {
        case .int?:
            guard let number = Int64(text) else {
                throw Failure(.input, "`\(text)` does not fit a 64-bit integer", at: place)
            }
            return .int(number)
        case .float?: return Double(text).map { .float($0) } ?? .string(text)
        case .bool?: return .bool(text == "true")
        case .str?: return .string(text)
        case nil: return try YAMLScalar.plain(text, at: place)
        }
    }
}
