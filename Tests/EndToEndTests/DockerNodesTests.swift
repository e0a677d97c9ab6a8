import FoundationEssentials
import Host
import Testing

/// The provider of Examples/plugins/docker-nodes with a real Docker, where there is one.
@Suite(.needsTestBed, .needsDocker, .timeLimit(.minutes(10))) struct DockerNodesTests {
    @Test func `containers are made, used, kept, and removed`() async throws {
        try await Workplace.with { place in
            let plugin = try await place.builtExample("docker-nodes")
            let image = "ray-test-\(RandomName.make()):1"
            // What stands in an image is the machine's own: nothing is fetched.
            let made = try await place.run(
                "sh",
                [
                    "-c",
                    """
                    mkdir root && cd root && mkdir usr tmp root proc sys dev etc var run && chmod 1777 tmp
                    for name in bin sbin lib lib64; do ln -s usr/$name $name; done
                    echo 'root:x:0:0:root:/root:/bin/sh' > etc/passwd
                    tar -c . | docker import - \(image)
                    """,
                ])
            #expect(made.status == 0, "\(made.errors)")
            do { try await use(place, plugin, image) } catch {
                _ = try await place.run("docker", ["rmi", "-f", image])
                throw error
            }
            _ = try await place.run("docker", ["rmi", "-f", image])
        }
    }

    private func use(_ place: Workplace, _ plugin: String, _ image: String) async throws {
        func write(workers: Int) throws {
            try place.write(
                "cluster.yaml",
                """
                cluster_name: c
                provider:
                  type: docker-nodes
                  image: \(image)
                  workers: \(workers)
                  run_options: [--volume=/usr:/usr:ro, --volume=/etc/alternatives:/etc/alternatives:ro]
                setup_commands: [echo x > ~/made]
                head_start_ray_commands: []
                worker_start_ray_commands: []
                """)
        }
        func ray(_ words: String...) async throws -> Outcome {
            try await place.run(
                try #require(TestBed.prefix) / "bin/ray", words, variables: ["RAY_PLUGIN_PATH": plugin])
        }
        func containers() async throws -> Int {
            try await place.run("docker", ["ps", "-aq", "--filter", "ancestor=\(image)"]).output
                .split(separator: "\n").count
        }
        try write(workers: 2)
        let up = try await ray("up", "cluster.yaml", "-y")
        #expect(up.status == 0, "\(up.errors)")
        #expect(try await containers() == 3)
        let again = try await ray("up", "cluster.yaml", "-y")
        #expect(again.errors.contains("cluster `c` is up as it was: 3 nodes\n"), "\(again.errors)")
        #expect(try await containers() == 3)
        let exec = try await ray("exec", "cluster.yaml", "cat ~/made; exit 7")
        #expect(exec.status == 7, "\(exec.errors)")
        #expect(exec.output == "x\n")
        try write(workers: 1)
        let less = try await ray("up", "cluster.yaml", "-y")
        #expect(less.status == 0, "\(less.errors)")
        #expect(try await containers() == 2)
        let down = try await ray("down", "cluster.yaml", "-y")
        #expect(down.status == 0, "\(down.errors)")
        #expect(try await containers() == 0)
    }
}

extension Trait where Self == ConditionTrait {
    /// Skips where no Docker answers.
    fileprivate static var needsDocker: Self {
        .enabled("a Docker answers here") {
            var answers = false
            try await Workplace.with { place in
                let result = try? await place.run("docker", ["version"])
                answers = result?.status == 0
            }
            return answers
        }
    }
}
