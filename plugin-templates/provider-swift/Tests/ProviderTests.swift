import @TYPE@Plugin
import PluginKit
import Testing

@Suite struct ProviderTests {
    private func configure(_ provider: JSONValue) throws -> ConfigureAnswer {
        let place = Place(file: "/p/cluster.yaml", line: 3, column: 14)
        return try Provider().configure(
            ConfigureRequest(cluster: ["provider": provider], places: ["/provider/node_name": place]), .unobserved)
    }

    @Test func `the node is called as the cluster file says`() throws {
        #expect(try configure(["type": "@ID@"]).config == ["node": "@ID@-head"])
        #expect(try configure(["type": "@ID@", "node_name": "n"]).config == ["node": "n"])
    }

    @Test func `a wrong name is told with its place`() throws {
        let diagnostic = try #require(try configure(["node_name": "N"]).diagnostics.first)
        #expect([diagnostic.line, diagnostic.column] == [3, 14])
    }

    @Test func `there is one node`() throws {
        func launch(_ kind: Node.Kind, _ count: Int) throws -> LaunchAnswer {
            let request = LaunchRequest(
                config: ["node": "n"], uid: "u", token: "t", kind: kind, type: "@ID@", count: count,
                minCount: count)
            return try Provider().launch(request, .unobserved)
        }
        #expect(try launch(.head, 1).nodes.map(\.id) == ["n"])
        #expect(try launch(.worker, 2).missing == 2)
    }

    @Test func `this machine is not ended`() throws {
        let request = IDsRequest(config: ["node": "n"], uid: "u", ids: ["n", "other"])
        #expect(try Provider().terminate(request, .unobserved).results == ["n": .already, "other": .failed])
        #expect(try Provider().access(request, .unobserved).access == ["n": Access(via: .thisMachine)])
    }
}
