import FoundationEssentials
import Glibc
import Host
import Testing

/// What a session has written, and what its environment is made of.
@Suite(.needsTestBed, .timeLimit(.minutes(5))) struct SessionLogsTests {
    @Test func `logs has builds and runs, and each can be chosen`() async throws {
        try await Workplace.with { place in
            try place.makeSweep("echo line 1; echo line 2; echo run {{n}}")
            let text = try place.text(".rayproject/project.yaml")
            try place.write(".rayproject/project.yaml", text + "environment: {shell: [echo building]}\n")
            _ = try await place.ray("session", "start", "run", "--n", "1,2")
            let all = try await place.ray("session", "logs")
            #expect(all.output.contains(/^build [0-9a-f]{8} \| building\n/))
            #expect(all.output.hasSuffix("run n=2        | line 1\nrun n=2        | line 2\nrun n=2        | run 2\n"))
            #expect(
                try await place.ray("session", "logs", "--only", "run", "--lines", "1").output
                    == "run n=1 | run 1\nrun n=2 | run 2\n")
            let id = try #require(try await place.listed("p")?["runs"]?.array?.first?["id"]?.string)
            #expect(
                try await place.ray("session", "logs", "--only", String(id.prefix(8)), "--lines", "1").output
                    == "run n=1 | run 1\n")
            let json = try await place.ray("session", "logs", "--only", "n=2", "--json")
            #expect(
                try json.output.split(separator: "\n").map { try JSONValue(parsing: Data($0.utf8))["line"] }
                    == ["line 1", "line 2", "run 2"])
            let none = try await place.ray("session", "logs", "--only", "rum")
            #expect(
                none.errors == "error[input]: nothing was written by `rum`\n  hint: did you mean `run`?\n")
            #expect(none.status == 1)
        }
    }

    @Test func `logs of a session that has written nothing say so`() async throws {
        try await Workplace.with { place in
            try place.makeProject()
            _ = try await place.ray("session", "start", "--shell", "echo to the terminal")
            for words in [["logs"], ["logs", "-f"]] {
                let logs = try await place.run(try #require(TestBed.prefix) / "bin/ray", ["session"] + words)
                #expect(logs.errors == "nothing was written yet\n")
                #expect(logs.output.isEmpty)
                #expect(logs.status == 0)
            }
        }
    }

    @Test func `logs follow a build from before it has written anything`() async throws {
        try await Workplace.with { place in
            try place.makeProject(
                "environment: {shell: ['touch begun; while ! [ -e go ]; do sleep 0.01; done; echo built at last']}")
            let program = try #require(TestBed.prefix) / "bin/ray"
            async let start = place.ray("session", "start")
            try await until { Files.exists(place.project / "begun") }
            async let logs = place.run("sh", ["-c", "echo > following; exec '\(program)' session logs -f"])
            try await until { Files.exists(place.project / "following") }
            try place.write("go", "")
            #expect(try await start.status == 0)
            let followed = try await logs
            #expect(followed.status == 0)
            // It may have begun to look when all was done.
            #expect(followed.output.contains(/^build [0-9a-f]{8} \| built at last\n$/))
        }
    }

    @Test func `logs that nobody reads any more are not followed`() async throws {
        try await Workplace.with { place in
            try place.makeSweep("echo $$ > pid-{{n}}; while echo more; do sleep 0.01; done")
            let program = try #require(TestBed.prefix) / "bin/ray"
            async let sweep = place.ray("session", "start", "run", "--n", "1,2", "--parallel", "2")
            try await until { try !place.text("pid-1").isEmpty && !place.text("pid-2").isEmpty }
            let head = try await place.run("sh", ["-c", "'\(program)' session logs -f --only n=1 | head -n 1"])
            #expect(head.output == "run n=1 | more\n")
            #expect(try await place.ray("session", "logs", "--lines", "-1").status == 2)
            #expect(try await place.ray("session", "stop").status == 0)
            #expect(try await sweep.status == 143)
        }
    }

    @Test func `environment plan and list tell what is to be built and what is`() async throws {
        try await Workplace.with { place in
            try place.makeProject("environment: {shell: [echo one, echo two]}")
            let plan = try await place.ray("environment", "plan")
            let digest = try #require(plan.output.firstMatch(of: /shell  ([0-9a-f]{8})/)?.1)
            #expect(
                plan.output == """
                    LAYER  DIGEST    ACTION  WHY
                    shell  \(digest)  build   it was never built
                                             - echo one
                                             - echo two
                                             not reproducible: commands 1 and 2 of `shell` name no inputs: they run again \
                    only when their text or a layer below changes

                    """)
            #expect(plan.status == 0)
            let none = try await place.ray("environment", "list")
            #expect(none.errors == "no environments are built; `ray environment build` builds that of a project\n")
            #expect(try await place.ray("environment", "list", "--json").output == "[]\n")

            _ = try await place.ray("session", "start")
            #expect(try await place.ray("environment", "plan").output.contains("shell  \(digest)  keep"))
            let list = try await place.ray("environment", "list")
            #expect(
                list.output.contains(/^DIGEST    LAYER  SIZE  BUILT +SESSIONS\n[0-9a-f]{8}  shell  0 B   [^\n]* p\n$/))
            #expect(list.output.contains(digest))
            let json = try JSONValue(parsing: Data(try await place.ray("environment", "list", "--json").output.utf8))
            #expect(json.array?.first?["sessions"] == ["p"])
            #expect(json.array?.first?["plugin"] == "shell")
            let planned = try JSONValue(parsing: Data(try await place.ray("environment", "plan", "--json").output.utf8))
            #expect(planned.array?.first?["action"] == "keep")
            #expect(planned.array?.first?["digest"] == json.array?.first?["digest"])
            #expect(planned.array?.first?["steps"]?.array?.map { $0["title"] } == ["echo one", "echo two"])
        }
    }

    @Test func `a project without environment has nothing to plan`() async throws {
        try await Workplace.with { place in
            try place.makeProject()
            let plan = try await place.ray("environment", "plan")
            #expect(plan.errors == "nothing to build: `environment` names nothing that a plugin handles\n")
            #expect(try await place.ray("environment", "plan", "--json").output == "[]\n")
        }
    }
}
