import FoundationEssentials
import Glibc
import Host
import Testing

/// Sessions whose cluster is hosts that ssh reaches.
@Suite(.needsHosts, .timeLimit(.minutes(30))) struct ClusterSessionTests {
    private static let addresses = ["10.77.0.11", "10.77.0.12", "10.77.0.13"]

    /// Makes the project one of these hosts.
    private func makeProject(
        _ place: Workplace, _ bed: HostBed, _ addresses: [String], _ rest: String, cluster: String = ""
    ) async throws {
        try place.makeProject(rest)
        try await bed.write(addresses, cluster, to: ".rayproject/cluster.yaml")
    }

    @Test(.startsRay, arguments: [false, true])
    func `a job reports the names of all hosts, and stop leaves nothing there`(homesAreShared: Bool) async throws {
        let home = homesAreShared ? ["--home", "one"] : []
        try await HostBed.with(Self.addresses, HostBed.packages + home) { place, bed in
            try await bed.lendPackages(to: Self.addresses)
            let start = "--num-cpus=1 --object-store-memory=100000000 --disable-usage-stats"
            try await makeProject(
                place, bed, Self.addresses, "environment: {requirements: requirements.txt}",
                cluster: """
                    head_start_ray_commands: [ray start --head --port=6379 --include-dashboard=false \(start)]
                    worker_start_ray_commands: ['ray start --address=$RAY_HEAD_IP:6379 \(start)']
                    """)
            try place.write("requirements.txt", "ray\n")
            // Fetches what the hosts, which reach no index, are lent.
            let fetched = try await place.ray("environment", "build")
            #expect(fetched.status == 0, "\(fetched.errors)")
            let started = try await bed.ray(
                "session", "start", "--shell", "python - <<'END'\n\(Self.job)END", variables: ["UV_OFFLINE": "1"])
            #expect(started.status == 0, "\(started.errors)")
            #expect(started.output == "host-10-77-0-11 host-10-77-0-12 host-10-77-0-13\n")
            let again = try await bed.ray("session", "start", "--shell", "exit 7")
            #expect(again.status == 7)
            for address in Self.addresses {
                #expect(again.errors.contains("\(address): unchanged\n"), "\(again.errors)")
            }
            let stopped = try await bed.ray("session", "stop", "--terminate")
            #expect(stopped.status == 0, "\(stopped.errors)")
            for address in Self.addresses {
                let left = try await bed.hosts("processes", address)
                #expect(!left.contains("raylet") && !left.contains("gcs_server"), "\(left)")
            }
        }
    }

    private static let job = """
        import ray, socket
        ray.init(logging_level="error", log_to_driver=False)
        @ray.remote(num_cpus=1)
        class Host:
            def name(self):
                return socket.gethostname()
        hosts = [Host.remote() for _ in range(3)]
        print(*sorted(ray.get([host.name.remote() for host in hosts])))

        """

    @Test func `commands run inside the environment of the head`() async throws {
        try await HostBed.with(Array(Self.addresses.prefix(2))) { place, bed in
            try await makeProject(
                place, bed, Array(Self.addresses.prefix(2)),
                """
                environment:
                  shell: ['hostname > made', 'echo built >> ~/builds']
                  variables: {GREETING: hello}
                commands:
                  - {name: show, command: 'echo {{word}} $GREETING $TOKEN from $(hostname) in $PWD',
                     params: [{name: word}]}
                  - {name: count, command: 'echo {{n}} on $(hostname)', params: [{name: n, type: int}]}
                """)
            let started = try await bed.ray(
                "session", "start", "--env", "TOKEN=it's secret", "show", "--word", "a 'b' c")
            #expect(started.status == 0, "\(started.errors)")
            #expect(started.output == "a 'b' c hello it's secret from host-10-77-0-11 in /root/p\n")
            #expect(started.errors.contains("[1/4] Creating cluster: head 10.77.0.11 and 1 worker\n"))
            #expect(started.errors.contains("worker 10.77.0.12: shell: echo built >> ~/builds\n"), "\(started.errors)")
            let input = try await bed.ray("session", "execute", "--shell", "cat; exit 3", input: "a\u{0}b\n")
            #expect(input.output == "a\u{0}b\n")
            #expect(input.status == 3)
            let sweep = try await bed.ray("session", "execute", "count", "--n", "1,2")
            #expect(sweep.status == 0, "\(sweep.errors)")
            #expect(sweep.sortedLines == ["n=1 | 1 on host-10-77-0-11", "n=2 | 2 on host-10-77-0-11"])
            #expect(try await bed.ray("session", "start").status == 0)
            for address in Self.addresses.prefix(2) {
                #expect(try await bed.run(address, "cat ~/builds") == "built\n")
            }
            let listed = try #require(try await place.listed("p"))
            #expect(listed["state"] == "up")
            #expect(listed["nodes"] == ["10.77.0.11", "10.77.0.12"])
            let status = try await place.ray("session", "status")
            #expect(status.output.contains("nodes        10.77.0.11, 10.77.0.12\n"), "\(status.output)")
            let logs = try await place.ray("session", "logs", "--only", "10.77.0.12")
            #expect(logs.status == 0, "\(logs.errors)")
        }
    }

    @Test func `a step that fails is told with its node, and goes on from there when it is mended`() async throws {
        let addresses = Array(Self.addresses.prefix(2))
        try await HostBed.with(addresses) { place, bed in
            try await makeProject(
                place, bed, addresses,
                "environment:\n  shell: ['echo first >> ~/builds', '[ $(hostname) = host-10-77-0-11 ] || { echo no luck; exit 4; }']"
            )
            let failed = try await bed.ray("session", "start")
            #expect(failed.status == 1)
            #expect(
                failed.errors.contains("error[build-failed]: .rayproject/project.yaml:4:37: worker 10.77.0.12: "),
                "\(failed.errors)")
            #expect(failed.errors.contains("no luck"))
            #expect(failed.errors.contains("1 of 2 nodes are up\n"))
            _ = try await bed.run("10.77.0.12", "hostname host-10-77-0-11")
            let mended = try await bed.ray("session", "start")
            #expect(mended.status == 0, "\(mended.errors)")
            #expect(try await bed.run("10.77.0.11", "cat ~/builds") == "first\n")
        }
    }

    @Test func `a store that cannot be locked on a node is told`() async throws {
        let addresses = Array(Self.addresses.prefix(1))
        try await HostBed.with(addresses) { place, bed in
            try await makeProject(place, bed, addresses, "environment: {shell: 'true'}")
            _ = try await bed.run("10.77.0.11", "mkdir -p ~/.cache/ray/v1 && touch ~/.cache/ray/v1/locks")
            let failed = try await bed.ray("session", "start")
            #expect(
                failed.errors.contains("head 10.77.0.11: shell: the node could not build it (75)\n"),
                "\(failed.errors)")
            #expect(failed.errors.contains("node-store: cannot open /root/.cache/ray/v1/locks/"))
        }
    }

    @Test func `a build goes on without its client, and is found again`() async throws {
        let addresses = Array(Self.addresses.prefix(1))
        try await HostBed.with(addresses) { place, bed in
            try await makeProject(
                place, bed, addresses,
                "environment:\n  shell: ['echo begun >> ~/builds; while ! [ -e ~/go ]; do sleep 0.05; done']")
            let killed = try await bed.ray(["session", "start"], sending: SIGKILL) {
                try await bed.run("10.77.0.11", "cat ~/builds 2>/dev/null; :") == "begun\n"
            }
            #expect(killed.status == 137)
            async let again = bed.ray("session", "start", "--shell", "echo ran", errorsTo: "again.log")
            try await until { try place.text("again.log").contains("head 10.77.0.11: shell: it is being built\n") }
            _ = try await bed.run("10.77.0.11", "touch ~/go")
            let outcome = try await again
            #expect(outcome.status == 0)
            #expect(outcome.output == "ran\n")
            #expect(try await bed.run("10.77.0.11", "cat ~/builds") == "begun\n")
        }
    }

    @Test func `a layer that was changed on a node is built again there`() async throws {
        let addresses = Array(Self.addresses.prefix(2))
        try await HostBed.with(addresses) { place, bed in
            try await makeProject(
                place, bed, addresses, "environment:\n  shell: ['echo x >> ~/builds; echo kept > \"$RAY_LAYER/file\"']")
            #expect(try await bed.ray("session", "start").status == 0)
            _ = try await bed.run(
                "10.77.0.12", "for file in ~/.cache/ray/v1/envs/*/layer/file; do echo other > $file; done")
            let again = try await bed.ray("session", "start")
            #expect(again.status == 0, "\(again.errors)")
            #expect(
                again.errors.contains("worker 10.77.0.12: shell: it is damaged: building it again\n"), "\(again.errors)"
            )
            #expect(try await bed.run("10.77.0.11", "cat ~/builds") == "x\n")
            #expect(try await bed.run("10.77.0.12", "cat ~/builds") == "x\nx\n")
            let third = try await bed.ray("session", "start")
            #expect(third.errors.contains("head 10.77.0.11: unchanged\n"), "\(third.errors)")
            let plan = try await bed.ray("session", "start", "--dry-run")
            #expect(
                plan.output == """
                    session `p`: nothing was started
                    STEP         ACTION  WHAT   WHY
                    nodes        keep           head 10.77.0.11 and 1 worker, by ssh
                    files        copy           to ~/p on every node, as far as it differs there
                    environment  ensure  shell  planned on each node, and built where it is not there
                    ray          ensure         on every node, if the environment holds one

                    """, "\(plan.output)")
        }
    }

    @Test func `the project is on every node, but for what git ignores and for outputs`() async throws {
        let addresses = Array(Self.addresses.prefix(2))
        try await HostBed.with(addresses) { place, bed in
            try await makeProject(
                place, bed, addresses, "output_files: [results]\nenvironment: {shell: 'cat part/a* >> ~/seen'}")
            try place.write("part/a file", "one\n")
            try place.write("results/big", "big")
            try place.write("x.log", "log")
            try place.write(".gitignore", "*.log\n")
            let started = try await bed.ray("session", "start", "--shell", "find . -type f | sort; cat ~/seen")
            #expect(started.status == 0, "\(started.errors)")
            #expect(
                started.output == """
                    ./.gitignore
                    ./.rayproject/cluster.yaml
                    ./.rayproject/project.yaml
                    ./part/a file
                    one

                    """)
            _ = try await bed.run("10.77.0.11", "echo made > ~/p/made; rm -f ~/.cache/ray/v1/envs/*/OK")
            try place.write("part/b", "two")
            try Files.remove(place.project / "part/a file")
            try place.write("part/a2", "three\n")
            let again = try await bed.ray("session", "start", "--shell", "find part made | sort; cat ~/seen")
            #expect(again.output == "made\npart\npart/a2\npart/b\none\nthree\n", "\(again.errors)")
            #expect(again.errors.contains("worker 10.77.0.12: 2 files sent (9 bytes), 1 removed\n"), "\(again.errors)")
            let third = try await bed.ray("session", "start")
            #expect(!third.errors.contains("sent"), "\(third.errors)")
        }
    }

    @Test func `files go to all nodes, and results come back`() async throws {
        let addresses = Array(Self.addresses.prefix(2))
        try await HostBed.with(addresses) { place, bed in
            try await makeProject(place, bed, addresses, "output_files: [results, later]")
            #expect(
                try await bed.ray("session", "start", "--shell", "mkdir results; echo 1 > 'results/a b'").status == 0)
            try place.write("new", "file")
            let up = try await bed.ray("session", "sync")
            #expect(up.errors.contains("worker 10.77.0.12: 1 file sent (4 bytes)\n"), "\(up.errors)")
            #expect(try await bed.ray("session", "sync").errors.contains("head 10.77.0.11: unchanged\n"))
            let down = try await bed.ray("session", "sync", "--down")
            #expect(down.errors == "`results` is here\n`later` is not there yet\n")
            #expect(try place.text("results/a b") == "1\n")
            #expect(try await bed.ray("session", "execute", "--shell", "echo 2 > results/c").status == 0)
            #expect(try await bed.ray("session", "sync", "--down", "results/c").status == 0)
            #expect(try place.text("results/c") == "2\n")
            let absent = try await bed.ray("session", "sync", "--down", "nothing")
            #expect(
                absent.errors == """
                    error[input]: there is no `nothing` in the project on head 10.77.0.11
                      hint: `ray session execute --shell ls` shows what is there

                    """)
            for path in ["../x", "/etc/passwd", "."] {
                let outside = try await bed.ray("session", "sync", "--down", path)
                #expect(outside.errors.contains("`\(path)` is not a path in the project\n"), "\(outside.errors)")
            }
            let wrong = try await bed.ray("session", "sync", "new")
            #expect(wrong.errors.contains("paths are for `--down`; the whole project goes to the nodes"))
        }
    }

    @Test func `nothing is copied where the session is in place`() async throws {
        try await Workplace.with { place in
            try place.makeProject()
            #expect(try await place.ray("session", "start").status == 0)
            let sync = try await place.ray("session", "sync", "--down")
            #expect(
                sync.errors == "session `p` is in the project's own folder: there is nothing to copy\n")
        }
    }

    @Test func `results are named by the project or the command line`() async throws {
        let addresses = Array(Self.addresses.prefix(1))
        try await HostBed.with(addresses) { place, bed in
            try await makeProject(place, bed, addresses, "")
            #expect(try await bed.ray("session", "start").status == 0)
            let none = try await bed.ray("session", "sync", "--down")
            #expect(
                none.errors == """
                    error[usage]: the project names no `output_files`
                      hint: name what to copy, as in `ray session sync --down results`

                    """)
        }
    }

    @Test func `ports of the head are here while a command runs, and an interrupt ends it there`() async throws {
        let addresses = Array(Self.addresses.prefix(1))
        try await HostBed.with(addresses) { place, bed in
            try await makeProject(
                place, bed, addresses,
                """
                commands:
                  - {name: serve, command: 'python3 serve.py', config: {port_forward: 8765}}
                """)
            try place.write(
                "serve.py",
                """
                import http.server, socket
                class Name(http.server.BaseHTTPRequestHandler):
                    def do_GET(self):
                        self.send_response(200); self.end_headers(); self.wfile.write(socket.gethostname().encode())
                    def log_message(self, *_): pass
                http.server.HTTPServer(("127.0.0.1", 8765), Name).serve_forever()
                """)
            let served = try await bed.ray(["session", "start", "serve"], sending: SIGINT) {
                try await bed.control("sh", "-c", "curl -s http://127.0.0.1:8765/ || :") == "host-10-77-0-11"
            }
            #expect(served.status == 130)
            #expect(served.errors.contains("port 8765 of the head is at http://localhost:8765\n"))
            try await until { try await bed.run("10.77.0.11", "pgrep -f 'serve[.]py' || :") == "" }
        }
    }

    @Test func `a command brings up the cluster that it names`() async throws {
        let addresses = Array(Self.addresses.prefix(2))
        try await HostBed.with(addresses) { place, bed in
            try await makeProject(
                place, bed, Array(addresses.prefix(1)),
                """
                commands:
                  - {name: where, command: hostname}
                  - {name: there, command: hostname, cluster: {config: .rayproject/other.yaml}}
                """)
            try await bed.write(Array(addresses.suffix(1)), "", to: ".rayproject/other.yaml")
            #expect(try await bed.ray("session", "start", "where").output == "host-10-77-0-11\n")
            let other = try await bed.ray("session", "start", "there")
            #expect(other.output == "host-10-77-0-12\n", "\(other.errors)")
            // The first machine is free again.
            #expect(other.errors.contains("head 10.77.0.11: down\n"), "\(other.errors)")
        }
    }
}
