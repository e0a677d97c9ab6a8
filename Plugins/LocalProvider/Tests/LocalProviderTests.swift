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

    @Test(
        arguments: [
            ("head_ip", "a host", "10.0.0.1"), ("worker_ips", "hosts", ["10.0.0.2"]),
            ("coordinator_address", "a host", "10.0.0.1:8000"),
        ] as [(String, String, JSONValue)])
    func `a host elsewhere is an error at its place`(key: String, what: String, value: JSONValue) throws {
        let place = Place(file: "/p/cluster.yaml", line: 3, column: 14)
        let request = ConfigureRequest(
            cluster: ["provider": .object(["type": "local", key: value])], places: ["/provider/\(key)": place])
        let answer = try provider.configure(request, .unobserved)
        let message =
            "`provider.\(key)` names \(what), and this version of the provider runs clusters on this machine only"
        #expect(answer.diagnostics == [Diagnostic(.input, message, at: place, hint: "leave `\(key)` out to run here")])
        #expect(!answer.inPlace)
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
