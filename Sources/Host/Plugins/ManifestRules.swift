/// What a manifest has to keep to beside its schema.
extension Manifest {
    /// Everything that keeps the plugin of this manifest, which is written in `node`, from being used.
    func problems(_ node: YAMLNode) -> [Finding] {
        missingOperations(node) + describedOperations(node) + reservedKeys(node) + schemas(node)
    }

    private func reservedKeys(_ node: YAMLNode) -> [Finding] {
        (node["keys"]?.mapping ?? []).filter { $0.key == "variables" }.map { entry in
            Finding(
                .manifestValue, "`environment.variables` is ray's own key", at: entry.keyPlace,
                hint: "give the plugin's key another name")
        }
    }

    private func missingOperations(_ node: YAMLNode) -> [Finding] {
        kind.operations.filter { operations[$0] == nil }.map { name in
            Finding(
                .manifestOperationMissing, "plugin `\(id)` lacks the operation `\(name)`, which every \(kind.noun) has",
                at: node.entry("operations")?.keyPlace, hint: "install a release of the plugin that has it")
        }
    }

    private func describedOperations(_ node: YAMLNode) -> [Finding] {
        (node["operations"]?.mapping ?? []).flatMap { entry -> [Finding] in
            // A minor version that this ray does not know may have added operations, which it never calls.
            guard kind.allOperations.contains(entry.key) || Self.isNewer(api) else {
                return [
                    Finding(
                        .manifestOperationUnknown, "no \(kind.noun) has an operation `\(entry.key)`",
                        at: entry.keyPlace,
                        hint: suggestion(for: entry.key, among: kind.allOperations)
                            ?? "the operations are \(kind.allOperations.map { "`\($0)`" }.joined(separator: ", "))")
                ]
            }
            return parameters(of: entry)
        }
    }

    private func parameters(of entry: YAMLEntry) -> [Finding] {
        let parameters = operations[entry.key]?.parameters ?? []
        let repeated = parameters.indices.filter { index in
            parameters[..<index].contains { $0.name == parameters[index].name }
        }
        let twice = repeated.map { index in
            Finding(
                .manifestParameter, "the operation `\(entry.key)` has two parameters `\(parameters[index].name)`",
                at: entry.value["parameters"]?[index]?.place, hint: "give one of them another name")
        }
        guard parameters.count(where: { $0.type == .sink }) != 1 else { return twice }
        let sink = Finding(
            .manifestSink, "the operation `\(entry.key)` must have one parameter of type sink", at: entry.keyPlace,
            cause: "its answer is written there", hint: "add `{name: out, type: sink}` to its parameters")
        return twice + [sink]
    }

    /// The host checks what users write by what the plugin says of it.
    private func schemas(_ node: YAMLNode) -> [Finding] {
        let entries =
            (node["keys"]?.mapping ?? []).map { ($0, "`\($0.key)`") }
            + [node.entry("schema")].compactMap(\.self).map { ($0, "`provider`") }
        return entries.flatMap { entry, name -> [Finding] in
            do throws(Failure) {
                _ = try JSONSchema(entry.value.json, called: "the schema of \(name) in plugin `\(id)`")
                return []
            } catch {
                return error.diagnostics.map { problem in
                    var problem = problem
                    problem.place = problem.place ?? entry.keyPlace
                    return Finding(.manifestSchema, problem)
                }
            }
        }
    }
}

extension Manifest.Kind {
    var noun: String { self == .environment ? "environment builder" : "cluster provider" }
}
