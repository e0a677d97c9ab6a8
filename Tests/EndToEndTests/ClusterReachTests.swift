import FoundationEssentials
import Host
import Testing

/// What is said of hosts that cannot be reached, and how the keys of hosts are known.
@Suite(.needsHosts, .timeLimit(.minutes(5))) struct ClusterReachTests {
    private static let rest = "head_start_ray_commands: []\nworker_start_ray_commands: []\n"

    struct Trouble: Sendable, CustomTestStringConvertible {
        var options: [String]
        var message: String
        var testDescription: String { options.joined(separator: " ") }
    }

    static let troubles = [
        Trouble(
            options: ["--never-boots"],
            message: "error[unreachable]: cannot reach node `10.77.0.12` by ssh: it refuses connections, and that for "),
        Trouble(
            options: ["--no-banner"],
            message:
                "error[unreachable]: cannot reach node `10.77.0.12` by ssh: it accepts connections and says nothing, and that for "
        ),
        Trouble(
            options: ["--reject-key"],
            message: "error[auth]: cannot reach node `10.77.0.12` by ssh: it does not accept the login\n"),
    ]

    @Test(arguments: troubles)
    func `a host that cannot be reached delays no other`(trouble: Trouble) async throws {
        try await HostBed.with(["10.77.0.11", "10.77.0.13"]) { _, bed in
            try await bed.add(["10.77.0.12"], trouble.options)
            try await bed.write(["10.77.0.11", "10.77.0.12", "10.77.0.13"], Self.rest)
            let outcome = try await bed.ray(
                "up", "cluster.yaml", "-y", variables: ["AUTOSCALER_NODE_START_WAIT_S": "1"])
            #expect(outcome.status == 1)
            #expect(outcome.errors.contains("head 10.77.0.11: up\n"), "\(outcome.errors)")
            #expect(outcome.errors.contains("worker 10.77.0.13: up\n"), "\(outcome.errors)")
            #expect(outcome.errors.contains("2 of 3 nodes are up\n"), "\(outcome.errors)")
            #expect(outcome.errors.contains(trouble.message), "\(outcome.errors)")
        }
    }

    @Test func `a name that is not known and an address without a way are told at once`() async throws {
        try await HostBed.with([]) { _, bed in
            try await bed.write(["no-such-host.invalid"], Self.rest)
            let name = try await bed.ray("up", "cluster.yaml", "-y")
            #expect(
                name.errors.contains(
                    "error[unreachable]: cannot reach node `no-such-host.invalid` by ssh: its name is not known"))
            #expect(name.errors.contains("hint: correct the address in the cluster file"))
            try await bed.write(["192.0.2.1"], Self.rest)
            let way = try await bed.ray("up", "cluster.yaml", "-y", variables: ["AUTOSCALER_NODE_START_WAIT_S": "0"])
            #expect(
                way.errors.contains("cannot reach node `192.0.2.1` by ssh: there is no route to it"), "\(way.errors)")
        }
    }

    @Test func `a host that boots is waited for, and why`() async throws {
        try await HostBed.with([]) { _, bed in
            try await bed.add(["10.77.0.11"], ["--boot-delay", "2"])
            try await bed.write(["10.77.0.11"], Self.rest)
            let outcome = try await bed.ray(
                "up", "cluster.yaml", "-y", variables: ["AUTOSCALER_NODE_START_WAIT_S": "60"])
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(outcome.errors.hasPrefix("head 10.77.0.11: waiting: it refuses connections\n"), "\(outcome.errors)")
        }
    }

    @Test func `the first key of a host is trusted, another one later is refused`() async throws {
        try await HostBed.with(["10.77.0.11"]) { place, bed in
            try await bed.write(["10.77.0.11"], Self.rest)
            #expect(try await bed.ray("up", "cluster.yaml", "-y").status == 0)
            #expect(try await bed.ray("down", "cluster.yaml", "-y").status == 0)
            try await bed.hosts("rekey", "10.77.0.11")
            let changed = try await bed.ray("up", "cluster.yaml", "-y")
            #expect(changed.status == 1)
            #expect(
                place.brief(changed.errors).contains(
                    "error[verify-failed]: cannot reach node `10.77.0.11` by ssh: its key is not the one that was known\n"
                ),
                "\(changed.errors)")
            #expect(changed.errors.contains("known_hosts:1\n"), "\(changed.errors)")
            let line = try await bed.hosts("host-key", "10.77.0.11").split(separator: " ").dropFirst()
            let key = line.joined(separator: " ").filter { $0 != "\n" }
            try await bed.write(["10.77.0.11"], Self.rest, auth: ", ssh_host_keys: {10.77.0.11: \(key)}")
            let given = try await bed.ray("up", "cluster.yaml", "-y")
            #expect(given.status == 0, "\(given.errors)")
            #expect(try await bed.ray("down", "cluster.yaml", "-y").status == 0)
            try await bed.hosts("rekey", "10.77.0.11")
            let other = try await bed.ray("up", "cluster.yaml", "-y")
            #expect(
                other.errors.contains(
                    "error[verify-failed]: cannot reach node `10.77.0.11` by ssh: its key is not the one that is given\n"
                ),
                "\(other.errors)")
        }
    }

    /// Writes a cluster file that says nothing of keys.
    private func write(_ place: Workplace, head: String) throws {
        try place.write(
            "cluster.yaml",
            "cluster_name: c\nprovider: {type: local, head_ip: \(head), worker_ips: []}\nauth: {ssh_user: root}\n\(Self.rest)"
        )
    }

    @Test func `the user's own configuration counts, with its hosts to jump over`() async throws {
        try await HostBed.with(["10.77.0.11", "10.77.0.12"]) { place, bed in
            let key = try await bed.hosts("key").split(whereSeparator: \.isNewline).first ?? ""
            try Files.makeFolder(place.folder / "home/.ssh", mode: 0o700)
            try Files.replace(
                place.folder / "home/.ssh/config",
                with: Data(
                    """
                    Host inner
                      HostName 10.77.0.12
                      ProxyJump root@10.77.0.11
                    Host *
                      IdentityFile "\(key)"
                      StrictHostKeyChecking accept-new
                      UserKnownHostsFile /dev/null
                    """.utf8))
            try write(place, head: "inner")
            // ssh takes its home from the list of users and not from the variable.
            let atHome = ["unshare", "-m", "sh", "-c", "mount --bind \"$HOME\" /root && exec \"$@\"", "sh"]
            let up = try await bed.ray("up", "cluster.yaml", "-y", behind: atHome)
            #expect(up.status == 0, "\(up.errors)")
            let exec = try await bed.ray("exec", "cluster.yaml", "hostname", behind: atHome)
            #expect(exec.output == "host-10-77-0-12\n", "\(exec.errors)")
            #expect(try await bed.hosts("log", "10.77.0.12").contains("from 10.77.0.11 port"))
            #expect(try await bed.hosts("connections", "10.77.0.11") == "1\n")
            #expect(try await bed.hosts("connections", "10.77.0.12") == "1\n")
        }
    }

    @Test func `keys may be with the agent`() async throws {
        try await HostBed.with(["10.77.0.11"]) { place, bed in
            let key = try await bed.hosts("key").split(whereSeparator: \.isNewline).first ?? ""
            try write(place, head: "10.77.0.11")
            let without = try await bed.ray("up", "cluster.yaml", "-y")
            #expect(without.errors.contains("it does not accept the login\n"), "\(without.errors)")
            let agent = ["ssh-agent", "sh", "-c", "ssh-add -q \(String(key).shellQuoted) && exec \"$@\"", "sh"]
            let up = try await bed.ray("up", "cluster.yaml", "-y", behind: agent)
            #expect(up.status == 0, "\(up.errors)")
        }
    }
}
