import FoundationEssentials
import LocalProvider
import PluginKit
import Testing

@Suite struct LocalProviderTests {
    private let provider = LocalProvider()
    private let head = Node(
        id: "localhost", kind: .head, type: "local", state: .running, addresses: ["internal": "127.0.0.1"])

    private func launch(_ kind: Node.Kind, _ count: Int) throws -> LaunchAnswer {
        let request = LaunchRequest(
            config: ["type": "local"], uid: "u", token: "t", kind: kind, type: "local", count: count,
            minCount: count)
        return try provider.launch(request, .unobserved)
    }

    @Test(
        arguments: [
            ["type": "local"], ["type": "local", "head_ip": .null],
            ["type": "local", "head_ip": "", "worker_ips": []],
        ] as [JSONValue])
    func `without a host the cluster is this machine`(settings: JSONValue) throws {
        let answer = try provider.configure(ConfigureRequest(cluster: ["provider": settings]), .unobserved)
        #expect(answer == ConfigureAnswer(config: ["type": "local"], inPlace: true))
    }

    private static let place = Place(file: "/p/cluster.yaml", line: 3, column: 14)

    @Test(
        arguments: [
            (
                ["coordinator_address": "10.0.0.1:8000"], "/coordinator_address",
                "a coordinator that gives out hosts is not supported", "name the hosts in `head_ip` and `worker_ips`"
            ),
            (
                ["worker_ips": ["10.0.0.2"]], "", "`head_ip` is missing: workers need a head",
                "name the host of the head in `head_ip`, or leave `worker_ips` out to run on this machine"
            ),
            (
                ["external_head_ip": "1.2.3.4"], "", "`head_ip` is missing: workers need a head",
                "name the host of the head in `head_ip`, or leave `worker_ips` out to run on this machine"
            ),
            (
                ["head_ip": "a", "worker_ips": ["b", "a"]], "/worker_ips/1", "the host `a` is named twice",
                "a machine is one node of a cluster"
            ),
            (
                ["head_ip": "a", "worker_ips": ["b", "", "b"]], "/worker_ips/2", "the host `b` is named twice",
                "a machine is one node of a cluster"
            ),
        ] as [(JSONValue, String, String, String)])
    func `what is wrong with the hosts is told at its place`(
        settings: JSONValue, pointer: String, message: String, hint: String
    ) throws {
        let request = ConfigureRequest(
            cluster: ["provider": settings], places: ["/provider\(pointer)": Self.place])
        let answer = try provider.configure(request, .unobserved)
        #expect(answer.diagnostics == [Diagnostic(.input, message, at: Self.place, hint: hint)])
        #expect(!answer.inPlace)
    }

    @Test func `hosts are nodes that are there, reached by ssh`() throws {
        let cluster: JSONValue = [
            "provider": [
                "type": "local", "head_ip": "10.0.0.1", "worker_ips": ["10.0.0.2", "w"], "external_head_ip": "1.2.3.4",
            ]
        ]
        let answer = try provider.configure(ConfigureRequest(cluster: cluster), .unobserved)
        let config = answer.config
        #expect(answer.diagnostics.isEmpty)
        #expect(!answer.inPlace)
        let nodes = try provider.nodes(NodesRequest(config: config, uid: "u"), .unobserved).nodes
        #expect(nodes.map(\.id) == ["10.0.0.1", "10.0.0.2", "w"])
        #expect(nodes.map(\.kind) == [.head, .worker, .worker])
        #expect(nodes[0].addresses == ["internal": "10.0.0.1", "external": "1.2.3.4"])
        let access = try provider.access(IDsRequest(config: config, uid: "u", ids: ["w", "other"]), .unobserved)
        #expect(access == AccessAnswer(access: ["w": Access(ssh: "w")]))
        let request = LaunchRequest(
            config: config, uid: "u", token: "t", kind: .worker, type: "local", count: 3, minCount: 1)
        let error = LaunchError(.capacity, "the cluster file names 2 workers")
        #expect(
            try provider.launch(request, .unobserved)
                == LaunchAnswer(nodes: Array(nodes[1...]), missing: 1, errors: [error]))
        let ended = try provider.terminate(IDsRequest(config: config, uid: "u", ids: ["w", "x"]), .unobserved)
        #expect(ended == OutcomeAnswer(results: ["w": .already, "x": .failed]))
    }

    @Test func `the one node is this machine`() throws {
        #expect(try provider.nodes(NodesRequest(config: [:], uid: "u"), .unobserved).nodes == [head])
        #expect(try provider.find(FindRequest(config: [:], uid: "u", token: "t"), .unobserved).nodes == [head])
    }

    @Test func `a head is there at once, workers never`() throws {
        let error = LaunchError(.capacity, "a cluster on this machine has one node, its head")
        #expect(try launch(.head, 1) == LaunchAnswer(nodes: [head]))
        #expect(try launch(.worker, 3) == LaunchAnswer(nodes: [], missing: 3, errors: [error]))
        #expect(try launch(.worker, 0) == LaunchAnswer(nodes: []))
    }

    @Test func `nothing is done to this machine`() throws {
        let request = IDsRequest(config: [:], uid: "u", ids: ["localhost", "other"])
        let expected = OutcomeAnswer(results: ["localhost": .already, "other": .failed])
        #expect(try provider.stop(request, .unobserved) == expected)
        #expect(try provider.start(request, .unobserved) == expected)
        #expect(try provider.terminate(request, .unobserved) == expected)
        #expect(
            try provider.access(request, .unobserved) == AccessAnswer(access: ["localhost": Access(via: .thisMachine)]))
    }

    @Test func `the manifest states the same id and version`() throws {
        let manifest = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "plugin.yaml")
        let lines = try String(contentsOf: manifest, encoding: .utf8).split(whereSeparator: \.isNewline)
        #expect(lines.contains("id: \(LocalProvider.id)"))
        #expect(lines.contains("version: \(LocalProvider.version)"))
    }
}
