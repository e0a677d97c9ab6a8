import FoundationEssentials
import Host
import Testing

/// The options of `ray up` and `ray down`.
@Suite(.needsHosts, .timeLimit(.minutes(5))) struct ClusterOptionTests {
    private static let addresses = ["10.77.0.11", "10.77.0.12", "10.77.0.13"]
    private static let commands = """
        setup_commands: ['echo setup >> ~/done']
        head_start_ray_commands: ['sleep 1234 > /dev/null 2>&1 &']
        worker_start_ray_commands: ['sleep 1234 > /dev/null 2>&1 &']
        """

    @Test func `a dry run says what would be done, and does nothing`() async throws {
        try await HostBed.with(Self.addresses) { _, bed in
            try await bed.write(Self.addresses, Self.commands)
            let first = try await bed.ray("up", "cluster.yaml", "--dry-run", "--max-workers", "1")
            #expect(
                first.output == """
                    head 10.77.0.11
                      setup_commands 1/1: echo setup >> ~/done: would be run
                      Ray: would be started
                    worker 10.77.0.12
                      setup_commands 1/1: echo setup >> ~/done: would be run
                      Ray: would be started

                    """, "\(first.errors)")
            #expect(
                try await bed.run("10.77.0.11", "ls -A ~ | grep -v '^[.]\\(bash\\|prof\\|ssh\\)'; ls /var/tmp") == "")
            #expect(try await bed.ray("clusters", "--json").output == "[]\n")

            try await bed.write(Self.addresses, Self.commands)
            #expect(try await bed.ray("up", "cluster.yaml").status == 0)
            let again = try await bed.ray("up", "cluster.yaml", "--dry-run")
            #expect(
                again.output.hasPrefix(
                    """
                    head 10.77.0.11
                      setup_commands 1/1: echo setup >> ~/done: is done
                      Ray: stays as it is
                    """), "\(again.output)")
            let forced = try await bed.ray("up", "cluster.yaml", "--dry-run", "--force-setup", "--restart-only")
            #expect(forced.output.contains("is done") == false)
            #expect(forced.output.contains("\n  Ray: restarting Ray\n"), "\(forced.output)")
            let json = try JSONValue(
                parsing: Data(try await bed.ray("up", "cluster.yaml", "--dry-run", "--json").output.utf8))
            #expect(json.array?.count == 3)
            #expect(json.array?.first?["ray"] == "unchanged")
            #expect(json.array?.first?["steps"]?.array?.first?["done"] == true)
            try await bed.hosts("del", "10.77.0.13")
            let gone = try await bed.ray("up", "cluster.yaml", "--dry-run")
            #expect(gone.status == 1)
            #expect(gone.output.split(separator: "\n").count == 6, "\(gone.output)")
            #expect(gone.errors.contains("cannot reach node `10.77.0.13` by ssh"), "\(gone.errors)")
        }
    }

    @Test func `what prepares the nodes is run again where that is asked for`() async throws {
        try await HostBed.with(["10.77.0.11"]) { _, bed in
            try await bed.write(["10.77.0.11"], Self.commands)
            #expect(try await bed.ray("up", "cluster.yaml").status == 0)
            let process = try await bed.run("10.77.0.11", "pgrep -f 'sleep 123[4]'")
            let forced = try await bed.ray("up", "cluster.yaml", "--force-setup")
            #expect(forced.status == 0, "\(forced.errors)")
            #expect(
                try await bed.run("10.77.0.11", "cat ~/done; pgrep -f 'sleep 123[4]'") == "setup\nsetup\n" + process)
        }
    }

    @Test func `nodes come and go with the numbers that are asked for`() async throws {
        try await HostBed.with(Self.addresses) { _, bed in
            try await bed.write(Self.addresses, Self.commands + "\nmin_workers: 1\n")
            let two = try await bed.ray("up", "cluster.yaml", "--min-workers", "2")
            #expect(two.errors.hasSuffix("cluster `c` is up: 3 nodes\n"), "\(two.errors)")
            let one = try await bed.ray("up", "cluster.yaml")
            #expect(one.errors.contains("worker 10.77.0.13: down\n"), "\(one.errors)")
            #expect(one.errors.hasSuffix("cluster `c` is up as it was: 2 nodes\n"), "\(one.errors)")
            #expect(try await bed.run("10.77.0.13", "pgrep -f 'sleep 123[4]' || :") == "")
            #expect(try await bed.ray("up", "cluster.yaml", "--min-workers", "2").status == 0)

            let kept = try await bed.ray("down", "cluster.yaml", "-y", "--workers-only", "--keep-min-workers")
            #expect(kept.errors == "worker 10.77.0.13: down\ncluster `c` has 1 worker less\n")
            let head = try await bed.ray("down", "cluster.yaml", "-y", "--workers-only")
            #expect(head.errors == "worker 10.77.0.12: down\ncluster `c` has 1 worker less\n")
            #expect(try await bed.run("10.77.0.11", "pgrep -fc 'sleep 123[4]'") == "1\n")
            #expect(try await bed.ray("exec", "cluster.yaml", "true").status == 0)
            let all = try await bed.ray("down", "cluster.yaml", "-y")
            #expect(all.errors == "head 10.77.0.11: down\ncluster `c` is down\n")
        }
    }

    @Test func `a node that is gone from the file and cannot be reached is a warning`() async throws {
        try await HostBed.with(["10.77.0.11", "10.77.0.12"]) { _, bed in
            try await bed.write(["10.77.0.11", "10.77.0.12"], Self.commands)
            #expect(try await bed.ray("up", "cluster.yaml").status == 0)
            try await bed.hosts("del", "10.77.0.12")
            try await bed.write(["10.77.0.11"], Self.commands)
            let up = try await bed.ray("up", "cluster.yaml")
            #expect(up.status == 0)
            #expect(
                up.errors.contains(
                    "warning: a node that is no longer of the cluster may still run what was started there: cannot reach node `10.77.0.12` by ssh: "
                ), "\(up.errors)")
            #expect(up.errors.contains("  hint: see there for processes of Ray\n"), "\(up.errors)")
            #expect(up.errors.hasSuffix("cluster `c` is up as it was: 1 node\n"), "\(up.errors)")
        }
    }

    @Test func `options that cannot be meant so are told`() async throws {
        try await HostBed.with([]) { _, bed in
            try await bed.write(["10.77.0.11"], Self.commands)
            for (words, message) in [
                (["--min-workers=-1"], "`--min-workers` and `--max-workers` cannot be less than 0"),
                (["--min-workers=2", "--max-workers=1"], "`--min-workers` cannot be more than `--max-workers`"),
            ] {
                let outcome = try await bed.ray("up", "cluster.yaml", words[0], words.last ?? "-y")
                #expect(outcome.status == 2)
                #expect(outcome.errors.contains(message), "\(outcome.errors)")
            }
            let down = try await bed.ray("down", "cluster.yaml", "--keep-min-workers")
            #expect(
                down.errors.contains("`--keep-min-workers` needs `--workers-only`: workers without a head do nothing"))
        }
    }
}
