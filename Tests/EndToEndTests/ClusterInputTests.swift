import FoundationEssentials
import Host
import Testing

/// What is said of cluster files and command lines that cannot be followed; no host is asked.
@Suite(.needsTestBed, .timeLimit(.minutes(2))) struct ClusterInputTests {
    @Test(arguments: [
        "docker: {image: i, container_name: c}", "file_mounts_sync_continuously: true",
    ])
    func `a key that cannot be honoured is refused`(text: String) async throws {
        try await Workplace.with { place in
            try place.write("c.yaml", "cluster_name: c\nprovider: {type: local, head_ip: h, worker_ips: []}\n\(text)\n")
            let outcome = try await place.ray("up", "c.yaml", "-y")
            let key = text.prefix { $0 != ":" }
            #expect(
                place.brief(outcome.errors).hasPrefix(
                    "error[input]: c.yaml:3:1: `\(key)` cannot be honoured on hosts by this version of ray\n"),
                "\(outcome.errors)")
            #expect(outcome.status == 1)
        }
    }

    @Test func `a variable that is not set is told when the cluster is to come up`() async throws {
        try await Workplace.with { place in
            try place.write(
                "c.yaml",
                """
                cluster_name: c
                provider: {type: local, head_ip: "${NO_HEAD}", worker_ips: []}
                setup_commands: ['echo ${HOME}']
                """)
            let outcome = try await place.ray("up", "c.yaml", "-y")
            #expect(
                place.brief(outcome.errors) == """
                    error[input]: c.yaml:2:34: `${NO_HEAD}` is not set in the environment
                      hint: export it, or write `$${NO_HEAD}` where that text itself is meant

                    """)
        }
    }

    @Test func `files that are not here are told at once, with their places`() async throws {
        try await Workplace.with { place in
            try place.write(
                "c.yaml",
                """
                cluster_name: c
                provider: {type: local, head_ip: h, worker_ips: []}
                file_mounts:
                  ~/a: no/such
                  ~/here: .
                  /b: ~/none
                """)
            let outcome = try await place.ray("up", "c.yaml", "-y")
            #expect(outcome.status == 1)
            let project = place.project
            #expect(
                outcome.errors.contains(
                    "error[input]: c.yaml:4:8: there is no `\(project)/no/such`, which is to be `~/a` on the nodes\n"
                ),
                "\(outcome.errors)")
            #expect(
                outcome.errors.contains(
                    ":6:7: there is no `\(place.folder)/home/none`, which is to be `/b` on the nodes\n"),
                "\(outcome.errors)")
            #expect(outcome.errors.contains("correct the path, or make it"))
            try place.write(
                "c.yaml",
                "cluster_name: c\nprovider: {type: local, head_ip: h, worker_ips: []}\nfile_mounts: {~bob/x: .}\n")
            let other = try await place.ray("up", "c.yaml", "-y")
            #expect(
                place.brief(other.errors).hasPrefix(
                    "error[input]: c.yaml:3:15: `~bob/x` is in the home of another user, which is not looked up\n"),
                "\(other.errors)")
        }
    }

    @Test func `a folder for sockets that others can write is not used`() async throws {
        try await Workplace.with { place in
            try place.write("c.yaml", "cluster_name: c\nprovider: {type: local, head_ip: h, worker_ips: []}\n")
            let runtime = place.folder / "run"
            try Files.makeFolder(runtime / "ray-ssh", mode: 0o755)
            let outcome = try await place.ray("up", "c.yaml", "-y", variables: ["XDG_RUNTIME_DIR": runtime])
            #expect(
                outcome.errors == """
                    error[conflict]: `\(runtime)/ray-ssh`, where the sockets of ssh would be, is not a folder of yours alone
                      hint: remove it, or set XDG_RUNTIME_DIR to a folder of yours with a short path

                    """, "\(outcome.errors)")
        }
    }

    @Test func `a folder for sockets that cannot be made is told`() async throws {
        try await Workplace.with { place in
            try place.write("c.yaml", "cluster_name: c\nprovider: {type: local, head_ip: h, worker_ips: []}\n")
            let outcome = try await place.ray("up", "c.yaml", "-y", variables: ["XDG_RUNTIME_DIR": "/proc"])
            #expect(outcome.errors.hasPrefix("error[input]: cannot make `/proc/ray-ssh`\n"), "\(outcome.errors)")
        }
    }

    @Test func `without the client of OpenSSH, that is said`() async throws {
        try await Workplace.with { place in
            try place.write("c.yaml", "cluster_name: c\nprovider: {type: local, head_ip: h, worker_ips: []}\n")
            let outcome = try await place.ray("up", "c.yaml", "-y", variables: ["PATH": "/nowhere"])
            #expect(
                outcome.errors.contains(
                    "error[tool-missing]: `ssh` is not on PATH\n  hint: install the client of OpenSSH\n"),
                "\(outcome.errors)")
        }
    }

    @Test func `commands say what they miss`() async throws {
        try await Workplace.with { place in
            let absent = try await place.ray("up", "c.yaml", "-y")
            #expect(
                absent.errors
                    == "error[usage]: there is no file `c.yaml`\n  hint: give the path of a cluster file\n")
            try place.write("c.yaml", "cluster_name: c\nprovider: {type: local}\n")
            let here = try await place.ray("up", "c.yaml", "-y")
            #expect(
                place.brief(here.errors).hasPrefix(
                    "error[input]: c.yaml:2:18: the cluster file names no hosts, so the cluster is this machine\n"),
                "\(here.errors)")
            #expect(here.errors.contains("on this machine a project is run with `ray session start`"))
            try place.write("c.yaml", "cluster_name: c\nprovider: {type: local, head_ip: h, worker_ips: []}\n")
            for words in [["exec", "c.yaml", "true"], ["get-head-ip", "c.yaml"]] {
                let outcome = try await place.run(try #require(TestBed.prefix) / "bin/ray", words)
                #expect(
                    place.brief(outcome.errors)
                        == "error[conflict]: c.yaml: cluster `c` is not up\n  hint: `ray up c.yaml` brings it up\n",
                    "\(outcome.errors)")
            }
            let down = try await place.ray("down", "c.yaml")
            #expect(down.errors == "cluster `c` is not up\n")
            #expect(down.status == 0)
            let name = try await place.ray("up", "c.yaml", "-n", "a/b")
            #expect(name.errors.hasPrefix("error[usage]: `a/b` cannot name a cluster\n"), "\(name.errors)")
        }
    }
}
