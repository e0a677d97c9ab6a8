import FoundationEssentials
import Host
import Testing

/// What the projects of Ray 0.8 did, case by case, and what became of it here.
@Suite(.needsTestBed, .timeLimit(.minutes(10))) struct AcceptanceProjectTests {
    @Test func `1 to 4, a project is created once, under a name, and is valid`() async throws {
        try await Workplace.with { place in
            let create = try await place.ray("project", "create", "myproj")
            #expect(create.status == 0)
            #expect(
                Files.names(in: place.project / ".rayproject") == ["cluster.yaml", "project.yaml", "requirements.txt"])
            #expect(create.errors.contains("using a default cluster.yaml: this machine"))
            #expect(create.errors.contains("using a default requirements.txt: ray"))

            let again = try await place.ray("project", "create", "myproj")
            #expect(again.status == 1)
            #expect(
                place.brief(again.errors).contains("this folder is a project already: `PROJECT/.rayproject` is there"))

            let nameless = try await place.ray("project", "create")
            #expect(nameless.status == 2)
            #expect(nameless.errors.contains("missing expected argument `<name>`"))

            let validate = try await place.ray("project", "validate")
            #expect(validate.status == 0)
            #expect(validate.errors == "Project files validated!\n")
            #expect(validate.output.isEmpty)
            let verbose = try await place.ray("project", "validate", "--verbose")
            #expect(verbose.status == 0)
            #expect(try YAMLNode.parse(verbose.output, file: "output")["name"]?.string == "myproj")
        }
    }

    @Test func `5 and 6, a missing project and a missing project file are told apart`() async throws {
        try await Workplace.with { place in
            let none = try await place.ray("project", "validate")
            #expect(none.status == 1)
            #expect(none.errors.hasPrefix("error[input]: no project root found\n"))
            try Files.makeFolder(place.project / "ray-project")
            let empty = try await place.ray("project", "validate")
            #expect(empty.status == 1)
            #expect(
                place.brief(empty.errors) == """
                    error[input]: `PROJECT/ray-project/project.yaml` is missing
                      hint: `ray project create NAME` writes one, or remove the folder

                    """)
        }
    }

    @Test(arguments: AcceptanceCase.mistakes)
    func `7 to 14, a mistake takes a line or two`(example: AcceptanceCase) async throws {
        try await Workplace.with { place in
            try place.write("ray-project/project.yaml", example.project)
            try place.write("ray-project/cluster.yaml", "cluster_name: c\nprovider: {type: local}\n")
            let outcome = try await place.ray("project", "validate")
            #expect(place.brief(outcome.errors) == example.errors + "\n")
            #expect(outcome.status == 1)
            #expect(outcome.output.isEmpty)
            #expect(outcome.errors.split(separator: "\n").count <= 4)
        }
    }

    @Test func `8, the first form of the cluster key is accepted`() async throws {
        try await Workplace.with { place in
            try place.write("ray-project/project.yaml", "name: a\ncluster: ray-project/cluster.yaml\n")
            try place.write("ray-project/cluster.yaml", "cluster_name: c\nprovider: {type: local}\n")
            let outcome = try await place.ray("project", "validate")
            #expect(outcome.errors == "Project files validated!\n")
            #expect(outcome.status == 0)
        }
    }

    @Test func `10, two images are one too many`() async throws {
        try await Workplace.with { place in
            try place.makeProject("environment: {dockerfile: Dockerfile, dockerimage: x}")
            let outcome = try await place.ray("project", "validate")
            #expect(outcome.status == 1)
            #expect(
                place.brief(outcome.errors).contains(
                    "error[input]: .rayproject/project.yaml:3:39: `environment` cannot have both `dockerfile` and "
                        + "`dockerimage`\n"))
        }
    }

    @Test func `12, a truth value is a type, and one shell command need be no list`() async throws {
        try await Workplace.with { place in
            try place.makeProject(
                """
                environment: {shell: "echo hi"}
                commands: [{name: x, command: 'y {{z}}', params: [{name: z, type: bool}]}]
                """)
            #expect(try await place.ray("project", "validate").errors == "Project files validated!\n")
        }
    }

    @Test func `13, conda is a key like any other, handled by a plugin`() async throws {
        try await Workplace.with { place in
            try place.makeProject("environment: {conda: env.yml}")
            try place.write("env.yml", "name: x\ndependencies: [python]\n")
            let outcome = try await place.ray("project", "validate")
            let isInstalled = Files.exists(try #require(TestBed.prefix) / "lib/ray/plugins/conda")
            #expect(outcome.status == (isInstalled ? 0 : 1))
            if !isInstalled {
                #expect(
                    outcome.errors.contains("needs the plugin `conda` (conda environments), which is not installed"))
            }
        }
    }

    @Test func `16, a project without commands is valid, and a percent sign is one`() async throws {
        try await Workplace.with { place in
            try place.makeProject()
            #expect(try await place.ray("project", "validate").status == 0)
            try place.makeProject("commands: [{name: a, command: x, help: 100% sure}]")
            let verbose = try await place.ray("project", "validate", "--verbose")
            #expect(verbose.status == 0)
            #expect(
                try YAMLNode.parse(verbose.output, file: "output")["commands"]?[0]?["help"]?.string == "100% sure")
        }
    }

    @Test func `30, a sub-directory is as good as the root`() async throws {
        try await Workplace.with { place in
            try place.makeProject("environment: {requirements: r.txt}")
            try place.write("r.txt", "ray\n")
            try Files.makeFolder(place.project / "a/b")
            let outcome = try await place.ray("project", "validate", in: place.project / "a/b")
            #expect(outcome.errors == "Project files validated!\n")
            #expect(outcome.status == 0)
        }
    }

    @Test func `33, git's origin and an odd name are read back as they are`() async throws {
        try await Workplace.with { place in
            for arguments in [["init", "-q", "."], ["remote", "add", "origin", "https://example.org/x.git"]] {
                #expect(try await place.run("git", arguments).status == 0)
            }
            let name = #"name: with "quote"#
            #expect(try await place.ray("project", "create", name).status == 0)
            #expect(try await place.ray("project", "validate").errors == "Project files validated!\n")
            let verbose = try await place.ray("project", "validate", "--verbose")
            let node = try YAMLNode.parse(verbose.output, file: "output")
            #expect(node["repo"]?.string == "https://example.org/x.git")
            #expect(node["name"]?.string == name)
        }
    }

    @Test(arguments: ["open-tacotron", "pytorch-transformers", "streaming", "mozilla-deepspeech"])
    func `the classic examples are valid`(name: String) async throws {
        try await Workplace.with { place in
            let source = #filePath.parentPath.parentPath / "Fixtures/projects" / name
            #expect(try await place.run("cp", ["-R", source + "/.", place.project]).status == 0)
            let outcome = try await place.ray("project", "validate", "--json")
            #expect(outcome.status == 0, "\(outcome.output)")
            let json = try JSONValue(parsing: Data(outcome.output.utf8))
            #expect(json["valid"] == true)
            #expect(json.value(at: "/project/name")?.string == name)
            #expect(json.value(at: "/project/cluster/provider/type") == "aws")
            let errors = json["diagnostics"]?.array?.filter { $0["severity"] == "error" }
            #expect(errors == [])
            if name == "streaming" {
                #expect(json.value(at: "/project/commands/0/tmux") == true)
                #expect(json.value(at: "/project/commands/0/params/0/default") == 3)
                #expect(json.value(at: "/project/output_files") == ["/tmp/ray/session_latest/logs"])
            }
            if name == "pytorch-transformers" {
                #expect(json.value(at: "/project/commands/0/params/0/choices")?.array?.count == 9)
            }
        }
    }
}

/// A wrong project file, and all of standard error.
struct AcceptanceCase: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var project: String
    var errors: String

    private init(_ what: String, _ project: String, _ errors: String) {
        testDescription = what
        self.project = project
        self.errors = errors
    }

    private static let good = "name: a\ncluster: {config: ray-project/cluster.yaml}\n"
    private static let place = "error[input]: ray-project/project.yaml"

    static let mistakes = [
        AcceptanceCase("7, no cluster", "name: a\n", "\(place):1:1: `cluster` is missing"),
        AcceptanceCase(
            "9, a cluster file that is missing", "name: a\ncluster: {config: nosuch.yaml}\n",
            "\(place):2:19: the cluster file `nosuch.yaml` does not exist"),
        AcceptanceCase(
            "9, a requirements file that is missing", good + "environment: {requirements: nosuch.txt}\n",
            "\(place):3:29: `nosuch.txt` not found in `PROJECT`"),
        AcceptanceCase(
            "11, an unknown key", good + "foo: 1\n",
            """
            \(place):3:1: `foo` is not a key of the project file
              hint: it can have `cluster`, `commands`, `description`, `documentation`, `environment`, `idle`, `name`, \
            `output_files`, `repo`, `tags`
            """),
        AcceptanceCase(
            "11, an unknown key of a command", good + "commands: [{name: x, command: y, foo: 1}]\n",
            """
            \(place):3:34: `foo` is not a key of `commands[0]`
              hint: it can have `cluster`, `command`, `config`, `help`, `name`, `params`
            """),
        AcceptanceCase(
            "12, a name that is a number", "name: 3\ncluster: {config: ray-project/cluster.yaml}\n",
            """
            \(place):1:7: `name` must be a string, not a number
              hint: put it in quotes: `"3"`
            """),
        AcceptanceCase(
            "12, a command without its text", good + "commands: [{name: x}]\n",
            "\(place):3:12: `commands[0].command` is missing"),
        AcceptanceCase(
            "12, a type that is none",
            good + "commands: [{name: x, command: 'y {{z}}', params: [{name: z, type: boolean}]}]\n",
            """
            \(place):3:67: `commands[0].params[0].type` must be one of `int`, `float`, `str`, `bool`, not `boolean`
            """),
        AcceptanceCase(
            "14, broken YAML", "name: [a\ncluster: x\n",
            "\(place):2:8: a `,` or `]` is missing\n  while parsing a flow sequence that starts on line 1"),
        AcceptanceCase(
            "14, a tab", "name: a\ncluster:\n\tconfig: x\n",
            "\(place):3:1: a tab cannot indent YAML\n  hint: use spaces"),
        AcceptanceCase("14, an empty file", "", "\(place):1:1: the project file is empty"),
        AcceptanceCase(
            "14, a list", "[a]\n",
            "\(place):1:1: the project file must be a mapping, not a list\n"
                + "  hint: it can have `cluster`, `commands`, `description`, `documentation`, `environment`, `idle`, `name`, `output_files`, `repo`, `tags`"
        ),
    ]
}
