import FoundationEssentials
import Glibc
import Host
import Testing

/// Clusters of hosts by ssh, from a cluster file alone.
@Suite(.needsHosts, .timeLimit(.minutes(5))) struct ClusterTests {
    private static let addresses = ["10.77.0.11", "10.77.0.12", "10.77.0.13"]
    private static let commands = """
        setup_commands: ['echo setup >> ~/done', 'echo more >> ~/done']
        head_start_ray_commands: ['sleep 1234 > /dev/null 2>&1 &']
        worker_start_ray_commands: ['echo $RAY_HEAD_IP > ~/head; sleep 1234 > /dev/null 2>&1 &']
        """

    @Test func `up prepares every host once, and down leaves nothing there`() async throws {
        try await HostBed.with(Self.addresses) { _, bed in
            try await bed.write(Self.addresses, Self.commands)
            let first = try await bed.ray("up", "cluster.yaml", "-y")
            #expect(first.status == 0, "\(first.errors)")
            #expect(first.errors.hasSuffix("cluster `c` is up: 3 nodes\n"), "\(first.errors)")
            let again = try await bed.ray("up", "cluster.yaml", "-y")
            #expect(
                again.errors.split(separator: "\n").sorted() == [
                    "cluster `c` is up as it was: 3 nodes", "head 10.77.0.11: unchanged",
                    "worker 10.77.0.12: unchanged",
                    "worker 10.77.0.13: unchanged",
                ])
            for address in Self.addresses {
                #expect(try await bed.run(address, "cat ~/done; pgrep -fc 'sleep 123[4]'") == "setup\nmore\n1\n")
                #expect(try await bed.hosts("connections", address) == "1\n")
            }
            #expect(try await bed.run("10.77.0.12", "cat ~/head") == "10.77.0.11\n")
            #expect(try await bed.ray("get-head-ip", "cluster.yaml").output == "10.77.0.11\n")
            #expect(try await bed.ray("get-worker-ips", "cluster.yaml").output == "10.77.0.12\n10.77.0.13\n")
            let asked = try await bed.ray("down", "cluster.yaml")
            #expect(
                asked.errors == """
                    error[usage]: taking cluster `c` down is to be confirmed, and there is nobody to ask
                      hint: `--yes` confirms it

                    """)
            let down = try await bed.ray("down", "cluster.yaml", "-y")
            #expect(down.status == 0, "\(down.errors)")
            #expect(down.errors.hasSuffix("cluster `c` is down\n"))
            for address in Self.addresses {
                #expect(try await bed.run(address, "! pgrep -fa 'sleep 123[4]'") == "")
            }
            #expect(try await bed.ray("down", "cluster.yaml", "-y").errors == "cluster `c` is not up\n")
        }
    }

    @Test func `Ray that has ended is started again, and what starts it when that changes`() async throws {
        let addresses = ["10.77.0.11"]
        try await HostBed.with(addresses) { _, bed in
            try await bed.write(addresses, Self.commands)
            #expect(try await bed.ray("up", "cluster.yaml", "-y").status == 0)
            _ = try await bed.run("10.77.0.11", "pkill -f 'sleep 123[4]'")
            let mended = try await bed.ray("up", "cluster.yaml", "-y")
            #expect(mended.errors.hasPrefix("head 10.77.0.11: Ray has ended: starting it again\n"), "\(mended.errors)")
            try await bed.write(addresses, Self.commands.replacing("sleep 1234", with: "sleep 1235"))
            let kept = try await bed.ray("up", "cluster.yaml", "-y", "--no-restart")
            #expect(kept.errors == "head 10.77.0.11: unchanged\ncluster `c` is up as it was: 1 node\n")
            let changed = try await bed.ray("up", "cluster.yaml", "-y")
            #expect(
                changed.errors.hasPrefix("head 10.77.0.11: what starts Ray has changed: starting it again\n"),
                "\(changed.errors)")
            let forced = try await bed.ray("up", "cluster.yaml", "-y", "--restart-only")
            #expect(forced.errors.hasPrefix("head 10.77.0.11: restarting Ray\n"), "\(forced.errors)")
            let both = try await bed.ray("up", "cluster.yaml", "--no-restart", "--restart-only")
            #expect(both.errors.contains("`--no-restart` and `--restart-only` cannot both be given"))
        }
    }

    @Test func `a step that fails on one host is the only one that is run again`() async throws {
        try await HostBed.with(Self.addresses) { place, bed in
            let text = """
                setup_commands:
                  - echo setup >> ~/done
                  - 'echo out of luck; [ -e ~/mended ] || [ $(hostname) != host-10-77-0-12 ]'
                  - echo more >> ~/done
                head_start_ray_commands: []
                worker_start_ray_commands: []
                """
            try await bed.write(Self.addresses, text)
            let failed = try await bed.ray("up", "cluster.yaml", "-y")
            #expect(failed.status == 1)
            #expect(failed.errors.contains("2 of 3 nodes are up\n"), "\(failed.errors)")
            #expect(
                place.brief(failed.errors).contains(
                    """
                    error[build-failed]: cluster.yaml:6:5: worker 10.77.0.12: setup_commands 2/3: echo out of luck; [ -e ~/mended ] || [ $(hostname) != host-10-77-0-12 ]: it failed with status 1
                    """), "\(failed.errors)")
            #expect(failed.errors.contains("\n  out of luck\n"), "\(failed.errors)")
            _ = try await bed.run("10.77.0.12", "touch ~/mended")
            let mended = try await bed.ray("up", "cluster.yaml", "-y")
            #expect(mended.status == 0, "\(mended.errors)")
            #expect(
                mended.errors.split(separator: "\n").filter { $0.contains("setup_commands") } == [
                    "worker 10.77.0.12: setup_commands 2/3: echo out of luck; [ -e ~/mended ] || [ $(hostname) != host-10-77-0-12 ]",
                    "worker 10.77.0.12: setup_commands 3/3: echo more >> ~/done",
                ])
            for address in Self.addresses {
                #expect(try await bed.run(address, "cat ~/done") == "setup\nmore\n")
            }
        }
    }

    @Test func `credentials in a setup command reach its node and nobody else`() async throws {
        try await HostBed.with(["10.77.0.11"]) { place, bed in
            try await bed.write(
                ["10.77.0.11"],
                """
                setup_commands:
                  - printf 'https://user:sek'; sleep 0.3; echo 'rit@h/x'; echo 'https://user:sekrit@h/x' > ~/url; [ -e ~/mended ]
                head_start_ray_commands: []
                worker_start_ray_commands: []
                """)
            let failed = try await bed.ray("up", "cluster.yaml", "-y")
            #expect(failed.errors.contains("\n  https://****@h/x\n"), "\(failed.errors)")
            #expect(!failed.errors.components(separatedBy: "\n").contains { $0.contains("sekrit") && $0.first != " " })
            #expect(try await bed.run("10.77.0.11", "cat ~/url; touch ~/mended") == "https://user:sekrit@h/x\n")
            #expect(try await bed.ray("up", "cluster.yaml", "-y").status == 0)
            let state = place.folder / "state/ray/clusters"
            for name in try FileManager.default.subpathsOfDirectory(atPath: state) {
                let text = (try? Files.read(state / name)).map { String(decoding: $0, as: UTF8.self) } ?? ""
                #expect(!text.contains("sekrit"), "\(name)")
            }
        }
    }

    @Test func `as many workers come up as are wanted at least`() async throws {
        try await HostBed.with(Self.addresses) { _, bed in
            let rest = "head_start_ray_commands: []\nworker_start_ray_commands: []\nmax_workers: 2\n"
            try await bed.write(Self.addresses, rest + "min_workers: 1\nidle_timeout_minutes: 5\nfile_mounts: {}\n")
            let one = try await bed.ray("up", "cluster.yaml", "-y")
            #expect(one.errors.hasSuffix("cluster `c` is up: 2 nodes\n"), "\(one.errors)")
            try await bed.write(Self.addresses, rest)
            let all = try await bed.ray("up", "cluster.yaml", "-y")
            #expect(all.errors.contains("worker 10.77.0.13: up\n"), "\(all.errors)")
            #expect(all.errors.hasSuffix("cluster `c` is up: 3 nodes\n"), "\(all.errors)")
        }
    }

    @Test func `a machine belongs to one cluster at a time`() async throws {
        let addresses = ["10.77.0.11"]
        try await HostBed.with(addresses) { place, bed in
            try await bed.write(addresses, "head_start_ray_commands: []\n")
            let first = try await bed.ray("up", "cluster.yaml", "-y", variables: ["USER": "ann"])
            #expect(first.status == 0, "\(first.errors)")
            let other = ["XDG_STATE_HOME": place.folder / "other", "USER": "bob"]
            let refused = try await bed.ray("up", "cluster.yaml", "-y", "-n", "d", variables: other)
            #expect(refused.status == 1)
            #expect(
                refused.errors.contains(
                    "error[conflict]: node `10.77.0.11` belongs to cluster `c` of ann@\(ProcessIdentity.machine)\n"),
                "\(refused.errors)")
            #expect(refused.errors.contains("take that cluster down first with `ray down`, or choose another machine"))
            #expect(try await bed.ray("down", "cluster.yaml", "-y").status == 0)
            let taken = try await bed.ray("up", "cluster.yaml", "-y", "-n", "d", variables: other)
            #expect(taken.status == 0, "\(taken.errors)")
        }
    }

    @Test func `workers without a head say so, and what it runs has an end`() async throws {
        let addresses = ["10.77.0.11", "10.77.0.12"]
        try await HostBed.with(addresses) { _, bed in
            try await bed.write(addresses, "head_setup_commands: ['sleep 100']\n")
            let outcome = try await bed.ray("up", "cluster.yaml", "-y", "--step-timeout", "1")
            #expect(outcome.status == 1)
            #expect(
                outcome.errors.contains("head 10.77.0.11: head_setup_commands 1/1: sleep 100: it took more than 1 s\n"),
                "\(outcome.errors)")
            #expect(
                outcome.errors.contains(
                    """
                    error[conflict]: worker 10.77.0.12 is prepared, and has no head to join
                      hint: run `ray up` again when the head is mended
                    """), "\(outcome.errors)")
            #expect(try await bed.run("10.77.0.11", "! pgrep -fa 'sleep 10[0]'") == "")
            let wrong = try await bed.ray("up", "cluster.yaml", "-y", "--step-timeout", "0")
            #expect(wrong.errors.contains("`--step-timeout` must be more than 0"))
        }
    }

    @Test func `a step goes on when the connection drops, and is found again`() async throws {
        let addresses = ["10.77.0.11"]
        try await HostBed.with(addresses) { place, bed in
            try await bed.write(
                addresses,
                """
                setup_commands: ['echo began >> ~/done; while ! [ -e ~/go ]; do sleep 0.05; done; echo ended >> ~/done']
                head_start_ray_commands: []
                """)
            async let dropped = bed.ray("up", "cluster.yaml", "-y")
            try await until { try await bed.run("10.77.0.11", "cat ~/done 2>/dev/null; :") == "began\n" }
            _ = try await bed.run("10.77.0.11", "pkill -f 'sshd: root[@]'")
            let first = try await dropped
            #expect(first.status == 1)
            #expect(
                first.errors.contains("error[unreachable]: the connection to node `10.77.0.11` has ended\n"),
                "\(first.errors)")
            async let again = bed.ray("up", "cluster.yaml", "-y", errorsTo: "again.log")
            try await until {
                try place.text("again.log").contains("]; do sleep 0.05; done; echo ended >> ~/done: it still runs\n")
            }
            _ = try await bed.run("10.77.0.11", "touch ~/go")
            let second = try await again
            #expect(second.status == 0)
            #expect(try await bed.run("10.77.0.11", "cat ~/done") == "began\nended\n")
        }
    }

    @Test func `an interrupt ends it also while workers wait for the head`() async throws {
        let addresses = ["10.77.0.11", "10.77.0.12"]
        try await HostBed.with(addresses) { place, bed in
            try await bed.write(
                addresses, "head_setup_commands: ['sleep 100']\nworker_setup_commands: ['touch ~/prepared']\n")
            let outcome = try await bed.ray(["up", "cluster.yaml", "-y"], sending: SIGINT) {
                let prepared = try await bed.run("10.77.0.12", "ls ~/prepared 2>/dev/null; :")
                let sleeping = try await bed.run("10.77.0.11", "pgrep -f 'sleep 10[0]' || :")
                return prepared != "" && sleeping != ""
            }
            #expect(outcome.status == 130, "\(outcome.errors)")
            // It is ended there while the client goes.
            try await until { try await bed.run("10.77.0.11", "pgrep -fa 'sleep 10[0]' || :") == "" }
        }
    }

    @Test func `what a node cannot keep is told`() async throws {
        let addresses = ["10.77.0.11"]
        try await HostBed.with(addresses) { _, bed in
            try await bed.write(addresses, "head_start_ray_commands: []\n")
            _ = try await bed.run("10.77.0.11", "mount -t tmpfs -o ro none /var/tmp")
            let claim = try await bed.ray("up", "cluster.yaml", "-y")
            #expect(claim.errors.contains("error[input]: cannot claim node `10.77.0.11`\n"), "\(claim.errors)")
            _ = try await bed.run("10.77.0.11", "umount /var/tmp")
            #expect(try await bed.ray("up", "cluster.yaml", "-y").status == 0)
            _ = try await bed.run("10.77.0.11", "mount -t tmpfs -o ro none ~/.local/state/ray/clusters/*/*/steps")
            try await bed.write(addresses, "setup_commands: ['true']\nhead_start_ray_commands: []\n")
            let step = try await bed.ray("up", "cluster.yaml", "-y")
            #expect(step.errors.contains("setup_commands 1/1: true: it failed with status 1\n"), "\(step.errors)")
            #expect(step.errors.contains("\n  cannot write in /root/.local/state/ray/"), "\(step.errors)")
            _ = try await bed.run("10.77.0.11", "umount ~/.local/state/ray/clusters/*/*/steps")
            _ = try await bed.run("10.77.0.11", "cd ~/.local/state/ray/clusters/*/*/ && rm -f started && mkdir started")
            let record = try await bed.ray("up", "cluster.yaml", "-y", "--restart-only")
            #expect(
                record.errors.contains("error[internal]: a script of ray's own failed on a node with status "),
                "\(record.errors)")
        }
    }
}
