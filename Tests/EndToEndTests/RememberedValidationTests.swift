import FoundationEssentials
import Host
import Testing

/// That a project was valid is remembered, until anything it depended on changes.
@Suite(.needsTestBed, .timeLimit(.minutes(5))) struct RememberedValidationTests {
    private static let changes: [(String, @Sendable (Workplace) async throws -> Void)] = [
        ("the project file", { try $0.write(".rayproject/project.yaml", "nam: p\n") }),
        ("the cluster file", { try $0.write(".rayproject/cluster.yaml", "provider: {type: locl}\n") }),
        ("a command's own cluster", { try $0.write("own.yaml", "provider: {}\n") }),
        ("a file that a plugin read", { try $0.write("requirements.txt", "num py\n") }),
        ("a file that such a file includes", { try $0.write("more.txt", "num py\n") }),
        (
            "a plugin that is new",
            { try await $0.copyFixture("good", to: "plugins/other", replacing: "id: good", with: "id: other") }
        ),
        ("a manifest", { try $0.write("plugins/good/plugin.yaml", "id: [\n") }),
        ("a nearer project", { try $0.write("sub/.rayproject/project.yaml", "nam: p\n") }),
    ]

    @Test(arguments: changes.map(\.0))
    func `what changes is noticed`(change: String) async throws {
        let make = try #require(Self.changes.first { $0.0 == change }).1
        try await Workplace.with { place in
            try place.makeProject(
                """
                environment: {requirements: requirements.txt, good: x}
                commands: [{name: a, command: x, cluster: own.yaml}]
                """)
            try place.write("own.yaml", "provider: {type: local}\n")
            try place.write("requirements.txt", "-r more.txt\n")
            try place.write("more.txt", "click\n")
            try place.write("sub/file", "")
            try await place.copyFixture("good", to: "plugins/good")
            // Files as young as the question are looked at again.
            try await Task.sleep(for: .milliseconds(50))
            func validate() async throws -> Outcome {
                try await place.ray(
                    "project", "validate", in: place.project / "sub",
                    variables: ["RAY_PLUGIN_PATH": place.project / "plugins"])
            }
            for _ in 1...2 { #expect(try await validate().errors == "Project files validated!\n") }
            try await make(place)
            let after = try await validate()
            #expect(after.status == 1, "\(after.errors)")
        }
    }
}
