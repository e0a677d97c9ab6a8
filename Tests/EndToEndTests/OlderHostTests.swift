import FoundationEssentials
import Host
import Testing

/// A ray whose helper is that of API 1.0, word for word as it was, with plugins built today.
@Suite(.needsTestBed, .timeLimit(.minutes(5))) struct OlderHostTests {
    private let show = ["session", "start", "--shell", #"echo "$NEWER, by the $WRITTEN_BY""#]

    @Test func `a plugin that asks before it uses something newer runs on both`() async throws {
        try await Workplace.with { place in
            try place.makeProject(#"environment: {newer: say "hi"}"#)
            let older = try await place.olderRay(show, plugins: ["newer"])
            #expect(older.output == "say ?hi?, by the plugin\n", "\(older.errors)")
            #expect(older.status == 0)

            // The answers of the older helper are remembered for the same library.
            try Files.remove(place.folder / "cache/ray")
            try place.makeProject(#"environment: {newer: say "ho"}"#)
            let newer = try await place.run(try #require(TestBed.prefix) / "bin/ray", show, plugins: ["newer"])
            #expect(newer.output == "say \"ho\", by the host\n", "\(newer.errors)")
            #expect(newer.status == 0)
        }
    }

    @Test func `a plugin that cannot do without something newer is refused`() async throws {
        try await Workplace.with { place in
            try place.makeProject(#"environment: {insists: say "hi"}"#)
            let older = try await place.olderRay(show, plugins: ["insists"])
            #expect(
                place.plain(older.errors).hasPrefix(
                    """
                    error[plugin]: plugin `insists` cannot be used
                      its start failed with status 1
                    """))
            #expect(older.output.isEmpty)
            #expect(older.status != 0)
            let newer = try await place.run(try #require(TestBed.prefix) / "bin/ray", show, plugins: ["insists"])
            #expect(newer.output == "say \"hi\", by the host\n", "\(newer.errors)")
        }
    }

    @Test func `the plugins that come with ray run on the older host`() async throws {
        try await Workplace.with { place in
            try place.makeProject(
                "environment: {requirements: requirements.txt, shell: [echo built > built.txt]}")
            try place.write("requirements.txt", "# nothing but an environment of its own\n")
            let validate = try await place.olderRay(["project", "validate"])
            #expect(validate.status == 0, "\(validate.errors)")
            let start = try await place.olderRay(["session", "start", "--shell", "echo $VIRTUAL_ENV; cat built.txt"])
            let lines = start.output.split(separator: "\n")
            #expect(lines.count == 2, "\(start.errors)")
            #expect(lines.first?.hasSuffix("/venv") == true)
            #expect(lines.last == "built")
            #expect(start.status == 0)
            let again = try await place.olderRay(["session", "start", "--no-command"])
            #expect(again.errors.contains("(unchanged)"))
            let stop = try await place.olderRay(["session", "stop", "--terminate"])
            #expect(stop.status == 0, "\(stop.errors)")
            #expect(place.processes().isEmpty)
        }
    }
}

extension Workplace {
    /// Runs a copy of the built `ray` in which the helper alone is of API 1.0.
    fileprivate func olderRay(_ arguments: [String], plugins: [String] = []) async throws -> Outcome {
        let prefix = folder / "older"
        if !Files.exists(prefix) {
            _ = try await run("cp", ["-a", try #require(TestBed.prefix), prefix])
            let helper = prefix / "libexec/ray/ray-plugin-helper"
            let copy = try await run("cp", ["--remove-destination", try #require(TestBed.olderHelper), helper])
            #expect(copy.status == 0, "\(copy.errors)")
        }
        return try await run(prefix / "bin/ray", arguments, plugins: plugins)
    }

    fileprivate func run(_ program: String, _ arguments: [String], plugins: [String]) async throws -> Outcome {
        let fixtures = try #require(TestBed.fixtures)
        let path = plugins.map { fixtures / $0 }.joined(separator: ":")
        return try await run(program, arguments, variables: path.isEmpty ? [:] : ["RAY_PLUGIN_PATH": path])
    }
}
