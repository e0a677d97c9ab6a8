import FoundationEssentials
import Host
import Testing

/// Clusters whose nodes are reached by words that stand before each command, and whose provider makes them.
@Suite(.needsHosts, .timeLimit(.minutes(5))) struct ClusterPrefixTests {
    private static let (head, worker) = ("10.77.0.11", "10.77.0.12")
    private static let rest = "head_start_ray_commands: []\nworker_start_ray_commands: []\n"

    /// Has the fixture answer so.
    private func answer(_ place: Workplace, _ operation: String, _ answer: JSONValue) throws {
        try Files.makeFolder(place.folder / "answers")
        try Files.replace(place.folder / "answers/\(operation).json", with: answer.canonical)
    }

    private func answer(_ place: Workplace, states: [String], prefixes: [[String]]) throws {
        let names = ["one", "two"]
        let nodes = zip(names, states).enumerated().map { index, node -> JSONValue in
            [
                "id": .string(node.0), "kind": index == 0 ? "head" : "worker", "state": .string(node.1),
                "addresses": ["internal": .string([Self.head, Self.worker][index])],
            ]
        }
        try answer(place, "configure", ["config": ["a": 1], "workers": .int(1), "creates": ["2 boxes"]])
        try answer(place, "nodes", ["nodes": .array(nodes)])
        let ways = zip(names, prefixes).map { name, prefix -> (String, JSONValue) in
            (name, ["via": "command", "prefix": .array(prefix.map(JSONValue.string))])
        }
        try answer(place, "access", ["access": .object(Dictionary(ways) { $1 })])
        try answer(place, "terminate", ["results": ["one": "done", "two": "done"]])
        try place.write(
            "cluster.yaml", "cluster_name: c\nprovider: {type: test}\n\(Self.rest)setup_commands: [echo x > ~/made]\n")
    }

    private func ray(_ place: Workplace, _ words: String...) async throws -> Outcome {
        try await place.run(
            try #require(TestBed.prefix) / "bin/ray", words,
            variables: [
                "RAY_PLUGIN_PATH": try #require(TestBed.fixtures) / "provides", "ANSWERS": place.folder / "answers",
                "AUTOSCALER_NODE_START_WAIT_S": "0",
            ])
    }

    private func prefixes(_ bed: HostBed) throws -> [[String]] {
        let script = try #require(TestBed.variable("RAY_TEST_HOSTS"))
        return [Self.head, Self.worker].map { address in
            [
                script, bed.folder, "run", address, "env", "-i", "HOME=/root", "USER=root",
                "PATH=/usr/local/bin:/usr/bin:/bin", "setsid", "-w",
            ]
        }
    }

    @Test func `nodes without ssh are set up, used and taken down`() async throws {
        try await HostBed.with([Self.head, Self.worker]) { place, bed in
            try answer(place, states: ["running", "running"], prefixes: try prefixes(bed))
            let up = try await ray(place, "up", "cluster.yaml", "-y")
            #expect(up.status == 0, "\(up.errors)")
            #expect(up.errors.contains("worker two: up\n"), "\(up.errors)")
            #expect(try await bed.run(Self.worker, "cat /root/made") == "x\n")
            let again = try await ray(place, "up", "cluster.yaml", "-y")
            #expect(again.errors.contains("cluster `c` is up as it was: 2 nodes\n"), "\(again.errors)")
            let exec = try await ray(place, "exec", "cluster.yaml", "hostname; pwd; exit 7")
            #expect(exec.status == 7, "\(exec.errors)")
            #expect(exec.output == "host-10-77-0-11\n/root\n")
            try place.write("sent/a", "text\n")
            let sent = try await ray(place, "rsync-up", "cluster.yaml", "sent/", "/root/sent/")
            #expect(sent.status == 0, "\(sent.errors)")
            #expect(try await bed.run(Self.head, "cat /root/sent/a") == "text\n")
            let port = try await ray(place, "exec", "cluster.yaml", "-p", "8265", "true")
            let way = try #require(try prefixes(bed).first).map(\.shellQuoted).joined(separator: " ")
            #expect(
                port.errors.contains("error[conflict]: no port can be forwarded through `\(way)`\n"), "\(port.errors)")
            try answer(place, "terminate", ["results": ["one": "done", "two": "failed"]])
            let failed = try await ray(place, "down", "cluster.yaml", "-y")
            #expect(failed.errors.contains("provider `test` could not terminate two\n"), "\(failed.errors)")
            try answer(place, "terminate", ["results": ["one": "done", "two": "done"]])
            let down = try await ray(place, "down", "cluster.yaml", "-y")
            #expect(down.status == 0, "\(down.errors)")
        }
    }

    @Test func `a node that does not answer and a program that is not there are told`() async throws {
        try await Workplace.with { place in
            try answer(place, states: ["running"], prefixes: [["false"]])
            let mute = try await ray(place, "up", "cluster.yaml", "-y", "--min-workers", "0", "--max-workers", "0")
            #expect(mute.status == 1)
            #expect(
                mute.errors.contains(
                    "error[unreachable]: cannot reach node `one` with `false`: it runs no `sh` there, and that for 0"),
                "\(mute.errors)")
            try answer(place, states: ["running"], prefixes: [["no-such-program", "run"]])
            let absent = try await ray(place, "up", "cluster.yaml", "-y", "--min-workers", "0")
            #expect(
                absent.errors.contains(
                    "error[tool-missing]: `no-such-program`, which the provider reaches nodes with, is not on PATH\n"),
                "\(absent.errors)")
        }
    }

    @Test func `a provider is asked for what is missing, and says why it gives less`() async throws {
        try await Workplace.with { place in
            try answer(place, states: [], prefixes: [])
            let dry = try await ray(place, "up", "cluster.yaml", "--dry-run")
            #expect(dry.output == "2 boxes\n", "\(dry.errors)")
            try answer(place, "launch", ["nodes": [], "missing": .int(1), "errors": [["message": "no more boxes"]]])
            let launched = try await ray(place, "up", "cluster.yaml", "-y")
            #expect(
                launched.errors.contains("error[capacity]: ")
                    && launched.errors.contains("provider `test` gave 0 of 1 head nodes\n"), "\(launched.errors)")
            #expect(launched.errors.contains("no more boxes"), "\(launched.errors)")
            let folder = try SessionFolder(cluster: "c", in: place.context)
            let state = try folder.state()
            #expect(state.phase == .starting)
            #expect(state.launches.isEmpty)
            try answer(place, states: ["stopped", "stopped"], prefixes: [["true"], ["true"]])
            try answer(place, "start", ["results": ["one": "failed"]])
            let started = try await ray(place, "up", "cluster.yaml", "-y")
            #expect(started.errors.contains("provider `test` could not start one again\n"), "\(started.errors)")
        }
    }

    @Test func `a provider that cannot answer now is asked again, and one that will not is told`() async throws {
        try await Workplace.with { place in
            try answer(place, states: [], prefixes: [])
            try answer(place, "launch", ["nodes": [], "missing": .int(1), "errors": []])
            for (word, operation) in [("throttle", "nodes"), ("transient", "launch")] {
                try Files.replace(place.folder / "answers/\(operation).first", with: Data("fail \(word)".utf8))
                let up = try await ray(place, "up", "cluster.yaml", "-y")
                #expect(up.errors.contains("provider `test` gave 0 of 1 head nodes\n"), "\(up.errors)")
                #expect(!Files.exists(place.folder / "answers/\(operation).first"))
            }
            try Files.replace(place.folder / "answers/launch.first", with: Data("fail invalid".utf8))
            let up = try await ray(place, "up", "cluster.yaml", "-y")
            #expect(
                up.errors.contains("error[input]: plugin `provides` failed in `launch`: the cloud says so\n"),
                "\(up.errors)")
        }
    }
}
