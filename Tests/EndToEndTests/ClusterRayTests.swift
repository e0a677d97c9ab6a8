import FoundationEssentials
import Host
import Testing

/// Real Ray on hosts, by the start commands that Ray itself would use.
@Suite(.serialized, .startsRay, .needsHosts, .timeLimit(.minutes(30))) struct ClusterRayTests {
    private static let addresses = ["10.77.0.11", "10.77.0.12", "10.77.0.13"]

    @Test func `a cluster file without start commands brings Ray up on three hosts`() async throws {
        try await HostBed.with([]) { place, bed in
            try await RayForHosts.with(place) { ray in
                try await bed.add(Self.addresses, ["--share", ray.folder])
                try await bed.write(Self.addresses, ray.setup + "\nidle_timeout_minutes: 3")
                let up = try await bed.ray("up", "cluster.yaml", "-y")
                try #require(up.status == 0, "\(up.errors)")
                try await expectMonitorKnowsAll(bed)
                try await expectJobsRunEverywhere(place, bed)

                let again = try await bed.ray("up", "cluster.yaml", "-y")
                #expect(again.errors.hasSuffix("cluster `c` is up as it was: 3 nodes\n"), "\(again.errors)")
                let down = try await bed.ray("down", "cluster.yaml", "-y")
                #expect(down.status == 0, "\(down.errors)")
                for address in Self.addresses {
                    let left = try await bed.hosts("processes", address).lowercased()
                    #expect(!left.contains("ray"), "\(address): \(left)")
                    #expect(try await bed.run(address, "ls ~/ray_bootstrap* /tmp/ray/*.state 2>/dev/null || :") == "")
                }
            }
        }
    }

    /// The monitor on the head has found the three nodes running, and nothing to do.
    private func expectMonitorKnowsAll(_ bed: HostBed) async throws {
        try await until {
            try await bed.ray("exec", "cluster.yaml", "ray status").output.contains(" 3 local.cluster.node\n")
        }
        let file = try await bed.run(
            Self.addresses[0], "cat ~/ray_bootstrap_config.yaml; stat -c %a ~/ray_bootstrap_config.yaml")
        #expect(
            file == """
                # Written by `ray up`, which also sets up every node: Ray's monitor starts and ends none.
                cluster_name: "c"
                max_workers: 2
                provider:
                  type: local
                  head_ip: "10.77.0.11"
                  worker_ips: ["10.77.0.12", "10.77.0.13"]
                  disable_node_updaters: true
                  disable_launch_config_check: true
                  worker_liveness_check: false
                idle_timeout_minutes: 3
                600

                """)
        let log = try await bed.run(Self.addresses[0], "cat /tmp/ray/session_latest/logs/monitor.log")
        #expect(log.contains("ALLOCATED->RAY_RUNNING"), "\(log)")
        #expect(!log.contains("Traceback") && !log.contains("ERROR"), "\(log)")
        #expect(!log.contains("QUEUED"), "it starts a node: \(log)")
    }

    private func expectJobsRunEverywhere(_ place: Workplace, _ bed: HostBed) async throws {
        try place.write(
            "job's file.py",
            """
            import ray, socket, sys, time
            ray.init(address="auto", logging_level="error", log_to_driver=False)
            @ray.remote(num_cpus=1, scheduling_strategy="SPREAD")
            def host():
                time.sleep(0.5)
                return socket.gethostname()
            print(sorted(set(ray.get([host.remote() for _ in range(12)]))), sys.argv[1:])
            sys.exit(7)
            """)
        let job = try await bed.ray("submit", "cluster.yaml", "job's file.py", "a b", "--flag", "*", "")
        // Where a machine is slow, Ray warns before it has seen all nodes.
        #expect(
            job.output.hasSuffix(
                "['host-10-77-0-11', 'host-10-77-0-12', 'host-10-77-0-13'] ['a b', '--flag', '*', '']\n"),
            "\(job.output)\(job.errors)")
        #expect(job.status == 7, "\(job.errors)")
        #expect(try await bed.run(Self.addresses[0], "ls ~") == "job's file.py\nray_bootstrap_config.yaml\n")
    }
}
