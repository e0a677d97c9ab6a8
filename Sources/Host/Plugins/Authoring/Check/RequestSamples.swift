import FoundationEssentials

/// Requests that a host could send to a plugin, made from its own schemas.
struct RequestSamples {
    private let bench: CheckBench
    private let facts: Facts
    /// The values of the manifest's schemas: projects' environments, or clusters' providers.
    private let values: [JSONValue]
    /// What `configure` made of a cluster, for the other operations of a provider.
    var config: JSONValue = [:]

    static let uid = "ray-plugin-check"
    static let token = "ray-plugin-check-token"

    /// Writes the files that the samples name into the bench's project.
    init(_ bench: CheckBench, facts: Facts) {
        self.bench = bench
        self.facts = facts
        let manifest = bench.plugin.manifest
        switch manifest.kind {
        case .environment: values = Self.environments(manifest, bench.seed)
        case .provider: values = Self.providers(manifest, bench.seed)
        }
        for value in values { Self.makeFiles(named: value, in: bench.project) }
    }

    /// Whether there is a request that fits the schemas.
    var isEmpty: Bool { values.isEmpty }

    private static func environments(_ manifest: Manifest, _ seed: UInt64) -> [JSONValue] {
        let keys = (manifest.keys ?? [:]).sorted { $0.key < $1.key }
            .map { ($0.key, SchemaSamples($0.value.value).values(8, seed: seed)) }.filter { !$0.1.isEmpty }
        let count = keys.map(\.1.count).max() ?? 0
        return (0..<count).map { number in
            .object(Dictionary(keys.map { ($0.0, $0.1[number % $0.1.count]) }) { first, _ in first })
        }
    }

    private static func providers(_ manifest: Manifest, _ seed: UInt64) -> [JSONValue] {
        let samples = manifest.schema.map { SchemaSamples($0.value).values(8, seed: seed) } ?? [[:]]
        return samples.compactMap { sample in
            guard case .object(var members) = sample else { return nil }
            if members["type"] == nil { members["type"] = .string(manifest.types?.first ?? "") }
            return .object(members)
        }
    }

    /// An empty file for every text that could be the name of one.
    private static func makeFiles(named value: JSONValue, in folder: String) {
        switch value {
        case .string(let name) where name.wholeMatch(of: /[A-Za-z0-9_-]+\.[a-z]+/) != nil:
            try? Files.replace(folder / name, with: Data(), durable: false)
        case .array(let items): for item in items { makeFiles(named: item, in: folder) }
        case .object(let members): for member in members.values { makeFiles(named: member, in: folder) }
        default: break
        }
    }

    /// The request of an operation, as the host makes it; `number` chooses among the samples.
    func request(of operation: String, number: Int = 0) -> JSONValue {
        let value = values.isEmpty ? [:] : values[number % values.count]
        switch bench.plugin.manifest.kind {
        case .environment: return builderRequest(operation, value).addingHost
        case .provider: return providerRequest(operation, value).addingHost
        }
    }

    private func builderRequest(_ operation: String, _ value: JSONValue) -> JSONValue {
        guard case .object(var request) = layer(value).request(projectName: "check", root: bench.project),
            operation != "check"
        else { return layer(value).request(projectName: "check", root: bench.project) }
        request["project"] = [
            "name": "check", "root": .string(bench.project), "node_root": .string(bench.project),
        ]
        request["facts"] = .object(facts.mapValues(JSONValue.string))
        request["layers"] = []
        if operation == "explain" {
            request["failure"] = ["operation": "plan", "step": 0, "status": 1, "output": "error: it failed\n"]
        }
        return .object(request)
    }

    /// The layer of a project file that holds the value, with places of its own.
    func layer(_ value: JSONValue) -> Layer {
        let file = bench.project / ".rayproject/project.yaml"
        let node = try? YAMLNode.parse([UInt8](JSONValue.object(["environment": value]).indented.utf8), file: file)
        return Layer(plugin: bench.plugin, entries: node?["environment"]?.mapping ?? [])
    }

    private func providerRequest(_ operation: String, _ value: JSONValue) -> JSONValue {
        let uid = JSONValue.string(Self.uid)
        switch operation {
        case "configure":
            let file = bench.project / ".rayproject/cluster.yaml"
            let text = JSONValue.object(["cluster_name": "check", "provider": value]).indented
            let node = try? YAMLNode.parse([UInt8](text.utf8), file: file)
            return [
                "cluster": node?.json ?? .null, "places": .object((node?.places ?? [:]).mapValues(\.json)),
                "project": ["name": "check", "root": .string(bench.project)],
            ]
        case "nodes": return ["config": config, "uid": uid]
        case "find": return ["config": config, "uid": uid, "token": .string(Self.token)]
        case "launch":
            return [
                "config": config, "uid": uid, "token": .string(Self.token), "kind": "head", "type": "head", "count": 1,
                "min_count": 1, "tags": [:],
            ]
        default: return ["config": config, "uid": uid, "ids": ["ray-plugin-check-no-such-node"]]
        }
    }
}
