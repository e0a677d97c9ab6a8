import FoundationEssentials

/// What is known of a node: names and text, as probes print them.
package typealias Facts = [String: String]

/// Finds out about a node with one small script: the host's own facts and those a plugin's probe
/// adds.
///
/// Facts are remembered while the folders of PATH and the files the probe names are unchanged.
package struct FactProbe: Sendable {
    private let answers: RememberedAnswers
    private let tools: String
    /// Is told of the files that facts depend on.
    private let consulted: @Sendable ([String]) async -> Void
    private let machine = ThisMachine()

    package init(folders: Folders, consulted: @escaping @Sendable ([String]) async -> Void = { _ in }) {
        self.consulted = consulted
        tools = folders.cache / "tools"
        answers = RememberedAnswers(folder: folders.cache / "facts")
    }

    /// The host's own facts.
    ///
    /// A probe of a plugin cannot change them.
    private static let base = """
        printf 'os=%s\\n' "$(uname -s | tr '[:upper:]' '[:lower:]')"
        printf 'arch=%s\\n' "$(uname -m)"
        printf 'libc=%s\\n' "$(getconf GNU_LIBC_VERSION 2>/dev/null | tr ' ' '-')"
        printf 'home=%s\\n' "$HOME"
        """

    /// The facts for one layer's plugin, probed inside `environment` in `directory`.
    ///
    /// The probe sees what the project says under a key, where that is a scalar, in `RAY_KEY_` and the key.
    package func facts(
        for layer: Layer, environment: [String: String], directory: String, layers: [String]
    ) async throws -> Facts {
        let plugin = layer.plugin
        var environment = environment
        for entry in layer.entries {
            if let text = entry.value.text { environment["RAY_KEY_\(entry.key)"] = text }
        }
        environment["RAY_CACHE"] = tools / plugin.id
        return try await facts(
            Self.script(for: plugin), environment: environment, directory: directory, layers: layers,
            who: "the probe of plugin `\(plugin.id)`")
    }

    /// What prints the facts for a plugin, on any machine.
    static func script(for plugin: Plugin) -> String {
        "{\n\(base)\n} </dev/null\necho =\n(\n\(plugin.manifest.probe ?? ":")\n) </dev/null\n"
    }

    /// The facts in what a probe has printed on another machine.
    static func facts(in text: String) -> Facts {
        var dependencies: [String] = []
        return parse(text, dependencies: &dependencies)
    }

    /// The facts that `script` prints; `layers` are the digests of the layers it runs in.
    package func facts(
        _ script: String, environment: [String: String], directory: String, layers: [String], who: String
    ) async throws -> Facts {
        let key = RememberedAnswers.key(
            plugin: layers, operation: script,
            request: ["directory": .string(directory)], environment: environment)
        if let known = answers.answer(for: key), let facts = known["facts"]?.object {
            await consulted(known["files"]?.array?.compactMap(\.string) ?? [])
            return facts.compactMapValues(\.string)
        }
        let asked = nanosecondsNow()
        let text = try await output(
            of: NodeScript(script, environment: environment, directory: directory, timeout: .seconds(60), log: ""), who)
        var files = (environment["PATH"] ?? "").split(separator: ":").map(String.init)
        let facts = Self.parse(text, dependencies: &files)
        files = files.map { directory / $0 }
        answers.remember(
            ["facts": .object(facts.mapValues(JSONValue.string)), "files": .array(files.map(JSONValue.string))],
            for: key, asked: asked)
        await consulted(files)
        return facts
    }

    private func output(of script: NodeScript, _ who: String) async throws -> String {
        do {
            let (exit, text, errors) = try await machine.output(of: script)
            guard exit == .status(0) else {
                throw Failure(
                    .plugin, "failed with status \(exit.shellStatus)",
                    cause: Redaction(environment: script.environment, home: "/").redacted(String(errors.suffix(500))))
            }
            return text
        } catch var failure as Failure {
            for index in failure.diagnostics.indices {
                failure.diagnostics[index].message = "\(who) " + failure.diagnostics[index].message
            }
            throw failure
        }
    }

    private static func parse(_ text: String, dependencies: inout [String]) -> Facts {
        var facts: Facts = [:]
        for line in text.split(separator: "\n") {
            guard let equals = line.firstIndex(of: "="), equals != line.startIndex else { continue }
            let (name, value) = (String(line[..<equals]), String(line[line.index(after: equals)...]))
            if name == "depends" {
                dependencies.append(value)
            } else if facts[name] == nil {
                facts[name] = value
            }
        }
        return facts
    }
}
