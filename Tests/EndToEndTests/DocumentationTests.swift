import FoundationEssentials
import Host
import Testing

/// What the documentation shows is what happens.
@Suite(.needsTestBed, .timeLimit(.minutes(10))) struct DocumentationTests {
    @Test func `the README's first project does what it says`() async throws {
        try await Workplace.with { place in
            let blocks = try DocumentationPage("README.md").consoles.prefix(2)
            #expect(blocks.count == 2)
            for block in blocks {
                for (command, expected) in block.conversation {
                    let path = try #require(TestBed.prefix) / "bin:" + place.environment["PATH", default: ""]
                    let directory = command.hasPrefix("mkdir") ? place.folder : place.folder / "hello"
                    let outcome = try await place.run(
                        "sh", ["-c", "exec 2>&1; \(command)"], in: directory, variables: ["PATH": path])
                    #expect(outcome.status == 0)
                    #expect(general(outcome.output) == general(expected), "\(command)")
                }
            }
        }
    }

    @Test func `the complete example of the project file is valid`() async throws {
        try await Workplace.with { place in
            try place.makeProject()
            try place.write(
                ".rayproject/project.yaml",
                try #require(DocumentationPage("Documentation/ProjectFile.md").texts("yaml").first))
            try place.write("requirements.txt", "ray\n")
            let outcome = try await place.ray("project", "validate")
            #expect(outcome.errors == "Project files validated!\n")
            #expect(outcome.status == 0)
        }
    }

    @Test func `the examples of the cluster file are valid`() async throws {
        try await Workplace.with { place in
            let examples = try DocumentationPage("Documentation/ClusterFile.md").texts("yaml")
            #expect(examples.count == 4)
            try place.makeProject()
            for example in examples.prefix(2) {
                try place.write(".rayproject/cluster.yaml", example)
                #expect(try await place.ray("project", "validate").status == 0)
            }
            try place.write(".rayproject/project.yaml", examples[2])
            try place.write(".rayproject/cluster.yaml", examples[3])
            let words = try #require(DocumentationPage("Documentation/ClusterFile.md").texts("console").first)
                .dropFirst("$ ray session start ".count).split(whereSeparator: \.isWhitespace).map(String.init)
            let outcome = try await place.run(
                try #require(TestBed.prefix) / "bin/ray", ["project", "validate", "--verbose"] + words)
            #expect(outcome.status == 0, "\(outcome.errors)")
            let cluster = try YAMLNode.parse(outcome.output, file: "output")["cluster"]
            #expect(cluster?["name"]?.string == "sentiment-ada")
            #expect(cluster?["params"]?[1]?["value"]?.int == 4)
        }
    }

    @Test func `the wrong requirement of the environments page is reported as it says`() async throws {
        try await Workplace.with { place in
            try place.makeProject("environment: {requirements: requirements.txt}")
            try place.write("requirements.txt", "ray\nclick\nnumpy=2.1\n")
            let block = try #require(DocumentationPage("Documentation/Environments.md").consoles.first)
            let (_, expected) = try #require(block.conversation.first)
            let outcome = try await place.ray("project", "validate")
            #expect(place.plain(outcome.errors) == expected)
        }
    }

    @Test func `the environments page can be followed`() async throws {
        try await Workplace.with { place in
            var place = place
            for name in ["UV_CACHE_DIR", "XDG_CACHE_HOME", "PIP_FIND_LINKS"] { place.environment[name] = nil }
            try place.makeProject(
                """
                environment:
                  requirements: requirements.txt
                  shell:
                    - run: mkdir -p build && cat native/*.c > build/ext.c
                      title: compile the extension
                      inputs: [native]
                      outputs: [build/ext.c]
                """)
            try place.write("requirements.txt", "click==8.1.7\n")
            try place.write("native/ext.c", "int one = 1;\n")
            #expect(try await place.ray("plugin", "lock").status == 0)
            let blocks = try DocumentationPage("Documentation/Environments.md").consoles
                .filter { !$0.text.hasPrefix("$ ray project validate") }
            #expect(blocks.count == 5)
            for (command, expected) in blocks.flatMap(\.conversation) {
                let outcome = try await place.shell("exec 2>&1; \(command)")
                let printed = outcome.output.replacing(place.folder / "home", with: "/home/u")
                #expect(withoutDigests(printed) == withoutDigests(expected), "\(command)")
            }
        }
    }

    private func withoutDigests(_ text: String) -> String {
        general(text.replacing(/\b([0-9a-f]{32}|[0-9a-f]{8})\b/, with: "DIGEST"))
    }

    @Test func `the errors of the command line page are those that are printed`() async throws {
        try await Workplace.with { place in
            try place.makeProject()
            try place.write(
                ".rayproject/project.yaml",
                """
                name: p
                cluster: .rayproject/cluster.yaml
                commands:
                - name: a
                  command: x {{lr}}
                  params: [{name: lr,
                    type: integer}]
                """)
            let consoles = try DocumentationPage("Documentation/CommandLine.md").consoles
            let (_, expected) = try #require(consoles.first?.conversation.first)
            let outcome = try await place.ray("project", "validate")
            // The page's project has the line elsewhere.
            let words = { (text: String) in text.split(separator: "\n").first?.split(separator: ": ").dropFirst(2) }
            #expect(words(outcome.errors) == words(expected))
            let (_, unknown) = try #require(consoles.last?.conversation.first)
            let other = try await place.ray("statsu", variables: ["PATH": "/nonexistent"])
            #expect(other.errors == unknown)
        }
    }

    @Test func `the sweep of the sessions page runs`() async throws {
        try await Workplace.with { place in
            try place.makeProject(
                """
                commands:
                  - name: train
                    command: echo {{lr}} {{dataset}}
                    params: [{name: lr, type: float}, {name: dataset, choices: [small, large]}]
                """)
            let block = try #require(DocumentationPage("Documentation/Sessions.md").consoles.first)
            let (line, _) = try #require(block.conversation.first)
            let path = try #require(TestBed.prefix) / "bin:" + (place.environment["PATH"] ?? "")
            let outcome = try await place.run("/bin/bash", ["-c", line], variables: ["PATH": path])
            #expect(
                outcome.output.split(separator: "\n").sorted() == [
                    "lr=0.01 dataset=large | 0.01 large", "lr=0.01 dataset=small | 0.01 small",
                    "lr=0.1 dataset=large  | 0.1 large", "lr=0.1 dataset=small  | 0.1 small",
                ])
        }
    }

    /// A text without what differs between machines: digests, versions, ports, numbers of CPUs, and what Ray's
    /// own processes say where a machine is slow.
    private func general(_ text: String) -> String {
        text.replacing(/[^\n]*\(pid=[a-z_]+[^\n]*\n/, with: "").replacing(/pip [0-9a-f]{8}/, with: "pip DIGEST")
            .replacing(/\d+(\.\d+)*(:\d+)?/, with: "N")
    }
}
