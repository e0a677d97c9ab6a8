import FoundationEssentials
import Host
import Testing

/// Clusters whose provider makes the nodes: what is asked for is made once, whatever happens meanwhile.
@Suite(.timeLimit(.minutes(5))) struct ClusterLaunchTests {
    /// Runs the built `ray` with the provider, and kills it when that many records are in its journal.
    private func ray(_ place: Workplace, _ words: String..., killedAfter record: Int? = nil) async throws -> Outcome {
        var variables = [
            "RAY_PLUGIN_PATH": try #require(TestBed.fixtures) / "makes", "AUTOSCALER_NODE_START_WAIT_S": "0",
        ]
        if let record {
            let killer: String = try #require(TestBed.killer)
            variables.merge(["LD_PRELOAD": killer, "RAY_TEST_KILL_AT": "\(record)"]) { $1 }
        }
        return try await place.run(try #require(TestBed.prefix) / "bin/ray", words, variables: variables)
    }

    private func write(_ place: Workplace, workers: Int = 3) throws {
        let program = try #require(TestBed.fixtures) / "crowd/node"
        try Files.makeFolder(place.folder / "made")
        try place.write(
            "cluster.yaml",
            """
            cluster_name: c
            provider: {type: makes, workers: \(workers), program: "\(program)", state: "\(place.folder / "made")"}
            head_start_ray_commands: ['true']
            worker_start_ray_commands: ['true']
            """)
    }

    /// The kinds of the nodes that were ever made and are there.
    private func made(_ place: Workplace) throws -> [String] {
        String(decoding: try Files.read(place.folder / "made/made") ?? Data(), as: UTF8.self)
            .split(separator: "\n").compactMap { $0.split(separator: " ").last.map(String.init) }
    }

    private func state(_ place: Workplace) throws -> SessionState {
        SessionState(try Journal.read(place.folder / "state/ray/clusters/c/journal.jsonl").records)
    }

    private func expectUp(_ place: Workplace, _ what: String) async throws {
        let again = try await ray(place, "up", "cluster.yaml")
        #expect(again.status == 0, "\(what): \(again.errors)")
        #expect(try made(place) == ["head", "worker", "worker", "worker"], "\(what)")
        #expect(try state(place).phase == .up)
        #expect(try state(place).launches.isEmpty)
        let down = try await ray(place, "down", "cluster.yaml", "-y")
        #expect(down.status == 0, "\(what): \(down.errors)")
        #expect(try made(place) == [], "\(what)")
    }

    @Test func `a client that is killed after any of its records leaves nothing that is made twice`() async throws {
        var (record, isKilled) = (0, true)
        while isKilled {
            record += 1
            try await Workplace.with { place in
                try write(place)
                isKilled = try await ray(place, "up", "cluster.yaml", killedAfter: record).status == 137
                try await expectUp(place, "record \(record)")
            }
        }
        // The cluster, two launches of two records each, its nodes, and that it is up.
        #expect(record == 8)
    }

    @Test func `nodes whose answer nobody heard are found by their token`() async throws {
        try await Workplace.with { place in
            try write(place)
            try Files.replace(place.folder / "made/kill", with: Data())
            let killed = try await ray(place, "up", "cluster.yaml")
            #expect(killed.status == 137, "\(killed.errors)")
            #expect(try made(place) == ["head"])
            #expect(try state(place).launches.count == 1)
            try await expectUp(place, "killed")
            try Files.replace(place.folder / "made/ambiguous", with: Data())
            try await expectUp(place, "ambiguous")
        }
    }

    @Test func `down after a client that was killed leaves no node`() async throws {
        try await Workplace.with { place in
            try write(place)
            try Files.replace(place.folder / "made/kill", with: Data())
            _ = try await ray(place, "up", "cluster.yaml")
            let down = try await ray(place, "down", "cluster.yaml", "-y")
            #expect(down.status == 0, "\(down.errors)")
            #expect(try made(place) == [])
            try await expectUp(place, "after down")
        }
    }
}
