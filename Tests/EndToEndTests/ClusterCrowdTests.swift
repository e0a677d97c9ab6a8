import FoundationEssentials
import Host
import Testing

/// Clusters of many nodes, each of which is a program that answers as a node would.
@Suite(.timeLimit(.minutes(5))) struct ClusterCrowdTests {
    private func ray(_ place: Workplace, _ words: String..., limit: Int? = nil) async throws -> Outcome {
        let program = try #require(TestBed.prefix) / "bin/ray"
        let fixtures = try #require(TestBed.fixtures)
        let limiting = limit.map { ["-c", "ulimit -n \($0) && exec \"$0\" \"$@\"", program] }
        return try await place.run(
            limiting == nil ? program : "/bin/sh", (limiting ?? []) + words,
            variables: [
                "RAY_PLUGIN_PATH": "\(fixtures / "crowd"):\(fixtures / "alpha")",
                "FAULT_WITNESS": place.folder / "calls",
                "AUTOSCALER_NODE_START_WAIT_S": "0",
            ])
    }

    private func write(_ place: Workplace, nodes: Int, _ rest: String = "") throws {
        let program = try #require(TestBed.fixtures) / "crowd/node"
        try Files.makeFolder(place.folder / "nodes")
        try Files.makeFolder(place.folder / "calls")
        try place.write(
            ".rayproject/cluster.yaml",
            """
            provider: {type: crowd, count: \(nodes), program: "\(program)", state: "\(place.folder / "nodes")"}
            head_start_ray_commands: ['true']
            worker_start_ray_commands: ['true']
            \(rest)
            """)
        try place.write(
            ".rayproject/project.yaml",
            "name: p\ncluster: {config: .rayproject/cluster.yaml}\nenvironment: {alpha: text}\n")
    }

    /// Has a node answer no more.
    private func end(_ number: Int, _ place: Workplace) throws {
        try Files.replace(place.folder / "nodes/\(number).dead", with: Data())
    }

    private func plans(_ place: Workplace) throws -> Int { try Files.read(place.folder / "calls/alpha")?.count ?? 0 }

    @Test func `one plan is made for all nodes of which the same is known`() async throws {
        try await Workplace.with { place in
            try write(place, nodes: 40)
            let first = try await ray(place, "session", "start")
            #expect(first.status == 0, "\(first.errors)")
            #expect(first.errors.contains("      Ray 2.60.0 on 40 nodes\n"), "\(first.errors)")
            #expect(try plans(place) == 2)
            let again = try await ray(place, "session", "start")
            #expect(again.status == 0, "\(again.errors)")
            #expect(again.errors.contains("worker n39: unchanged\n"), "\(again.errors)")
            #expect(try plans(place) == 2, "what was planned is remembered")
            let stop = try await ray(place, "session", "stop", "--terminate")
            #expect(stop.status == 0, "\(stop.errors)")
        }
    }

    @Test func `more nodes than places come up, and the dead ones hold nobody up`() async throws {
        try await Workplace.with { place in
            try write(place, nodes: 150, "setup_commands: ['true']\n")
            for number in [3, 77] { try end(number, place) }
            let up = try await ray(place, "up", ".rayproject/cluster.yaml")
            #expect(up.status == 1, "\(up.errors)")
            #expect(up.errors.contains("148 of 150 nodes are up\n"), "\(up.errors)")
            #expect(up.errors.contains("cannot reach node `n77` with"), "\(up.errors)")
            #expect(up.errors.contains("nobody is there"), "\(up.errors)")
        }
    }

    @Test func `nodes that cannot be reached any more do not keep a provider from ending them`() async throws {
        try await Workplace.with { place in
            try write(place, nodes: 3)
            let up = try await ray(place, "up", ".rayproject/cluster.yaml")
            #expect(up.status == 0, "\(up.errors)")
            try end(2, place)
            let down = try await ray(place, "down", ".rayproject/cluster.yaml", "-y")
            #expect(down.status == 0, "\(down.errors)")
            #expect(down.errors.contains("worker n1: down\n"), "\(down.errors)")
            #expect(down.errors.contains("cluster `default` is down\n"), "\(down.errors)")
        }
    }

    @Test func `a machine that allows too few open files is told before anything starts`() async throws {
        try await Workplace.with { place in
            try write(place, nodes: 100)
            let up = try await ray(place, "up", ".rayproject/cluster.yaml", limit: 400)
            #expect(up.status == 1)
            #expect(
                up.errors.contains(
                    """
                    error[conflict]: 100 nodes take 1056 open files at once, and this machine allows 400
                      hint: raise the hard limit `nofile`, which `ulimit -Hn` shows, or use fewer nodes
                    """), "\(up.errors)")
        }
    }
}
