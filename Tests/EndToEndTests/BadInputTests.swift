import FoundationEssentials
import Host
import Testing

/// Wrong files: everything that is wrong is told at once, with its place, and nothing is started.
@Suite(.needsTestBed, .timeLimit(.minutes(10))) struct BadInputTests {
    @Test func `shell may be a text or a list of texts`() async throws {
        try await Workplace.with { place in
            for value in ["echo hi", "[echo hi, echo ho]"] {
                try place.makeProject("environment: {shell: \(value)}")
                let validate = try await place.ray("project", "validate")
                #expect(validate.errors == "Project files validated!\n")
                #expect(validate.status == 0)
            }
        }
    }

    @Test func `create makes a project once`() async throws {
        try await Workplace.with { place in
            let first = try await place.ray("project", "create", "hello")
            #expect(
                first.errors == """
                    created .rayproject/project.yaml, cluster.yaml and requirements.txt
                    using a default cluster.yaml: this machine; `--cluster-yaml` names another
                    using a default requirements.txt: ray; `--requirements` names another
                    next: `ray session start`

                    """)
            #expect(first.status == 0)
            let file = try Files.read(place.project / ".rayproject/project.yaml")
            let second = try await place.ray("project", "create", "other")
            #expect(
                place.plain(second.errors) == """
                    error[input]: this folder is a project already: `PROJECT/.rayproject` is there
                      hint: edit `PROJECT/.rayproject/project.yaml`, or remove the folder

                    """)
            #expect(second.status == 1)
            #expect(try Files.read(place.project / ".rayproject/project.yaml") == file)
            #expect(Files.names(in: place.project) == [".rayproject"])
        }
    }

    @Test(arguments: [#"it's "a": b"#, "- #x: {y}", "true", "3", "ünï", "*a &b", "a\\b"])
    func `create writes any name so that it is read back`(name: String) async throws {
        try await Workplace.with { place in
            // A name may begin with a dash.
            #expect(try await place.ray("project", "create", "--", name).status == 0)
            let validate = try await place.ray("project", "validate")
            #expect(validate.errors == "Project files validated!\n")
            #expect(validate.status == 0)
            let plan = try await place.ray("session", "start", "--dry-run")
            #expect(plan.output.hasPrefix("session `\(name)`: nothing was started\n"))
        }
    }

    @Test(arguments: ["a/b", "", "..", "a\nb"])
    func `create refuses a name that cannot name a folder`(name: String) async throws {
        try await Workplace.with { place in
            let create = try await place.ray("project", "create", name)
            #expect(
                create.errors.hasPrefix(
                    "error[usage]: `\(name)` cannot name a project\n  hint: use a name of at most 200 bytes")
            )
            #expect(create.status == 2)
            #expect(Files.names(in: place.project).isEmpty)
        }
    }

    @Test(
        arguments: zip(
            [["project", "validate"], ["session", "start"], ["session", "execute", "--shell", "true"]], [1, 1, 125]))
    func `outside of any project every command says how to make one`(arguments: [String], status: Int) async throws {
        try await Workplace.with { place in
            let outcome = try await place.run(try #require(TestBed.prefix) / "bin/ray", arguments)
            #expect(
                place.plain(outcome.errors) == """
                    error[input]: no project root found
                      there is no `.rayproject` or `ray-project` folder from `PROJECT` up to `/`
                      hint: `ray project create NAME` makes a project here

                    """)
            #expect(outcome.status == Int32(status))
            #expect(!Files.exists(place.folder / "state"))
        }
    }
}
