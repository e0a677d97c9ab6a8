import FoundationEssentials

/// One plugin's part of a project's environment.
package struct Layer: Sendable {
    package var plugin: Plugin
    /// The keys of `environment` that the plugin handles.
    package var entries: [YAMLEntry]

    /// Whether what it resolves to can be locked.
    var hasLock: Bool { plugin.manifest.operations["lock"] != nil }

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
