import FoundationEssentials
import Host
import Testing

/// The tests that Ray Projects had, with what they mocked done for real.
@Suite(.needsTestBed, .timeLimit(.minutes(10))) struct UpstreamTests {
    @Test func `test_validation: what is right is valid, and what is wrong is told`() async throws {
        try await Workplace.with { place in
            try place.write("requirements.txt", "click\n")
            for environment in ["requirements: requirements.txt", "shell: [echo hi]"] {
                try place.makeProject("environment: {\(environment)}")
                let valid = try await place.ray("project", "validate")
                #expect(valid.errors == "Project files validated!\n", "\(environment)")
                #expect(valid.status == 0, "\(environment)")
            }
            try place.write(".rayproject/project.yaml", "name: no_project1\nenvironment: {shell: one command}\n")
            try await place.expectInvalid("error[input]: .rayproject/project.yaml:1:1: `cluster` is missing\n")
            try place.write(".rayproject/project.yaml", "name: no_project2\ncluster: {config: nowhere.yaml}\n")
            try await place.expectInvalid(
                "error[input]: .rayproject/project.yaml:2:19: the cluster file `nowhere.yaml` does not exist\n")
            try Files.remove(place.project / ".rayproject")
            try await place.expectInvalid("error[input]: no project root found\n")
        }
    }

    @Test func `test_project_root: it is found from the root and from below, and nowhere else`() async throws {
        try await Workplace.with { place in
            try place.makeProject("commands: [{name: default, command: pwd}]")
            try Files.makeFolder(place.project / "subdir")
            for folder in [place.project, place.project / "subdir"] {
                #expect(try await place.ray("session", "start", in: folder).output == place.project + "\n")
            }
            let outside = try await place.ray("session", "start", in: place.folder)
            #expect(place.brief(outside.errors).hasPrefix("error[input]: no project root found\n"))
            #expect(outside.status == 1)
        }
    }

    @Test func `test_project_validation: a good project ends with 0`() async throws {
        try await Workplace.with { place in
            try place.makeFirstAndSecond()
            let outcome = try await place.ray("project", "validate")
            #expect(outcome.status == 0)
            #expect(outcome.errors == "Project files validated!\n")
        }
    }

    @Test func `test_project_no_validation: without a project it does not`() async throws {
        try await Workplace.with { place in
            try await place.expectInvalid("error[input]: no project root found\n")
        }
    }

    @Test func `test_session_start_default_project: requirements, then the shell, then the command`() async throws {
        try await Workplace.with { place in
            try place.makeRequirementsProject()
            let start = try await place.ray("session", "start", "default")
            #expect(start.output == "the command sees 8.1.7\n", "\(start.errors)")
            #expect(start.status == 0)
            #expect(try place.text("order.txt") == "the shell sees 8.1.7\nthe command\n")
            let steps = start.errors.split(separator: "\n").filter { $0.hasPrefix("[") }.map { $0.prefix(5) }
            #expect(steps == ["[1/4]", "[2/4]", "[3/4]", "[4/4]"])
            let records = try place.journal("requirements-test").filter { $0.phase == .outcome }.map(\.step)
            #expect(records.filter { $0 != .buildStep } == [.layer, .layer, .environment, .session, .command])
        }
    }

    @Test func `test_session_execute_default_project: no step of the start is done again`() async throws {
        try await Workplace.with { place in
            try place.makeRequirementsProject()
            _ = try await place.ray("session", "start", "--no-command")
            let before = try place.journal("requirements-test").count
            let execute = try await place.ray("session", "execute", "default")
            #expect(execute.output == "the command sees 8.1.7\n")
            #expect(execute.errors.isEmpty)
            #expect(execute.status == 0)
            let uptime = try await place.ray("session", "execute", "--shell", "uptime")
            #expect(uptime.output.contains("load average"))
            #expect(uptime.status == 0)
            #expect(try place.journal("requirements-test").dropFirst(before).allSatisfy { $0.step == .command })
            #expect(try place.text("order.txt") == "the shell sees 8.1.7\nthe command\n")
        }
    }

    @Test func `test_session_start_docker_fail: an image needs the plugin docker`() async throws {
        guard !Files.exists(try #require(TestBed.prefix) / "lib/ray/plugins/docker") else { return }
        try await Workplace.with { place in
            try place.makeProject("environment: {dockerimage: rayproject/ray}\ncommands: [{name: default, command: x}]")
            let start = try await place.ray("session", "start")
            #expect(
                start.errors.contains(
                    "`environment.dockerimage` needs the plugin `docker` (container images), which is not installed\n"))
            #expect(start.status == 1)
            #expect(try await place.listed("p") == nil)
        }
    }

    @Test func `test_session_invalid_config_errored: a start tells what validate tells`() async throws {
        try await Workplace.with { place in
            try place.makeProject("environment: {dockerfile: Dockerfile, dockerimage: x}")
            let start = try await place.ray("session", "start")
            #expect(start.errors.contains("`environment` cannot have both `dockerfile` and `dockerimage`\n"))
            #expect(start.status == 1)
            #expect(try await place.ray("project", "validate").errors == start.errors)
        }
    }

    @Test func `test_session_create_command: the values stand in the command`() async throws {
        try await Workplace.with { place in
            try place.makeFirstAndSecond()
            let start = try await place.ray("session", "start", "first", "--a", "1", "--b", "2")
            #expect(start.output == "Starting ray job with 1 and 2\n")
            #expect(start.status == 0)
        }
    }

    @Test(arguments: [
        (["--a", "*", "--b", "2"], ["1 and 2", "2 and 2"]), (["--a", "1", "--b", "*"], ["1 and 1", "1 and 2"]),
        (["--a", "*", "--b", "*"], ["1 and 1", "1 and 2", "2 and 1", "2 and 2"]),
    ])
    func `test_session_create_multiple: one environment, and each combination once`(
        words: [String], combinations: [String]
    ) async throws {
        try await Workplace.with { place in
            try place.makeFirstAndSecond("environment: {shell: [echo built >> built.txt]}")
            let start = try await place.run(
                try #require(TestBed.prefix) / "bin/ray", ["session", "start", "first"] + words)
            #expect(
                start.sortedLines.map { $0.split(separator: "| ").last }
                    == combinations.map {
                        "Starting ray job with \($0)"[...]
                    })
            #expect(start.status == 0)
            #expect(try place.text("built.txt") == "built\n")
            #expect(try place.state("commands-test").commands.count == combinations.count)
        }
    }

    @Test func `test_session_commands: both commands and their helps are shown`() async throws {
        try await Workplace.with { place in
            try place.makeFirstAndSecond()
            let commands = try await place.ray("session", "commands")
            for name in ["first", "second"] {
                #expect(
                    commands.output.contains(
                        """
                        Command "\(name)":
                          usage: ray session start \(name) --a {1,2} --b {1,2}
                          the \(name) of two

                            --a {1,2}  what a does (required)
                            --b {1,2}  (required)

                        """))
            }
            #expect(commands.status == 0)
        }
    }

    @Test func `test_session_git_repo_cloned: the files that are here run, whatever the repository has`() async throws {
        try await Workplace.with { place in
            try place.makeProject(
                "repo: https://example.org/nowhere.git\ncommands: [{name: default, command: cat data.txt}]")
            try place.write("data.txt", "not committed\n")
            let start = try await place.ray("session", "start")
            #expect(start.output == "not committed\n")
            #expect(start.status == 0)
        }
    }
}

extension Workplace {
    /// A tiny requirement, and something after it that needs it.
    fileprivate func makeRequirementsProject() throws {
        try makeProject(
            named: "requirements-test",
            """
            environment:
              requirements: requirements.txt
              shell: [python see.py the shell sees >> order.txt]
            commands:
              - name: default
                command: python see.py the command sees; echo the command >> order.txt
            """)
        try write("requirements.txt", "click==8.1.7\n")
        try write(
            "see.py",
            """
            import sys
            from importlib.metadata import version
            import click
            click.echo(" ".join(sys.argv[1:] + [version("click")]))
            """)
    }

    fileprivate func expectInvalid(_ beginning: String) async throws {
        let outcome = try await ray("project", "validate")
        #expect(brief(outcome.errors).hasPrefix(beginning), "\(outcome.errors)")
        #expect(outcome.output.isEmpty)
        #expect(outcome.status == 1)
    }
}
