/// Puts variables of the environment, `${NAME}`, into what a cluster file says of its name, its provider, the login and
/// its files.
///
/// Elsewhere a `$` is for the shell that reads it on a node. `$${NAME}` stands for `${NAME}` itself.
struct ClusterVariables {
    let environment: [String: String]
    /// The errors, where a cluster is to come up, for variables that are not set.
    private(set) var missing: [Diagnostic] = []
    /// Where something stands that depends on one of them.
    private(set) var unresolved: Set<Place> = []
    /// What came of a value that no scalar is.
    private(set) var diagnostics: [Diagnostic] = []

    private static let keys: Set = ["cluster_name", "provider", "auth", "file_mounts"]

    init(_ environment: [String: String]) {
        self.environment = environment
    }

    /// The whole file with the values.
    mutating func resolve(file node: YAMLNode) -> YAMLNode {
        guard case .mapping(var entries) = node.value else { return node }
        for index in entries.indices where Self.keys.contains(entries[index].key) {
            entries[index].value = resolve(entries[index].value)
        }
        var resolved = node
        resolved.value = .mapping(entries)
        return resolved
    }

    private mutating func resolve(_ node: YAMLNode) -> YAMLNode {
        var resolved = node
        switch node.value {
        case .sequence(let items): resolved.value = .sequence(items.map { resolve($0) })
        case .mapping(var entries):
            // A shell reads that one here, and has the same variables.
            for index in entries.indices where entries[index].key != "ssh_proxy_command" {
                entries[index].value = resolve(entries[index].value)
            }
            resolved.value = .mapping(entries)
        default:
            guard let text = node.text, text.contains("${"), let filled = filled(text, at: node.place) else {
                return node
            }
            resolved.text = filled
            resolved.value = .string(filled)
            guard node.isPlain else { return resolved }
            do throws(Failure) { resolved.value = try YAMLScalar.plain(filled, at: node.place) } catch {
                diagnostics += error.diagnostics
            }
        }
        return resolved
    }

    /// Nil where a variable is not set.
    private mutating func filled(_ text: String, at place: Place) -> String? {
        var result = ""
        var rest = text[...]
        while let mark = rest.firstRange(of: "${"), let end = rest[mark.upperBound...].firstIndex(of: "}") {
            let name = String(rest[mark.upperBound..<end])
            let before = rest[..<mark.lowerBound]
            rest = rest[rest.index(after: end)...]
            if before.hasSuffix("$") {
                result += before.dropLast() + "${\(name)}"
                continue
            }
            guard let value = environment[name] else {
                unresolved.insert(place)
                missing.append(
                    Diagnostic(
                        .input, "`${\(name)}` is not set in the environment", at: place,
                        hint: "export it, or write `$${\(name)}` where that text itself is meant"))
                return nil
            }
            result += before + value
        }
        return result + rest
    }
}
