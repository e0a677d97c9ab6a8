import FoundationEssentials

/// One plugin's part of a project's environment.
package struct Layer: Sendable {
    package var plugin: Plugin
    /// The keys of `environment` that the plugin handles.
    package var entries: [YAMLEntry]

    /// The layers of a project, lowest first.
    ///
    /// Throws everything that is wrong with the choice: a key that two plugins handle.
    package static func layers(of project: Project, in catalogue: Catalogue) throws(Failure) -> [Layer] {
        var problems: [Diagnostic] = []
        var layers: [Layer] = []
        for entry in project.environment {
            let builders = catalogue.builders(of: entry.key)
            if builders.count > 1 {
                let names = builders.map { "`\($0.id)` in `\($0.folder)`" }.joined(separator: " and ")
                problems.append(
                    Diagnostic(
                        .conflict, "more than one plugin handles `environment.\(entry.key)`: \(names)",
                        at: entry.keyPlace,
                        hint: "remove one of them, or leave it out of `--plugin-path` and RAY_PLUGIN_PATH"))
            }
        }
        guard problems.isEmpty else { throw Failure(problems) }
        for builder in catalogue.builders {
            let entries = project.environment.filter { builder.manifest.keys?[$0.key] != nil }
            if !entries.isEmpty { layers.append(Layer(plugin: builder, entries: entries)) }
        }
        return layers
    }

    /// The request of `check`; `plan` adds to it.
    package func request(for project: Project) -> JSONValue {
        request(projectName: project.name, root: project.root)
    }

    /// The same for a project of which only this is known.
    func request(projectName: String, root: String) -> JSONValue {
        var values: [String: JSONValue] = [:]
        var places: [String: JSONValue] = [:]
        for entry in entries {
            values[entry.key] = entry.value.json
            for (pointer, place) in entry.value.places {
                places["/\(JSONValue.pointerToken(entry.key))\(pointer)"] = place.json
            }
        }
        return [
            "environment": .object(values), "places": .object(places),
            "project": ["name": .string(projectName), "root": .string(root)],
        ]
    }

    /// Where the layer stands in the project file.
    package var place: Place? { entries.first?.keyPlace }
}

/// What a builder answered to `plan`, and the digest of the environment that it describes.
package struct LayerPlan: Sendable {
    package struct Step: Sendable, Codable {
        package var title: String
        package var script: String
        /// Seconds.
        package var timeout: Double?
    }

    private struct Answer: Codable {
        var components: [String: JSONValue]?
        var inputs: [String]?
        var steps: [Step]
        var activation: Activation?
        var verify: String?
        var notes: [String]?
    }

    package var plugin: Plugin
    package var place: Place?
    /// Names everything that went into the layer: equal digests mean equal environments.
    package var digest: String
    package var components: JSONValue
    package var steps: [Step]
    /// With `${prefix}` filled in.
    package var activation: Activation
    package var verify: String?
    package var notes: [String]
    package var prefix: String

    /// Decodes an answer whose diagnostics were dealt with, and computes the digest.
    package init(
        answer: JSONValue, of layer: Layer, on below: [LayerPlan], store: EnvironmentStore, digests: DigestMemory
    ) throws(Failure) {
        plugin = layer.plugin
        place = layer.place
        let decoded: Answer
        do { decoded = try JSONDecoder().decode(Answer.self, from: answer.canonical) } catch {
            throw layer.plugin.wrongShape(ofAnswerTo: "plan", error.sentence)
        }
        guard decoded.activation?.wrapper.isEmpty ?? true else {
            throw Failure(
                .plugin, "plugin `\(layer.plugin.id)` wraps commands, which this ray does not do yet", at: layer.place,
                hint: "use a newer ray, or a release of the plugin that needs no wrapper")
        }
        var inputs: [JSONValue] = []
        for path in (decoded.inputs ?? []).sorted() {
            inputs.append([.string(path.lastPathName), .string(try digests.digest(ofFile: path))])
        }
        components = [
            "plugin": .string(layer.plugin.id), "generation": .int(Int64(layer.plugin.manifest.generation ?? 1)),
            "components": .object(decoded.components ?? [:]), "inputs": .array(inputs),
            "below": .array(below.map { .string($0.digest) }),
        ]
        digest = String(Digest.of(components).prefix(32))
        steps = decoded.steps
        verify = decoded.verify
        notes = decoded.notes ?? []
        prefix = store.prefix(of: digest)
        activation = (decoded.activation ?? Activation()).located(at: prefix)
    }
}
