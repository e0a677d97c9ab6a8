import FoundationEssentials
import Glibc
import Host
import Testing

/// Who decides that a third party's plugin is used, and that nobody else can change it.
@Suite(.needsTestBed, .timeLimit(.minutes(5))) struct PluginTrustTests {
    private static let question = """
        plugin `good` 1.0.0 in `PROJECT/plugins/good` is not part of ray, and would run with your rights. Allow it? [y/N] 
        """

    @Test func `on a terminal the user is asked once`() async throws {
        try await Workplace.withUnknownPlugin { place in
            let words = ["session", "start", "--shell", "echo GOOD is $GOOD"]
            let first = try await place.terminal(words, typing: "y\n", once: "[y/N]", variables: place.search)
            #expect(place.plain(first.output).contains(Self.question))
            #expect(first.output.contains("GOOD is 1"))
            #expect(first.status == 0)
            let second = try await place.terminal(words, typing: "", once: "GOOD is 1", variables: place.search)
            #expect(!second.output.contains("[y/N]"))
            #expect(second.status == 0)
            #expect(try await place.ray("project", "validate", variables: place.search).status == 0)
        }
    }

    @Test(arguments: ["n\n", "\n", "nonsense\n", "\u{4}"])
    func `whoever does not say yes has refused`(answer: String) async throws {
        try await Workplace.withUnknownPlugin { place in
            let start = try await place.terminal(
                ["project", "validate"], typing: answer, once: "[y/N]", variables: place.search)
            #expect(start.output.contains("is not part of ray, and you have not allowed it"))
            #expect(start.status == 1)
            #expect(!Files.exists(place.folder / "home/.config/ray/plugins.yaml"))
            #expect(!Files.exists(place.project / "loaded"))
        }
    }

    @Test func `Ctrl-C at the question ends the program`() async throws {
        try await Workplace.withUnknownPlugin { place in
            let start = try await place.terminal(
                ["project", "validate"], typing: "\u{3}", once: "[y/N]", variables: place.search)
            #expect(start.status == 130)
            #expect(!Files.exists(place.folder / "home/.config/ray/plugins.yaml"))
        }
    }

    @Test func `a plugin that changed is asked about again, in other words`() async throws {
        try await Workplace.withUnknownPlugin { place in
            #expect(try await place.ray("plugin", "allow", "plugins/good").status == 0)
            try place.append("# changed\n", to: "plugins/good/plugin.yaml")
            let start = try await place.terminal(
                ["project", "validate"], typing: "yes\n", once: "[y/N]", variables: place.search)
            #expect(start.output.contains("has changed since you allowed it, and would run with your rights"))
            #expect(start.status == 0)
        }
    }

    @Test func `nothing of a plugin runs before it is allowed, its probe neither`() async throws {
        try await Workplace.withUnknownPlugin { place in
            try place.append("probe: touch \(place.project.shellQuoted)/probed\n", to: "plugins/good/plugin.yaml")
            for words in [["session", "start", "--no-command"], ["environment", "plan"], ["project", "validate"]] {
                let refused = try await place.run(
                    try #require(TestBed.prefix) / "bin/ray", words, variables: place.search)
                #expect(refused.errors.contains("you have not allowed it"))
                #expect(!Files.exists(place.project / "probed"))
            }
            #expect(try await place.ray("plugin", "allow", "plugins/good").status == 0)
            _ = try await place.ray("environment", "plan", variables: place.search)
            #expect(Files.exists(place.project / "probed"))
        }
    }

    @Test(.enabled("files can be given away only by root") { geteuid() == 0 })
    func `a plugin that belongs to somebody else is refused`() async throws {
        try await Workplace.withUnknownPlugin { place in
            for path in ["plugins/good/libgood.so", "plugins/good", "plugins"] {
                #expect(chown(place.project / path, 54321, 54321) == 0)
                let refused = try await place.ray("plugin", "allow", "plugins/good")
                let whole = place.project / path
                #expect(
                    place.plain(refused.errors) == """
                        error[plugin]: `PROJECT/\(path)` belongs to user 54321, who is neither you nor root
                          whoever can change a plugin's files decides what runs with your rights
                          hint: `chown -h 0 \(place.plain(whole.shellQuoted))` makes it yours, or put the plugin elsewhere

                        """)
                #expect(refused.status == 1)
                #expect(chown(whole, 0, 0) == 0)
            }
        }
    }

    @Test func `what a plugin says and prints goes to its log`() async throws {
        try await Workplace.with { place in
            try place.makeProject("environment: {logs: x, prints: x}")
            _ = try await place.ray("session", "start", "--no-command", plugins: ["logs", "prints"])
            let logs = try place.log(of: "logs")
            #expect(logs.contains(" plan warning: resolving caf\u{FFFD}\n"))
            #expect(logs.contains(" plan debug: ") || logs.contains(" plan info: "))
            let printed = try place.log(of: "prints")
            #expect(printed.contains(" plan printed: This is not for the host: it is 50 bytes of noise.\n"))
            #expect(printed.utf8.count < 200_000)
            let inspect = try await place.ray("plugin", "inspect", "logs", plugins: ["logs"])
            #expect(place.plain(inspect.output).hasSuffix("\nlog          FOLDER/state/ray/plugins/logs.log\n"))
        }
    }

    @Test func `two installations at once leave one whole plugin`() async throws {
        try await Workplace.with { place in
            try await place.copyFixture("good", to: "other", replacing: "version: 1.0.0", with: "version: 1.0.1")
            let good = try #require(TestBed.fixtures) / "good"
            try await withThrowingTaskGroup(of: Outcome.self) { group in
                for source in [good, "other", good, "other", good, "other"] {
                    group.addTask { try await place.ray("plugin", "install", source) }
                }
                for try await outcome in group { #expect(outcome.status == 0) }
            }
            let installed = place.folder / "data/ray/plugins"
            #expect(Files.names(in: installed) == [".lock", "good"])
            #expect(Files.names(in: installed / "good") == [".source", "libgood.so", "plugin.yaml"])
            #expect(try await place.ray("plugin", "verify", in: place.folder).status == 0)
        }
    }
}

extension Workplace {
    /// A project that needs a plugin which is found and not allowed.
    fileprivate static func withUnknownPlugin(_ body: (Workplace) async throws -> Void) async throws {
        try await with { place in
            try place.makeProject("environment: {good: x}")
            try await place.copyFixture("good", to: "plugins/good")
            try Files.remove(place.folder / "home/.config")
            try await body(place)
        }
    }

    fileprivate var search: [String: String] { ["RAY_PLUGIN_PATH": project / "plugins"] }

    fileprivate func append(_ text: String, to path: String) throws {
        try write(path, try self.text(path) + text)
    }

    fileprivate func log(of plugin: String) throws -> String {
        String(decoding: try Files.read(folder / "state/ray/plugins/\(plugin).log") ?? Data(), as: UTF8.self)
    }
}
