import FoundationEssentials
import Host
import Testing

/// What the documentation shows is what happens.
@Suite(.needsTestBed, .timeLimit(.minutes(10))) struct DocumentationTests {
    @Test func `the README's first project does what it says`() async throws {
        try await Workplace.with { place in
            let blocks = try blocks("console", of: "README.md").prefix(2)
            #expect(blocks.count == 2)
            for block in blocks {
                for (command, expected) in conversation(block) {
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
                ".rayproject/project.yaml", try #require(blocks("yaml", of: "Documentation/ProjectFile.md").first))
            try place.write("requirements.txt", "ray\n")
            let outcome = try await place.ray("project", "validate")
            #expect(outcome.errors == "Project files validated!\n")
            #expect(outcome.status == 0)
        }
    }

    @Test func `the examples of the cluster file are valid`() async throws {
        try await Workplace.with { place in
            let examples = try blocks("yaml", of: "Documentation/ClusterFile.md")
            #expect(examples.count == 4)
            try place.makeProject()
            for example in examples.prefix(2) {
                try place.write(".rayproject/cluster.yaml", example)
                #expect(try await place.ray("project", "validate").status == 0)
            }
            try place.write(".rayproject/project.yaml", examples[2])
            try place.write(".rayproject/cluster.yaml", examples[3])
            let words = try #require(blocks("console", of: "Documentation/ClusterFile.md").first)
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
            let block = try #require(blocks("console", of: "Documentation/Environments.md").first)
            let (_, expected) = try #require(conversation(block).first)
            let outcome = try await place.ray("project", "validate")
            #expect(place.plain(outcome.errors) == expected)
        }
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
            let pages = try blocks("console", of: "Documentation/CommandLine.md")
            let errors = try #require(pages.first)
            let (_, expected) = try #require(conversation(errors).first)
            let outcome = try await place.ray("project", "validate")
            // The page's project has the line elsewhere.
            let words = { (text: String) in text.split(separator: "\n").first?.split(separator: ": ").dropFirst(2) }
            #expect(words(outcome.errors) == words(expected))
            let last = try #require(pages.last)
            let (_, unknown) = try #require(conversation(last).first)
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
            let block = try #require(blocks("console", of: "Documentation/Sessions.md").first)
            let (line, _) = try #require(conversation(block).first)
            let path = try #require(TestBed.prefix) / "bin:" + (place.environment["PATH"] ?? "")
            let outcome = try await place.run("/bin/bash", ["-c", line], variables: ["PATH": path])
            #expect(
                outcome.output.split(separator: "\n").sorted() == [
                    "lr=0.01 dataset=large | 0.01 large", "lr=0.01 dataset=small | 0.01 small",
                    "lr=0.1 dataset=large  | 0.1 large", "lr=0.1 dataset=small  | 0.1 small",
                ])
        }
    }

    /// The texts of a page's fenced blocks of one language.
    private func blocks(_ language: String, of page: String) throws -> [String] {
        let repository = #filePath.parentPath.parentPath.parentPath
        let text = String(decoding: try #require(try Files.read(repository / page)), as: UTF8.self)
        return text.split(separator: "```\(language)\n").dropFirst().compactMap {
            $0.split(separator: "```").first.map(String.init)
        }
    }

    /// The commands of a block, each with what it prints.
    private func conversation(_ block: String) -> [(command: String, printed: String)] {
        block.split(separator: "$ ").map { part in
            let lines = part.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
            return (String(lines[0]), lines.count > 1 ? String(lines[1]) : "")
        }
    }

    /// A text without what differs between machines: digests, versions, ports and numbers of CPUs.
    private func general(_ text: String) -> String {
        text.replacing(/pip [0-9a-f]{8}/, with: "pip DIGEST").replacing(/\d+(\.\d+)*(:\d+)?/, with: "N")
    }
}
