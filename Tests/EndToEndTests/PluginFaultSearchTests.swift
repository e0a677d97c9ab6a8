import FoundationEssentials
import Host
import Testing

/// Which plugins are found, and which are not used.
@Suite(.needsTestBed, .timeLimit(.minutes(5))) struct PluginFaultSearchTests {
    @Test func `two plugins for one key are named, and neither is used`() async throws {
        try await Workplace.with { place in
            try place.makeProject("environment: {good: x}")
            try await place.copyFixture("good", to: "plugins/good")
            try await place.copyFixture("good", to: "plugins/other", replacing: "id: good", with: "id: other")
            let variables = ["RAY_PLUGIN_PATH": place.project / "plugins"]
            let start = try await place.ray("session", "start", "--no-command", variables: variables)
            #expect(
                place.plain(start.errors) == """
                    error[conflict]: .rayproject/project.yaml:3:15: more than one plugin handles \
                    `environment.good`: `good` in `PROJECT/plugins/good` and `other` in `PROJECT/plugins/other`
                      3 | environment: {good: x}
                        |               ^^^^
                      hint: remove one of them, or leave it out of `--plugin-path` and RAY_PLUGIN_PATH

                    """)
            #expect(start.status == 1)
            try place.makeProject("environment: {shell: echo hi}")
            #expect(try await place.ray("project", "validate", variables: variables).status == 0)
        }
    }

    @Test func `a plugin is found by variable, by option and in the user's folder`() async throws {
        try await Workplace.with { place in
            try place.makeProject("environment: {good: x}")
            let good = try #require(TestBed.fixtures) / "good"
            #expect(try await place.ray("project", "validate", plugins: ["good"]).status == 0)
            #expect(try await place.ray("project", "validate", "--plugin-path", good).status == 0)
            #expect(try await place.ray("project", "validate").status == 1)
            _ = try await place.run("mkdir", ["-p", place.folder / "data/ray/plugins"])
            _ = try await place.run("cp", ["-r", good, place.folder / "data/ray/plugins"])
            try place.allow([(id: "good", folder: place.folder / "data/ray/plugins/good")])
            #expect(try await place.ray("project", "validate").status == 0)
        }
    }

    @Test func `plugins of third parties can be left out`() async throws {
        try await Workplace.with { place in
            try place.makeProject("environment: {good: x}")
            let good = try #require(TestBed.fixtures) / "good"
            let error = """
                error[input]: .rayproject/project.yaml:3:15: no plugin handles `environment.good`
                  3 | environment: {good: x}
                    |               ^^^^
                  hint: `environment` can have `conda`, `conda_tool`, `python`, `requirements`, `shell`, `variables`; `--no-plugins` and \
                RAY_PLUGIN_SAFE_MODE leave out all others

                """
            let option = try await place.ray("session", "start", "--no-command", "--no-plugins", plugins: ["good"])
            #expect(place.plain(option.errors) == error)
            #expect(option.status == 1)
            let variable = try await place.ray(
                "session", "start", "--no-command", "--plugin-path", good, variables: ["RAY_PLUGIN_SAFE_MODE": "1"])
            #expect(place.plain(variable.errors) == error)
            #expect(variable.status == 1)
            let list = try await place.ray("plugin", "list", "--json", "--no-plugins", plugins: ["good"])
            let rows = try JSONValue(parsing: Data(list.output.utf8)).array ?? []
            #expect(rows.map { $0["id"] } == ["conda", "local", "pip", "shell"])
        }
    }

    @Test func `list says of every plugin what became of it`() async throws {
        try await Workplace.with { place in
            try await place.makeOddPlugins()
            let list = try await place.ray("plugin", "list", "--plugin-path", "nowhere", "--plugin-path", "odd")
            #expect(
                place.plain(list.output) == """
                    ID     VERSION  HANDLES                                       VERDICT   FOLDER
                    -      -                                                      unusable  PROJECT/nowhere
                    -      -                                                      unusable  PROJECT/odd/api
                    -      -                                                      unusable  PROJECT/odd/broken
                    good   1.0.0    environment.good                              usable    PROJECT/odd/good
                    -      -                                                      unusable  PROJECT/odd/library
                    -      -                                                      unusable  PROJECT/odd/manifest
                    -      -                                                      unusable  PROJECT/odd/platform
                    good   2.0.0    environment.good                              shadowed  PROJECT/odd/same
                    conda  1.0.0    environment.conda, environment.conda_tool     usable    PREFIX/lib/ray/plugins/conda
                    local  1.1.0    provider local                                usable    PREFIX/lib/ray/plugins/local
                    pip    1.1.0    environment.python, environment.requirements  usable    PREFIX/lib/ray/plugins/pip
                    shell  1.0.0    environment.shell                             usable    PREFIX/lib/ray/plugins/shell

                    """)
            #expect(place.plain(list.errors) == Self.problems)
            #expect(list.status == 0)
        }
    }

    @Test func `list gives the same as JSON, with the reason of each`() async throws {
        try await Workplace.with { place in
            try await place.makeOddPlugins()
            let list = try await place.ray("plugin", "list", "--json", "--plugin-path", "odd")
            #expect(list.errors.isEmpty)
            let rows = try JSONValue(parsing: Data(place.plain(list.output).utf8)).array ?? []
            #expect(rows.map { $0["verdict"]?.string ?? "" } == Self.verdicts)
            #expect(
                rows.compactMap { $0["reason"]?.string } == [
                    "PROJECT/odd/api/plugin.yaml:3:6: plugin `good` 1.0.0 is written for API 2.0",
                    "PROJECT/odd/broken/plugin.yaml:2:1: a `,` or `]` is missing",
                    "PROJECT/odd/library/plugin.yaml:7:3: the library `PROJECT/odd/library/libgood.so` of plugin `good` is missing",
                    "`PROJECT/odd/manifest` has no plugin.yaml",
                    "PROJECT/odd/platform/plugin.yaml:7:3: plugin `good` has no library for linux-x86_64",
                    "another plugin `good`, in `PROJECT/odd/good`, stands earlier in the search order",
                ])
            #expect(
                rows.last == [
                    "folder": "PREFIX/lib/ray/plugins/shell", "handles": ["environment.shell"], "id": "shell",
                    "kind": "environment", "verdict": "usable", "version": "1.0.0",
                ])
        }
    }

    @Test func `a key whose plugin cannot be used says where to look`() async throws {
        try await Workplace.with { place in
            try place.makeProject("environment: {good: x}")
            try await place.copyFixture("good", to: "odd", replacing: "api: \"1.0\"", with: "api: \"2.0\"")
            #expect(
                place.plain(try await place.ray("project", "validate", "--plugin-path", "odd").errors) == """
                    error[input]: .rayproject/project.yaml:3:15: no plugin handles `environment.good`
                      3 | environment: {good: x}
                        |               ^^^^
                      hint: `environment` can have `conda`, `conda_tool`, `python`, `requirements`, `shell`, `variables`; `ray plugin list` says why one \
                    cannot be used

                    """)
        }
    }

    private static let verdicts = [
        "unusable", "unusable", "usable", "unusable", "unusable", "unusable", "shadowed", "usable", "usable", "usable",
        "usable",
    ]

    private static let problems = """
        error[plugin]: there is no folder `PROJECT/nowhere`
          hint: correct `--plugin-path` or RAY_PLUGIN_PATH
        error[plugin]: odd/api/plugin.yaml:3:6: plugin `good` 1.0.0 is written for API 2.0
          3 | api: "2.0"
            |      ^^^^^
          this ray serves API 1.1
          hint: install a release of the plugin for this API, or another ray
        error[input]: odd/broken/plugin.yaml:2:1: a `,` or `]` is missing
          while parsing a flow sequence that starts on line 1
        error[plugin]: odd/library/plugin.yaml:7:3: the library `PROJECT/odd/library/libgood.so` of plugin `good` is missing
          7 |   linux-x86_64: libgood.so
            |   ^^^^^^^^^^^^
          hint: install the plugin again
        error[plugin]: `PROJECT/odd/manifest` has no plugin.yaml
          hint: a plugin is a folder with a manifest and a library
        error[plugin]: odd/platform/plugin.yaml:7:3: plugin `good` has no library for linux-x86_64
          7 |   darwin-arm64: libgood.so
            |   ^^^^^^^^^^^^
          it has one for darwin-arm64
          hint: install a build of the plugin for this platform

        """
}

extension Workplace {
    /// Copies the built fixture `name` into the project, with one change to its manifest.
    func copyFixture(_ name: String, to path: String, replacing old: String = "", with new: String = "") async throws {
        let source = try #require(TestBed.fixtures) / name
        let manifest = try String(decoding: #require(try Files.read(source / "plugin.yaml")), as: UTF8.self)
        #expect(manifest.contains(old) || old.isEmpty)
        try write(path / "plugin.yaml", old.isEmpty ? manifest : manifest.replacing(old, with: new))
        _ = try await run("cp", [source / "lib\(name).so", project / path])
        let id = manifest.replacing(old.isEmpty ? "\0" : old, with: new).firstMatch(of: #/id: ([a-z]+)/#)?.1
        try allow([(id: String(id ?? "none"), folder: project / path)])
    }

    /// A folder `odd` with a plugin for each verdict.
    func makeOddPlugins() async throws {
        try await copyFixture("good", to: "odd/good")
        try await copyFixture("good", to: "odd/same", replacing: "version: 1.0.0", with: "version: 2.0.0")
        try await copyFixture("good", to: "odd/api", replacing: "api: \"1.0\"", with: "api: \"2.0\"")
        try await copyFixture("good", to: "odd/platform", replacing: "linux-x86_64", with: "darwin-arm64")
        try await copyFixture("good", to: "odd/library")
        try Files.remove(project / "odd/library/libgood.so")
        try write("odd/broken/plugin.yaml", "id: [x\n")
        try Files.makeFolder(project / "odd/manifest")
        try write("odd/file", "no folder, no plugin\n")
    }
}
