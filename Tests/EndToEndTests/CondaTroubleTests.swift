import FoundationEssentials
import Glibc
import Testing

@testable import Host

/// Builds of conda environments that are killed, and that run at the same time.
@Suite(.needsConda, .timeLimit(.minutes(20))) struct CondaTroubleTests {
    @Test(arguments: CondaEngine.allCases)
    func `twenty kills while 6,000 files are linked, and each time the next build is whole`(_ engine: CondaEngine)
        async throws
    {
        try await engine.with("big-data, hello-tool=1.0") { place in
            // So that the time goes into linking.
            let whole = try #require(try await place.built()["conda"])
            var generator = SplitMix(seed: TestBed.seed)
            for round in 1...20 {
                try Files.remove(place.store.folder(whole.digest))
                let linked = Int.random(in: 1...5_900, using: &generator)
                let client = try await place.killed(at: linked, below: whole.prefix / "env/share/big-data")
                #expect(client == 128 + SIGKILL, "round \(round)")
                #expect(!place.store.isBuilt(whole.digest))
                let next = try #require(try await place.built()["conda"])
                #expect(next == whole)
                let files = try LayerFiles.count(below: whole.prefix / "env/share/big-data")
                #expect(files == 6_000, "round \(round)")
                let tool = try await place.run(whole.prefix / "env/bin/hello-tool", [])
                #expect(tool.output == "hello-tool 1.0 of \(whole.prefix)/env\n")
            }
        }
    }

    @Test(arguments: CondaEngine.allCases)
    func `four at once on one package cache`(_ engine: CondaEngine) async throws {
        let wanted = ["hello-tool=1.0", "hello-tool=2.0", "hello-lib=1.0", "arch-tool, hello-lib=2.0"]
        try await engine.with("") { place in
            let outcomes = try await withThrowingTaskGroup { group in
                for (number, dependencies) in wanted.enumerated() {
                    let folder = place.folder / "project \(number)"
                    try Files.makeFolder(folder / ".rayproject")
                    for file in ["project.yaml", "cluster.yaml"] {
                        try Files.replace(
                            folder / ".rayproject" / file, with: Data(place.text(".rayproject/\(file)").utf8),
                            durable: false)
                    }
                    let text =
                        "channels: [\(YAMLText.quoted(CondaEngine.channel)), nodefaults]\ndependencies: [\(dependencies)]\n"
                    try Files.replace(folder / "environment.yml", with: Data(text.utf8), durable: false)
                    group.addTask { try await place.ray("environment", "build", in: folder) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            for outcome in outcomes { #expect(outcome.status == 0, "\(outcome.errors)") }
            #expect(place.store.built().count == 4)
        }
    }
}

extension LayerFiles {
    /// How many files there are in the folders of a folder.
    fileprivate static func count(below folder: String) throws -> Int {
        Files.names(in: folder).reduce(0) { $0 + Files.names(in: folder / $1).count }
    }
}

extension Workplace {
    /// Runs a build that is ended by SIGKILL, with the tool it runs left to its own, once so many files are there.
    fileprivate func killed(at count: Int, below folder: String) async throws -> Int32 {
        try await run(
            "python3",
            [
                "-c",
                """
                import os, signal, subprocess, sys
                count, folder, command = int(sys.argv[1]), sys.argv[2], sys.argv[3:]
                client = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                def there():
                    try:
                        names = os.listdir(folder)
                    except FileNotFoundError:
                        return 0
                    # Each folder has a hundred.
                    return len(names) * 100
                while there() < count and client.poll() is None:
                    pass
                client.send_signal(signal.SIGKILL)
                status = client.wait()
                sys.exit(128 - status if status < 0 else status)
                """, String(count), folder, try #require(TestBed.prefix) / "bin/ray", "environment", "build",
            ]
        ).status
    }
}
