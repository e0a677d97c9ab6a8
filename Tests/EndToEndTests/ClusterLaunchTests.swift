import FoundationEssentials
import Host
import Testing

/// Clusters whose provider makes the nodes: what is asked for is made once, whatever happens meanwhile.
@Suite(.timeLimit(.minutes(5))) struct ClusterLaunchTests {
    /// Runs the built `ray` with the provider, and kills it when that many records are in its journal.
    private func ray(
        _ place: Workplace, _ words: String..., killedAfter record: Int? = nil, wait: Int = 0
    ) async throws -> Outcome {
        let fixtures: String = try #require(TestBed.fixtures)
        var variables = [
            "RAY_PLUGIN_PATH": fixtures / "makes",
            "AUTOSCALER_NODE_START_WAIT_S": "\(wait)",
        ]
        if let record {
            let killer: String = try #require(TestBed.killer)
            variables.merge(["LD_PRELOAD": killer, "RAY_TEST_KILL_AT": "\(record)"]) { $1 }
        }
        return try await place.run(try #require(TestBed.prefix) / "bin/ray", words, variables: variables)
    }

    private func write(_ place: Workplace, workers: Int = 3, in folder: String = "made") throws {
        let program = try #require(TestBed.fixtures) / "crowd/node"
        try Files.makeFolder(place.folder / folder)
        try place.write(
            "cluster.yaml",
            """
            cluster_name: c
            provider:
              type: makes
              workers: \(workers)
              program: \(YAMLText.quoted(program))
              state: \(YAMLText.quoted(place.folder / folder))
            head_start_ray_commands: ['true']
            worker_start_ray_commands: ['true']
            """)
    }

    /// The words of each line of a file that the provider writes.
    private func lines(_ place: Workplace, _ name: String, in folder: String = "made") throws -> [[String]] {
        String(decoding: try Files.read(place.folder / folder / name) ?? Data(), as: UTF8.self)
            .split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
    }

    /// The kinds of the nodes that there are.
    private func made(_ place: Workplace, in folder: String = "made") throws -> [String] {
        try lines(place, "made", in: folder).map { $0[2] }
    }

    /// The ids of the nodes that there are.
    private func ids(_ place: Workplace) throws -> [String] { try lines(place, "made").map { $0[1] } }

    /// Has the provider do something else than usual.
    private func tell(_ place: Workplace, _ name: String, _ text: String = "") throws {
        try Files.replace(place.folder / "made" / name, with: Data(text.utf8))
    }

    private func up(_ place: Workplace, wait: Int = 0) async throws {
        let outcome = try await ray(place, "up", "cluster.yaml", wait: wait)
        #expect(outcome.status == 0, "\(outcome.errors)")
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
            try tell(place, "kill")
            let killed = try await ray(place, "up", "cluster.yaml")
            #expect(killed.status == 137, "\(killed.errors)")
            #expect(try made(place) == ["head"])
            #expect(try state(place).launches.count == 1)
            try await expectUp(place, "killed")
            let before = try lines(place, "launches").count
            try tell(place, "ambiguous")
            try await expectUp(place, "ambiguous")
            // The head and the workers: not asked for again.
            #expect(try lines(place, "launches").count == before + 2)
            try tell(place, "transient")
            try await expectUp(place, "transient")
            #expect(try lines(place, "launches").count == before + 5)
        }
    }

    @Test func `down after a client that was killed leaves no node`() async throws {
        try await Workplace.with { place in
            try write(place)
            try tell(place, "kill")
            _ = try await ray(place, "up", "cluster.yaml")
            let down = try await ray(place, "down", "cluster.yaml", "-y")
            #expect(down.status == 0, "\(down.errors)")
            #expect(try made(place) == [])
            try await expectUp(place, "after down")
        }
    }

    @Test func `nodes beyond what is wanted are given back, those that a former launch brings among them`() async throws
    {
        try await Workplace.with { place in
            try write(place)
            try await up(place)
            try write(place, workers: 1)
            try await up(place)
            #expect(try ids(place) == ["n0", "n1"])
            // The launch of two more is known to nobody but the provider.
            try write(place, workers: 3)
            try tell(place, "kill")
            #expect(try await ray(place, "up", "cluster.yaml").status == 137)
            try write(place, workers: 2)
            try await up(place)
            #expect(try ids(place) == ["n0", "n1", "n4"])
            // One that is stopped is none that is left.
            try tell(place, "n4", "stopped")
            try write(place, workers: 1)
            try await up(place)
            #expect(try ids(place) == ["n0", "n1"])
        }
    }

    @Test func `nodes of a former configuration are given back before it is forgotten`() async throws {
        try await Workplace.with { place in
            try write(place)
            try tell(place, "kill")
            #expect(try await ray(place, "up", "cluster.yaml").status == 137)
            try write(place, in: "elsewhere")
            let outcome = try await ray(place, "up", "cluster.yaml")
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(outcome.errors.contains("giving back what the cluster file does not ask for any more: n0\n"))
            #expect(try made(place) == [])
            #expect(try made(place, in: "elsewhere") == ["head", "worker", "worker", "worker"])
        }
    }

    @Test func `a provider is not asked about the nodes of another`() async throws {
        try await Workplace.with { place in
            try write(place)
            try await up(place)
            try place.write(
                "other.yaml", "cluster_name: c\nprovider: {type: local, head_ip: 10.0.0.1, worker_ips: []}\n")
            for words in [["up", "other.yaml"], ["down", "other.yaml", "-y"], ["exec", "other.yaml", "true"]] {
                let outcome = try await place.run(
                    try #require(TestBed.prefix) / "bin/ray", words,
                    variables: ["RAY_PLUGIN_PATH": try #require(TestBed.fixtures) / "makes"])
                #expect(
                    outcome.errors == """
                        error[conflict]: other.yaml:2:18: cluster `c` has nodes of provider `makes`, not `local`
                          2 | provider: {type: local, head_ip: 10.0.0.1, worker_ips: []}
                            |                  ^^^^^
                          hint: put `type: makes` back and run `ray down other.yaml`, or use another name with `--cluster-name`

                        """, "\(words)")
            }
            #expect(try made(place).count == 4)
        }
    }

    @Test func `nodes that stop are waited for and started again`() async throws {
        try await Workplace.with { place in
            try write(place)
            try await up(place)
            try tell(place, "n2", "stopping\nstopping\nstopped\n")
            let outcome = try await ray(place, "up", "cluster.yaml", wait: 60)
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(outcome.errors.contains("waiting: `n2` is stopping\n"))
            #expect(try ids(place) == ["n0", "n1", "n2", "n3"])
            #expect(try lines(place, "launches").count == 2)
        }
    }

    @Test func `nodes that do not run in time are an error that names them`() async throws {
        try await Workplace.with { place in
            try write(place)
            try tell(place, "n2", "pending")
            let outcome = try await ray(place, "up", "cluster.yaml")
            #expect(
                outcome.errors == """
                    error[capacity]: cluster.yaml:3:9: 2 of 3 worker nodes of provider `makes` run
                      3 |   type: makes
                        |         ^^^^^
                      `n2` is pending
                      hint: run the command again; for how many seconds it waits is what AUTOSCALER_NODE_START_WAIT_S says (0 s now)

                    """)
            try tell(place, "n2", "pending\npending\nrunning\n")
            try await up(place, wait: 60)
            #expect(try ids(place) == ["n0", "n1", "n2", "n3"])
            try tell(place, "n2", "terminated")
            try await up(place)
            #expect(try ids(place) == ["n0", "n1", "n2", "n3", "n4"])
        }
    }

    @Test func `a launch that is refused is not asked for again`() async throws {
        try await Workplace.with { place in
            try write(place)
            try tell(place, "refuse")
            let outcome = try await ray(place, "up", "cluster.yaml")
            #expect(outcome.status != 0)
            #expect(
                outcome.errors.contains("plugin `makes` failed in `launch`: there is no room"), "\(outcome.errors)")
            #expect(try state(place).launches.isEmpty)
            try write(place, workers: 1)
            try await up(place)
            #expect(try made(place) == ["head", "worker"])
        }
    }

    @Test func `workers that cannot be given back stay in the record`() async throws {
        try await Workplace.with { place in
            try write(place)
            try await up(place)
            try tell(place, "held")
            let held = try await ray(place, "down", "cluster.yaml", "-y", "--workers-only")
            #expect(
                held.errors.contains(
                    "error[unreachable]: cluster.yaml:3:9: provider `makes` could not terminate n1, n2, n3"),
                "\(held.errors)")
            #expect(try state(place).nodes.count == 4)
            let down = try await ray(place, "down", "cluster.yaml", "-y", "--workers-only")
            #expect(down.status == 0, "\(down.errors)")
            #expect(try state(place).nodes.count == 1)
            #expect(try made(place) == ["head"])
        }
    }
}
