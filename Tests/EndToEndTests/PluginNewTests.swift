import FoundationEssentials
import Host
import Testing

/// What `ray plugin new` makes builds with the tools of its language and what is installed, without
/// a network, and works.
@Suite(.needsTestBed, .timeLimit(.minutes(10))) struct PluginNewTests {
    @Test func `a builder in C is made, tested and used`() async throws {
        try await makeAndUseBuilder("C")
    }

    @Test(.needs("cargo")) func `a builder in Rust is made, tested and used`() async throws {
        try await makeAndUseBuilder("Rust")
    }

    @Test func `a builder in Swift is made, tested and used`() async throws {
        try await makeAndUseBuilder("Swift")
    }

    @Test(arguments: ["C", "Swift"])
    func `a provider is made, tested and used`(language: String) async throws {
        try await Workplace.with { place in
            let plugin = try await place.newPlugin("my-cloud", "provider", language)
            try place.makeProject()
            let cluster = { (name: String) in "cluster_name: c\nprovider: {type: my-cloud, node_name: \(name)}\n" }
            try place.write(".rayproject/cluster.yaml", cluster("here"))
            let start = try await place.ray(
                "session", "start", "--shell", "echo hi", variables: ["RAY_PLUGIN_PATH": plugin])
            #expect(start.output == "hi\n", "\(start.errors)")
            let stop = try await place.ray("session", "stop", "--terminate", variables: ["RAY_PLUGIN_PATH": plugin])
            #expect(stop.status == 0, "\(stop.errors)")
            try place.write(".rayproject/cluster.yaml", cluster("Here"))
            let wrong = try await place.ray("project", "validate", variables: ["RAY_PLUGIN_PATH": plugin])
            #expect(
                place.brief(wrong.errors) == """
                    error[input]: .rayproject/cluster.yaml:2:39: the name of a node is lower-case letters, digits and `-`

                    """)
        }
    }

    private func makeAndUseBuilder(_ language: String) async throws {
        try await Workplace.with { place in
            let plugin = try await place.newPlugin("my-hello", "environment", language)
            let variables = ["RAY_PLUGIN_PATH": plugin]
            try place.makeProject("environment:\n  my-hello: Hello, it's \"a plugin\"")
            let start = try await place.ray("session", "start", "--shell", "my-hello", variables: variables)
            #expect(start.output == "Hello, it's \"a plugin\"\n", "\(start.errors)")
            try place.makeProject("environment:\n  my-hello: \"a\\nb\"")
            let wrong = try await place.ray("project", "validate", variables: variables)
            #expect(
                place.brief(wrong.errors) == """
                    error[input]: .rayproject/project.yaml:4:13: the text has more than one line
                      hint: write one line of text

                    """)
            if language == "Rust" {
                let check = try await place.ray(
                    "plugin", "gen", "--language", "rust", "--check", "-o", "src/generated.rs", in: plugin)
                #expect(check.status == 0, "\(check.errors)")
            }
        }
    }

    @Test func `a folder can be named, and an empty one is used`() async throws {
        try await Workplace.with { place in
            try Files.makeFolder(place.project / "plugins/x")
            let made = try await place.ray(
                "plugin", "new", "x", "--kind", "provider", "--language", "c", "--folder", "plugins")
            #expect(
                made.errors == """
                    created plugins/x: a cluster provider in C
                    next:
                      cd plugins/x
                      make test
                      ray plugin install .

                    """)
            let files = [".gitignore", "Makefile", "README.md", "plugin-test.c", "plugin.c", "plugin.yaml"]
            #expect(Files.names(in: place.project / "plugins/x") == files)
            #expect(Files.names(in: place.project / "plugins") == ["x"])
        }
    }

    @Test func `no placeholder is left, whatever the plugin is called`() async throws {
        try await Workplace.with { place in
            for (kind, language) in [
                ("environment", "c"), ("environment", "rust"), ("environment", "swift"), ("provider", "c"),
                ("provider", "swift"),
            ] {
                let made = try await place.ray(
                    "plugin", "new", "a-b2-c", "--kind", kind, "--language", language, "--folder", "\(kind)-\(language)"
                )
                #expect(made.status == 0, "\(made.errors)")
            }
            let left = try await place.run("grep", ["-rnE", "@[A-Z_]+@", "."])
            #expect(left.output.isEmpty)
            #expect(try await place.run("find", [".", "-name", "*@*"]).output.isEmpty)
        }
    }

    @Test func `a folder that is not empty is left as it is`() async throws {
        try await Workplace.with { place in
            try place.write("hello/mine.txt", "mine")
            let made = try await place.ray("plugin", "new", "hello", "--kind", "environment", "--language", "c")
            #expect(
                place.plain(made.errors) == """
                    error[input]: `PROJECT/hello` is there already
                      hint: choose another name, or remove what is there

                    """)
            #expect(made.status == 1)
            #expect(Files.names(in: place.project / "hello") == ["mine.txt"])
        }
    }

    @Test(arguments: [
        (
            ["My Plugin", "--kind", "environment", "--language", "c"],
            """
            error[usage]: `My Plugin` cannot be the id of a plugin
              an id is lower-case letters, digits and `-` between them, and begins with a letter
              hint: for example `my-plugin`

            """
        ),
        (
            ["-", "--kind", "environment", "--language", "c"],
            """
            error[usage]: `-` cannot be the id of a plugin
              an id is lower-case letters, digits and `-` between them, and begins with a letter

            """
        ),
        (
            ["x", "--kind", "provider", "--language", "rust"],
            """
            error[usage]: there is no template for plugins of kind `provider` in Rust
              hint: there are `--language swift`, `--language c`

            """
        ),
    ])
    func `what cannot be made is told`(arguments: [String], errors: String) async throws {
        try await Workplace.with { place in
            let program = try #require(TestBed.prefix) / "bin/ray"
            let made = try await place.run(program, ["plugin", "new"] + arguments)
            #expect(made.errors == errors)
            #expect(made.status == 2)
            #expect(Files.names(in: place.project).isEmpty)
        }
    }

    @Test(arguments: [
        (["--kind", "environment", "--language", "go"], "`swift`, `c`, `rust`"),
        (["--kind", "builder", "--language", "c"], "`environment`, `provider`"),
    ])
    func `an unknown kind or language is told with those that there are`(options: [String], known: String) async throws
    {
        try await Workplace.with { place in
            let program = try #require(TestBed.prefix) / "bin/ray"
            let made = try await place.run(program, ["plugin", "new", "x"] + options)
            for name in known.split(separator: ", ") { #expect(made.errors.contains(name), "\(made.errors)") }
            #expect(made.errors.hasPrefix("error[usage]: "))
            #expect(made.status == 2)
        }
    }

    @Test func `what is installed is what authors need, and nothing of an older ray`() async throws {
        try await Workplace.with { place in
            let repository = #filePath.parentPath.parentPath.parentPath
            let installed = place.folder / "ray"
            let stale = installed / "share/ray/PluginKit/Sources/PluginKit/Stale.swift"
            try Files.makeFolder(stale.parentPath)
            try Files.replace(stale, with: Data("wrong".utf8))
            let install = try await place.run(
                repository / "Scripts/install", [try #require(TestBed.prefix), installed], in: repository)
            #expect(install.status == 0, "\(install.errors)")
            #expect(!Files.exists(stale))
            let kit = installed / "share/ray/PluginKit"
            #expect(Files.names(in: kit) == ["Package.swift", "Sources"])
            #expect(
                Files.names(in: kit / "Sources/PluginKit") == Files.names(in: repository / "Sources/PluginKit"))
            let made = try await place.run(
                installed / "bin/ray", ["plugin", "new", "hello", "--kind", "environment", "--language", "c"])
            #expect(made.status == 0, "\(made.errors)")
            let built = try await place.run("make", ["test"], in: place.project / "hello")
            #expect(built.output.hasSuffix("all is well\n"), "\(built.errors)")
        }
    }

    @Test func `an installation without templates is told`() async throws {
        try await Workplace.with { place in
            let prefix = try #require(TestBed.prefix)
            let other = place.folder / "other"
            try Files.makeFolder(other / "bin")
            _ = try await place.run("cp", [prefix / "bin/ray", other / "bin/ray"])
            let made = try await place.run(
                other / "bin/ray", ["plugin", "new", "x", "--kind", "provider", "--language", "c"])
            #expect(
                place.plain(made.errors) == """
                    error[internal]: `FOLDER/other/share/ray/plugin-templates` has no templates
                      hint: install ray again: its bin and share belong together

                    """)
        }
    }
}

extension Workplace {
    /// Makes a plugin in a folder beside the project's, and runs its test, which builds it.
    fileprivate func newPlugin(_ id: String, _ kind: String, _ language: String) async throws -> String {
        let made = try await ray(
            "plugin", "new", id, "--kind", kind, "--language", language.lowercased(), in: folder)
        let article = kind == "environment" ? "an environment builder" : "a cluster provider"
        #expect(
            made.errors == """
                created \(id): \(article) in \(language)
                next:
                  cd \(id)
                  make test
                  ray plugin install .

                """)
        let built = try await runOffline("make", ["test"], in: folder / id)
        #expect(built.status == 0, "\(built.output)\(built.errors)")
        let check = try await ray("plugin", "check", folder / id, "--json")
        #expect(try JSONValue(parsing: Data(check.output.utf8))["findings"] == [], "\(check.output)")
        #expect(try await ray("plugin", "allow", folder / id).status == 0)
        return folder / id
    }
}
