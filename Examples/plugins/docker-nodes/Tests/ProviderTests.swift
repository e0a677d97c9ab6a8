import PluginKit
import Testing

@testable import DockerNodesPlugin

@Suite struct ProviderTests {
    private func configure(_ provider: JSONValue) throws -> ConfigureAnswer {
        let places = ["/provider": Place(file: "/p/cluster.yaml", line: 2, column: 1)]
            .merging(
                ["image", "workers", "run_options/0"].enumerated().map { index, key in
                    ("/provider/\(key)", Place(file: "/p/cluster.yaml", line: 3 + index, column: 10))
                }
            ) { $1 }
        return try Provider().configure(
            ConfigureRequest(cluster: ["provider": provider], places: places), .unobserved)
    }

    @Test func `the image and the options go to what makes containers, the count to ray`() throws {
        let answer = try configure(["image": "i:1", "workers": .int(2), "run_options": ["--shm-size=1g"]])
        #expect(answer.diagnostics.isEmpty)
        #expect(answer.config == ["image": "i:1", "run_options": ["--shm-size=1g"]])
        #expect(answer.workers == 2)
        #expect(answer.creates == ["3 containers of `i:1`"])
        #expect(try configure(["image": "i"]).creates == ["1 container of `i`"])
    }

    @Test func `what is wrong is told with its place`() throws {
        let answer = try configure(["image": "-v", "workers": .int(-1), "run_options": ["--privileged"]])
        #expect(answer.diagnostics.map(\.line) == [3, 4, 5])
        #expect(
            answer.diagnostics.map(\.message) == [
                "`-v` is no name of an image", "there cannot be -1 workers",
                "`--privileged` is no option with its value",
            ])
    }

    @Test func `a line of docker is a node`() throws {
        let container = try #require(Container(line: "2026-01-01\t/ray-u-head-t-0\trunning\thead\tt\t172.17.0.2 "))
        #expect(container.token == "t")
        #expect(
            container.node
                == Node(
                    id: "ray-u-head-t-0", kind: .head, type: "head", state: .running,
                    addresses: ["internal": "172.17.0.2"]))
        #expect(Container(line: "2026-01-01\t/n\texited\tworker\tt\t")?.node.state == .stopped)
        #expect(Container(line: "2026-01-01\t/n\trunning\t<no value>\tt\t") == nil)
    }
}
