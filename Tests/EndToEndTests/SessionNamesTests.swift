import FoundationEssentials
import Glibc
import Host
import Testing

/// Which session is meant.
@Suite(.needsTestBed, .timeLimit(.minutes(5))) struct SessionNamesTests {
    @Test func `patterns choose sessions, and each pattern must fit one`() async throws {
        try await Workplace.with { place in
            try place.makeProject()
            for name in ["train-1", "train-2", "other", "odd * name"] {
                #expect(try await place.ray("session", "start", "--name", name).status == 0)
            }
            let status = try await place.ray("session", "status", "train-*", "--json")
            let names = try JSONValue(parsing: Data(status.output.utf8)).array?.map { $0["name"] }
            #expect(names == ["train-1", "train-2"])
            #expect(
                try await place.ray("session", "stop", "train-?").errors
                    == "session `train-1` is stopped\nsession `train-2` is stopped\n")
            #expect(
                try await place.ray("session", "stop", "odd * name").errors == "session `odd * name` is stopped\n",
                "a name is itself before it is a pattern")
            for verb in ["stop", "status", "logs"] {
                let none = try await place.ray("session", verb, "trian-*", "othr", "other")
                #expect(
                    none.errors == """
                        error[input]: no session fits `trian-*`
                          hint: did you mean `train-1`?
                        error[input]: there is no session `othr`
                          hint: did you mean `other`?

                        """, "\(verb)")
                #expect(none.output.isEmpty)
                #expect(none.status == 1)
            }
            #expect(try place.state("other").phase == .up)
        }
    }

    @Test func `logs of several sessions tell from which each line is`() async throws {
        try await Workplace.with { place in
            try place.makeSweep("echo {{n}}")
            for name in ["a", "b"] { _ = try await place.ray("session", "start", "--name", name, "run", "--n", "1,2") }
            #expect(
                try await place.ray("session", "logs", "?").output == """
                    a run n=1 | 1
                    a run n=2 | 2
                    b run n=1 | 1
                    b run n=2 | 2

                    """)
        }
    }

    @Test func `a name that runs from another folder is refused`() async throws {
        try await Workplace.with { place in
            try place.makeProject("commands: [{name: default, command: pwd}]")
            _ = try await place.ray("session", "start", "--name", "s")
            let other = place.folder / "other"
            _ = try await place.run("cp", ["-r", place.project, other])
            for (words, status) in [
                (["start", "--name", "s"], 1), (["start", "--name", "s", "default"], 125),
                (["execute", "--name", "s", "default"], 125), (["attach", "s"], 125),
                (["attach", "s", "--start"], 125),
            ] {
                let refused = try await place.run(
                    try #require(TestBed.prefix) / "bin/ray", ["session"] + words, in: other)
                #expect(
                    place.plain(refused.errors) == """
                        error[conflict]: there is a session `s` of the project in `PROJECT`
                          hint: use another name with `--name`, or end the other with `ray session stop s --terminate`

                        """, "\(words)")
                #expect(refused.output.isEmpty)
                #expect(refused.status == Int32(status), "\(words)")
            }
        }
    }

    @Test func `outside of any project a session is found by its name`() async throws {
        try await Workplace.with { place in
            try place.makeProject("commands: [{name: where, command: pwd}]")
            _ = try await place.ray("session", "start", "--name", "s")
            #expect(
                try await place.ray("session", "execute", "--name", "s", "where", in: place.folder).output
                    == place.project + "\n")
            #expect(
                try await place.ray(
                    "session", "attach", "s", in: place.folder, input: "pwd; exit 3", variables: ["SHELL": "/bin/sh"]
                ).output == place.project + "\n")
            #expect(try await place.ray("session", "status", "s", in: place.folder).status == 0)
            for words in [["attach", "S"], ["execute", "--name", "S", "where"]] {
                let missing = try await place.run(
                    try #require(TestBed.prefix) / "bin/ray", ["session"] + words, in: place.folder)
                #expect(missing.errors == "error[input]: there is no session `S`\n  hint: did you mean `s`?\n")
                #expect(missing.status == 125)
            }
            let unnamed = try await place.ray("session", "status", in: place.folder)
            #expect(
                unnamed.errors == """
                    error[usage]: no session is named, and this folder belongs to no project that names one
                      hint: `ray session list` shows your sessions

                    """)
            #expect(unnamed.status == 2)
        }
    }

    @Test func `stop ends all sessions when told so, and none twice`() async throws {
        try await Workplace.with { place in
            try place.makeProject()
            for name in ["a", "b"] { _ = try await place.ray("session", "start", "--name", name) }
            #expect(
                try await place.ray("session", "stop", "--all", in: place.folder).errors
                    == "session `a` is stopped\nsession `b` is stopped\n")
            let again = try await place.ray("session", "stop", "--all", in: place.folder)
            #expect(again.errors == "no session was running\n")
            #expect(again.status == 0)
            let one = try await place.ray("session", "stop", "a")
            #expect(one.errors == "session `a` is not running\n")
            #expect(one.status == 0)
            let both = try await place.ray("session", "stop", "a", "--all")
            #expect(both.errors.hasPrefix("error[usage]: `--all` and the name of a session cannot both be given\n"))
            #expect(both.status == 2)
        }
    }

    @Test func `attach brings a session up when told so`() async throws {
        try await Workplace.with { place in
            try place.makeProject()
            let down = try await place.ray(
                "session", "attach", "new", variables: ["SHELL": "/bin/sh"])
            #expect(
                down.errors == """
                    error[input]: session `new` is not up
                      hint: bring it up with `ray session start --name new --no-command`

                    """)
            #expect(down.output.isEmpty)
            #expect(down.status == 125)
            let up = try await place.ray(
                "session", "attach", "new", "--start", input: "echo hi; exit 6", variables: ["SHELL": "/bin/sh"])
            #expect(up.errors.hasPrefix("[1/3] Creating cluster: this machine\n"))
            #expect(up.output == "hi\n")
            #expect(up.status == 6)
            #expect(try place.state("new").phase == .up)
        }
    }

    @Test(arguments: ["", ".", "..", "a/b", "a\nb"])
    func `what cannot be a name is a usage error`(name: String) async throws {
        try await Workplace.with { place in
            try place.makeProject()
            for words in [
                ["start", "--name", name], ["execute", "--name", name, "--shell", "true"], ["attach", name],
            ] {
                let refused = try await place.run(
                    try #require(TestBed.prefix) / "bin/ray", ["session"] + words)
                #expect(refused.errors.hasPrefix("error[usage]: "), "\(words) \(refused.errors)")
                #expect(refused.errors.contains("cannot name a session\n"))
                #expect(refused.status == 2)
            }
        }
    }
}
