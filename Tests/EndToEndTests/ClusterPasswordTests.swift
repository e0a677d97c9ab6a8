import FoundationEssentials
import Host
import Testing

/// Passwords and one-time codes of hosts, typed on a terminal.
@Suite(.needsHosts, .timeLimit(.minutes(5))) struct ClusterPasswordTests {
    private static let rest = "head_start_ray_commands: []\nworker_start_ray_commands: []\n"
    private static let (head, worker) = ("10.77.0.11", "10.77.0.12")

    @Test func `a head's password is asked for while the worker is prepared`() async throws {
        try await HostBed.with([Self.worker]) { place, bed in
            try await bed.add([Self.head], ["--password", "open-1"])
            try await bed.write([Self.head, Self.worker], "setup_commands: [touch ~/prepared]\n\(Self.rest)")
            let outcome = try await bed.terminal(
                "up", "cluster.yaml",
                answering: [("root@10.77.0.11's password: ", ["open-1\n"])],
                after: "ls ~/prepared", at: Self.worker)
            #expect(outcome.status == 0, "\(outcome.output)")
            #expect(outcome.output.contains("head 10.77.0.11: root@10.77.0.11's password: "), "\(outcome.output)")
            #expect(outcome.output.contains("cluster `c` is up: 2 nodes"), "\(outcome.output)")
            #expect(!outcome.output.contains("open-1"))
            // The connection stays, for commands without a terminal too.
            #expect(
                try await bed.ray(
                    "exec", "cluster.yaml", "echo in", variables: ["XDG_RUNTIME_DIR": place.folder / "home"]
                ).output == "in\n")
            #expect(!Files.names(in: place.folder / "home/ray-ssh").contains { $0.hasSuffix(".ask") })
        }
    }

    @Test func `the question stands there again after what others say`() async throws {
        try await HostBed.with([Self.head]) { _, bed in
            try await bed.add([Self.worker], ["--password", "open-1"])
            try await bed.write([Self.head, Self.worker], Self.rest)
            let screen = "head 10.77.0.11: up\r\nworker 10.77.0.12: root@10.77.0.12's password: "
            let outcome = try await bed.terminal("up", "cluster.yaml", answering: [(screen, ["open-1\n"])])
            #expect(outcome.status == 0, "\(outcome.output)")
            #expect(outcome.output.contains(screen), "\(outcome.output)")
        }
    }

    @Test func `questions come one after the other, and a wrong answer is asked for again`() async throws {
        try await HostBed.with([]) { _, bed in
            try await bed.add([Self.head], ["--password", "open-1"])
            try await bed.add([Self.worker], ["--code", "424242"])
            try await bed.write([Self.head, Self.worker], Self.rest)
            let outcome = try await bed.terminal(
                "up", "cluster.yaml",
                answering: [("head 10.77.0.11: ", ["shut-1\n", "open-1\n"]), ("worker 10.77.0.12: ", ["424242\n"])])
            #expect(outcome.status == 0, "\(outcome.output)")
            #expect(outcome.output.contains("head 10.77.0.11: it does not accept that\r\n"), "\(outcome.output)")
            #expect(outcome.output.contains("worker 10.77.0.12: (root@10.77.0.12) "), "\(outcome.output)")
            for word in ["shut-1", "open-1", "424242"] { #expect(!outcome.output.contains(word)) }
        }
    }

    @Test func `three wrong answers are an error, and Ctrl-C ends all`() async throws {
        try await HostBed.with([]) { place, bed in
            try await bed.add([Self.head], ["--password", "open-1"])
            try await bed.write([Self.head], Self.rest)
            let wrong = try await bed.terminal(
                "up", "cluster.yaml", answering: [("head 10.77.0.11: root@", ["a\n", "b\n", "c\n"])])
            #expect(wrong.status == 1)
            #expect(
                wrong.output.contains(
                    "error[auth]: cannot reach node `10.77.0.11` by ssh: it does not accept the login\r\n"),
                "\(wrong.output)")
            #expect(!wrong.output.contains("on a terminal"))
            let ended = try await bed.terminal(
                "up", "cluster.yaml", answering: [("root@10.77.0.11's password: ", ["\u{3}"])])
            #expect(ended.status == 130, "\(ended.output)")
            #expect(ended.output.contains("error[cancelled]: interrupted"), "\(ended.output)")
            #expect(!Files.names(in: place.folder / "home/ray-ssh").contains { $0.hasSuffix(".ask") })
        }
    }

    @Test func `without a terminal nothing is asked, and that is said`() async throws {
        try await HostBed.with([]) { _, bed in
            try await bed.add([Self.head], ["--password", "open-1"])
            try await bed.write([Self.head], Self.rest)
            let outcome = try await bed.ray("up", "cluster.yaml", "-y")
            #expect(outcome.status == 1)
            #expect(
                outcome.errors.contains(
                    "error[auth]: cannot reach node `10.77.0.11` by ssh: it does not accept the login\n"),
                "\(outcome.errors)")
            #expect(
                outcome.errors.contains("; passwords and codes are asked for only on a terminal\n"), "\(outcome.errors)"
            )
        }
    }
}
