import FoundationEssentials
import Host
import Testing

/// A Ray program in a conda environment with a pip layer on top.
@Suite(.needsConda, .timeLimit(.minutes(30))) struct CondaRayTests {
    private static let addresses = ["10.77.0.11", "10.77.0.12", "10.77.0.13"]

    /// Runs in a task of Ray: what conda has below, what pip has put on top, and whose Python it is.
    private static let job = """
        import ray, subprocess, sys
        ray.init(logging_level="error", log_to_driver=False)
        @ray.remote(num_cpus=1)
        class Node:
            def tell(self):
                import socket, click, pip
                tool = subprocess.check_output("hello-tool", text=True).split()[1]
                return f"{socket.gethostname()} {tool} {'/layer/venv/lib' in click.__file__} {sys.base_prefix.endswith('/layer/env')}"
        nodes = [Node.remote() for _ in range(COUNT)]
        print(*sorted(ray.get([node.tell.remote() for node in nodes])), sep="\\n")

        """

    private func makeProject(_ place: Workplace, tool: String) throws {
        try place.makeProject(
            "environment: {conda: environment.yml, conda_tool: \(YAMLText.quoted(tool)), requirements: requirements.txt}"
        )
        try place.writeCondaFile("python, hello-tool=1.0")
        try place.write("requirements.txt", "ray\nclick\n")
    }

    @Test(.startsRay, arguments: CondaEngine.allCases)
    func `it runs on this machine`(_ engine: CondaEngine) async throws {
        try await engine.with("") { place in
            try makeProject(place, tool: try #require(engine.tool))
            // What pip installs at the end of a conda environment is seen from above.
            try place.writeCondaFile("python, hello-tool=1.0, {pip: [humanize==4.11.0]}")
            let job = Self.job.replacing("COUNT", with: "1").replacing("import socket", with: "import humanize, socket")
            try place.write("job.py", job)
            let started = try await place.ray("session", "start", "--shell", "python job.py")
            #expect(started.output.hasSuffix(" 1.0 True True\n"), "\(started.output)\(started.errors)")
            let again = try await place.ray("environment", "plan", "--json")
            #expect(!again.output.contains("\"action\":\"build\""), "\(again.output)")
        }
    }

    @Test(.needsHosts, .startsRay) func `it runs on three hosts`() async throws {
        let tool = try #require(CondaEngine.conda.tool)
        let python = Files.resolved(tool.parentPath / "python")
        let shared = [
            tool.parentPath.parentPath, python.parentPath.parentPath, String(CondaEngine.channel.dropFirst(7)),
        ]
        try await HostBed.with(Self.addresses, HostBed.packages + shared.flatMap { ["--share", $0] }) { place, bed in
            try await bed.lendPackages(to: Self.addresses)
            try makeProject(place, tool: tool)
            let start = "--num-cpus=1 --object-store-memory=100000000 --disable-usage-stats"
            try await bed.write(
                Self.addresses,
                """
                head_start_ray_commands: [ray start --head --port=6379 --include-dashboard=false \(start)]
                worker_start_ray_commands: ['ray start --address=$RAY_HEAD_IP:6379 \(start)']
                """, to: ".rayproject/cluster.yaml")
            let fetched = try await place.ray("environment", "build")
            #expect(fetched.status == 0, "\(fetched.errors)")
            try place.write("job.py", Self.job.replacing("COUNT", with: "3"))
            let started = try await bed.ray(
                "session", "start", "--shell", "python job.py", variables: ["UV_OFFLINE": "1"])
            #expect(
                started.output
                    == Self.addresses.map { address in
                        "host-\(address.replacing(".", with: "-")) 1.0 True True\n"
                    }.joined(), "\(started.output)\(started.errors)")
        }
    }
}
