import FoundationEssentials
import Host
import Testing

/// `ray project validate` and `schema`, for people and for programs.
@Suite(.needsTestBed, .timeLimit(.minutes(5))) struct ProjectValidateTests {
    private static let project = """
        environment: {requirements: requirements.txt, variables: {TOKEN: hunter2}}
        commands:
          - name: train
            help: 'once: "only"'
            command: |
              train {{lr}}
              echo
            params: [{name: lr, type: float, default: 0.1, choices: [0.1, 1]}]
        output_files: [out]
        tags: [a]
        idle: {minutes: 30}
        """

    @Test func `verbose prints what was read, of variables the names`() async throws {
        try await Workplace.with { place in
            try place.makeProject(Self.project)
            try place.write("requirements.txt", "ray\n")
            let outcome = try await place.ray("project", "validate", "--verbose")
            #expect(outcome.errors == "Project files validated!\n")
            #expect(
                place.plain(outcome.output) == """
                    name: p
                    description: null
                    repo: null
                    documentation: null
                    tags:
                      - a
                    root: "PROJECT"
                    file: "PROJECT/.rayproject/project.yaml"
                    cluster:
                      file: "PROJECT/.rayproject/cluster.yaml"
                      name: c
                      provider:
                        type: local
                        plugin: local 1.1.0
                      params: []
                    environment:
                      requirements: pip 1.1.0
                    variables:
                      - TOKEN
                    commands:
                      - name: train
                        help: "once: \\"only\\""
                        command: "train {{lr}}\\necho\\n"
                        params:
                          - name: lr
                            help: null
                            type: float
                            choices:
                              - 0.1
                              - 1.0
                            default: 0.1
                            required: null
                        tmux: false
                        port_forward: []
                        cluster: null
                    output_files:
                      - out
                    idle:
                      minutes: 30.0
                      action: stop

                    """)
            let node = try YAMLNode.parse(outcome.output, file: "output")
            let json = try JSONValue(
                parsing: Data(try await place.ray("project", "validate", "--json").output.utf8))
            #expect(node["root"]?.string == place.project)
            #expect(json["valid"] == true)
            #expect(json["diagnostics"] == [])
            #expect(json.value(at: "/project/commands/0/command")?.string == node["commands"]?[0]?["command"]?.string)
            #expect(json.value(at: "/project/root")?.string == place.project)
        }
    }

    @Test func `json holds everything that is wrong and prints no words`() async throws {
        try await Workplace.with { place in
            try place.makeProject("environment: {requirements: requirements.txt}\ntag: [a]")
            try place.write("requirements.txt", "num py\n")
            let outcome = try await place.ray("project", "validate", "--json", "--verbose")
            #expect(outcome.errors.isEmpty)
            #expect(outcome.status == 1)
            let json = try JSONValue(parsing: Data(place.plain(outcome.output).utf8))
            #expect(json["valid"] == false)
            #expect(json["project"] == .null)
            #expect(
                json["diagnostics"] == [
                    [
                        "severity": "error", "class": "input", "message": "`tag` is not a key of the project file",
                        "file": "PROJECT/.rayproject/project.yaml", "line": 4, "column": 1, "cause": .null,
                        "hint": "did you mean `tags`?",
                    ],
                    [
                        "severity": "error", "class": "input", "message": "unexpected `py`",
                        "file": "PROJECT/requirements.txt", "line": 1, "column": 5, "cause": .null,
                        "hint": "each requirement has a line of its own",
                    ],
                ])
        }
    }

    @Test func `json tells of a project whose plugins find something wrong, and of wrong usage`() async throws {
        try await Workplace.with { place in
            try place.makeProject("environment: {requirements: requirements.txt}")
            try place.write("requirements.txt", "num py\n")
            let outcome = try await place.ray("project", "validate", "--json")
            let json = try JSONValue(parsing: Data(outcome.output.utf8))
            #expect(json["valid"] == false)
            #expect(json.value(at: "/project/name") == "p")
            #expect(json["diagnostics"]?.array?.count == 1)
            let usage = try await place.ray("project", "validate", "--json", "--cluster-param", "x")
            #expect(try JSONValue(parsing: Data(usage.output.utf8)).value(at: "/diagnostics/0/class") == "usage")
            #expect(usage.status == 2)
            #expect(usage.errors.isEmpty)
        }
    }

    @Test func `outside of any project json says so`() async throws {
        try await Workplace.with { place in
            let outcome = try await place.ray("project", "validate", "--json")
            let json = try JSONValue(parsing: Data(outcome.output.utf8))
            #expect(json.value(at: "/diagnostics/0/message") == "no project root found")
            #expect(outcome.status == 1)
        }
    }

    @Test(arguments: ["gcp"])
    func `a provider that is known and not installed is a warning, and an error to start`(type: String) async throws {
        try await Workplace.with { place in
            try place.makeProject()
            try place.write(".rayproject/cluster.yaml", "cluster_name: c\nprovider: {type: \(type), region: x}\n")
            let sentence =
                ".rayproject/cluster.yaml:2:18: `provider.type: gcp` needs the plugin `gcp` (Google Cloud), "
                + "which is not installed"
            let hint =
                "  hint: `ray plugin install` takes its folder, its archive or its URL; "
                + "`ray plugin list` shows what is installed\n"
            let validate = try await place.ray("project", "validate")
            #expect(
                place.brief(validate.errors)
                    == "warning: \(sentence); what else is in `provider` is not checked\n\(hint)Project files validated!\n"
            )
            #expect(validate.status == 0)
            let start = try await place.ray("session", "start")
            #expect(place.brief(start.errors) == "error[plugin]: \(sentence)\n\(hint)")
            #expect(start.status == 1)
        }
    }

    @Test func `schema prints what editors take, outside of any project`() async throws {
        try await Workplace.with { place in
            let project = try await place.ray("project", "schema", plugins: ["good"])
            #expect(project.status == 0)
            #expect(project.errors.isEmpty)
            let schema = try JSONValue(parsing: Data(project.output.utf8))
            #expect(schema.value(at: "/properties/environment/properties/good/$ref") == "#/$defs/environment.good")
            #expect(schema.value(at: "/$defs/environment.good/description") == "Anything")
            #expect(project.output.hasPrefix("{\n  \"$defs\": {\n"))
            #expect(try await place.ray("project", "schema", plugins: ["good"]).output == project.output)

            let cluster = try await place.ray("project", "schema", "--cluster")
            let clusterSchema = try JSONValue(parsing: Data(cluster.output.utf8))
            #expect(clusterSchema.value(at: "/properties/cluster_name/type") == "string")
            #expect(clusterSchema.value(at: "/$defs/provider.local/properties/head_ip") != nil)
            _ = try JSONSchema(clusterSchema)
            #expect(!Files.exists(place.folder / "state"))
        }
    }
}

/// `--cluster-param`, from the command line to the session.
@Suite(.needsTestBed, .timeLimit(.minutes(5))) struct ClusterParameterTests {
    private func makeProject(_ place: Workplace) throws {
        try place.makeProject("commands: [{name: default, command: echo hi}]")
        try place.write(
            ".rayproject/project.yaml",
            """
            name: p
            cluster:
              config: .rayproject/cluster.yaml
              params:
                - {name: who, required: true}
                - {name: workers, type: int, default: 0}
            commands: [{name: default, command: echo hi}]

            """)
        try place.write(
            ".rayproject/cluster.yaml",
            "cluster_name: c-{{who}}\nmax_workers: {{workers}}\nprovider: {type: local}\n")
    }

    @Test func `a session needs what is required, and its commands do not`() async throws {
        try await Workplace.with { place in
            try makeProject(place)
            let validate = try await place.ray("project", "validate")
            #expect(validate.errors == "Project files validated!\n")
            for arguments in [["session", "start"], ["session", "start", "--dry-run"]] {
                let start = try await place.run(try #require(TestBed.prefix) / "bin/ray", arguments)
                #expect(start.errors == "error[usage]: `--cluster-param who=…` is required\n")
                #expect(start.status == 2)
            }
            let start = try await place.ray(
                "session", "start", "default", "--cluster-param", "who=ada", "--cluster-param", "workers=2")
            #expect(start.output == "hi\n")
            #expect(start.status == 0)
            let execute = try await place.ray("session", "execute", "default")
            #expect(execute.output == "hi\n")
            #expect(execute.status == 0)
            let attach = try await place.ray("session", "attach", input: "echo $((6*7)); exit\n")
            #expect(attach.output.contains("42"))
            let plan = try await place.ray("session", "start", "--dry-run", "--cluster-param", "who=ada")
            #expect(plan.status == 0)
        }
    }

    @Test func `validate checks with the values that are given`() async throws {
        try await Workplace.with { place in
            try makeProject(place)
            let wrong = try await place.ray(
                "project", "validate", "--cluster-param", "workers=-1", "--cluster-param", "who=x")
            #expect(
                place.brief(wrong.errors)
                    == "error[input]: .rayproject/cluster.yaml:2:14: `max_workers` must be at least 0, not `-1`\n"
            )
            #expect(wrong.status == 1)
            let usage = try await place.ray("project", "validate", "--cluster-param", "workrs=1")
            #expect(
                usage.errors == """
                    error[usage]: there is no cluster parameter `workrs`
                      hint: did you mean `workers`?

                    """)
            #expect(usage.status == 2)
            let verbose = try await place.ray("project", "validate", "--verbose", "--cluster-param", "who=a: b")
            let cluster = try YAMLNode.parse(verbose.output, file: "output")["cluster"]
            #expect(cluster?["name"]?.string == "c-a: b")
            #expect(cluster?["params"]?[0]?["value"]?.string == "a: b")
            #expect(cluster?["params"]?[1]?["value"]?.int == 0)
        }
    }
}
