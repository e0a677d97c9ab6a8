import FoundationEssentials
import Glibc

/// What can be said of a plugin's manifest.
struct ManifestChecks {
    private(set) var findings: [Finding] = []
    private(set) var summary = ""
    /// nil where it cannot be used.
    private(set) var plugin: Plugin?
    private let file: String

    /// Reads and judges the manifest in `folder`.
    init(folder: String, schema: JSONSchema) {
        file = folder / "plugin.yaml"
        do throws(Failure) {
            guard let data = try Files.read(file) else {
                findings = [
                    Finding(
                        .manifestNone, "`\(folder)` has no plugin.yaml",
                        hint: "name the folder of a plugin: it holds a manifest and a library")
                ]
                return
            }
            let node = try YAMLNode.parse([UInt8](data), file: file)
            findings = schema.findings(in: node, of: "the manifest").map(Self.finding)
            guard findings.isEmpty else { return }
            findings = try Manifest.read(in: folder, schema: schema).manifest.problems(node)
            guard findings.isEmpty else { return }
            check(node, folder, schema: schema)
        } catch {
            findings = error.diagnostics.map { Finding(.manifestSyntax, $0) }
        }
    }

    private static func finding(_ difference: SchemaFinding) -> Finding {
        if case .unknownKey = difference.kind { return Finding(.manifestUnknownKey, difference.diagnostic) }
        return Finding(.manifestValue, difference.diagnostic)
    }

    private mutating func check(_ node: YAMLNode, _ folder: String, schema: JSONSchema) {
        do throws(Failure) {
            let plugin = try Plugin(readingManifestIn: folder, schema: schema)
            self.plugin = plugin
            let manifest = plugin.manifest
            findings += Self.pointers(manifest, node)
            findings += otherLibraries(manifest, node, folder) + Self.probe(manifest, node)
            let names = manifest.operations.keys.sorted().joined(separator: ", ")
            summary = "\(manifest.kind.rawValue) `\(manifest.id)` \(manifest.version) for API \(manifest.api): \(names)"
        } catch {
            findings += error.diagnostics.map { diagnostic in
                Finding(diagnostic.place == node["api"]?.place ? .manifestAPI : .libraryNone, diagnostic)
            }
        }
    }

    /// Parameters are picked out of requests, of which the contract says what is in them.
    private static func pointers(_ manifest: Manifest, _ node: YAMLNode) -> [Finding] {
        manifest.operations.sorted { $0.key < $1.key }.flatMap { name, operation -> [Finding] in
            let members = manifest.kind.members(of: name)
            guard !members.isEmpty else { return [] }
            return operation.parameters.enumerated().compactMap { index, parameter in
                let pointer = parameter.from ?? "/" + parameter.name
                let isPicked = ![.op, .sink, .self].contains(parameter.type)
                guard isPicked, let first = pointer.split(separator: "/").first.map(String.init),
                    !members.contains(first)
                else { return nil }
                return Finding(
                    .manifestPointer,
                    "the parameter `\(parameter.name)` of `\(name)` comes from `\(pointer)`, which the request does not have",
                    at: node["operations"]?[name]?["parameters"]?[index]?.place,
                    hint: suggestion(for: first, among: members) { "/\($0)" } ?? listing(members.map { "/\($0)" }),
                    severity: parameter.optional == true ? .warning : .error)
            }
        }
    }

    private func otherLibraries(_ manifest: Manifest, _ node: YAMLNode, _ folder: String) -> [Finding] {
        manifest.libraries.sorted { $0.key < $1.key }
            .filter { $0.key != Manifest.platform && !Files.exists(folder / $0.value) }
            .map { platform, name in
                Finding(
                    .libraryPlatform, "the library `\(name)` for \(platform) is not in the folder",
                    at: node["libraries"]?[platform]?.place,
                    hint: "build it, or leave the platform out until there is one", severity: .warning)
            }
    }

    /// A probe must at least be a script.
    private static func probe(_ manifest: Manifest, _ node: YAMLNode) -> [Finding] {
        guard let probe = manifest.probe, let errors = ShellSyntax.errors(in: probe) else { return [] }
        return [
            Finding(
                .manifestProbe, "the probe is no POSIX shell script", at: node["probe"]?.place, cause: errors,
                hint: "`sh -n` reads a script without running it")
        ]
    }
}

extension Manifest.Kind {
    /// What the request of an operation has, by the contract.
    func members(of operation: String) -> [String] {
        let own = ownMembers(of: operation)
        return own.isEmpty ? [] : own + ["host"]
    }

    private func ownMembers(of operation: String) -> [String] {
        switch (self, operation) {
        case (.environment, "check"): ["environment", "places", "project"]
        case (.environment, "plan"): ["environment", "places", "project", "facts", "layers"]
        case (.provider, "configure"): ["cluster", "places", "project"]
        case (.provider, "nodes"): ["config", "uid"]
        case (.provider, "find"): ["config", "uid", "token"]
        case (.provider, "launch"): ["config", "uid", "token", "kind", "type", "count", "min_count", "tags"]
        case (.provider, "stop"), (.provider, "start"), (.provider, "terminate"), (.provider, "access"):
            ["config", "uid", "ids"]
        default: []
        }
    }
}
