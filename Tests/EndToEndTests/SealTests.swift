import FoundationEssentials
import Host
import Testing

/// Plugins are opened only when they are asked, nothing but data goes to standard output, and the
/// installed folder is all that there is.
@Suite(.needsTestBed, .timeLimit(.minutes(5))) struct SealTests {
    @Test func `a plugin's library exports one function`() async throws {
        try await Workplace.with { place in
            let plugins = try #require(TestBed.prefix) / "lib/ray/plugins"
            let folders = Files.names(in: plugins)
            #expect(folders.count >= 3)
            for folder in folders {
                let libraries = Files.names(in: plugins / folder).filter { $0.hasSuffix(".so") }
                #expect(libraries.count == 1)
                for library in libraries {
                    let names = try await place.run("nm", ["-D", "--defined-only", "-g", plugins / folder / library])
                    let symbols = names.output.split(separator: "\n").map {
                        $0.split(separator: " ").dropFirst().joined(separator: " ")
                    }
                    #expect(symbols == ["T rayp_entry_v1"], "\(library)")
                }
            }
        }
    }

    @Test(arguments: [["--version"], ["--help"], ["project", "validate"]])
    func `no library is opened and nothing is run where the answer is known`(arguments: [String]) async throws {
        try await Workplace.with { place in
            try place.makeProject("environment: {shell: echo hi}")
            let first = try await place.trace(["project", "validate"])
            // Otherwise the rest would prove nothing.
            #expect(first.libraries.map(\.lastPathName).sorted() == ["libRayLocalProvider.so", "libRayShell.so"])
            #expect(first.programs.contains { $0.hasSuffix("ray-plugin-helper") })
            let traced = try await place.trace(arguments)
            #expect(traced.libraries.isEmpty)
            #expect(traced.programs == [try #require(TestBed.prefix) / "bin/ray"])
        }
    }

    @Test func `the installed folder can be moved, also to a path with a space`() async throws {
        try await Workplace.with { place in
            let moved = place.folder / "moved here/ray 1"
            try Files.makeFolder(moved.parentPath)
            _ = try await place.run("cp", ["-a", try #require(TestBed.prefix), moved])
            let list = try await place.run(moved / "bin/ray", ["plugin", "list"])
            #expect(
                place.plain(list.output) == """
                    ID     VERSION  HANDLES                                       VERDICT  FOLDER
                    conda  1.0.0    environment.conda, environment.conda_tool     usable   FOLDER/moved here/ray 1/lib/ray/plugins/conda
                    local  1.1.0    provider local                                usable   FOLDER/moved here/ray 1/lib/ray/plugins/local
                    pip    1.1.0    environment.python, environment.requirements  usable   FOLDER/moved here/ray 1/lib/ray/plugins/pip
                    shell  1.0.0    environment.shell                             usable   FOLDER/moved here/ray 1/lib/ray/plugins/shell

                    """)
            #expect(list.errors.isEmpty)
            try place.makeProject("environment: {shell: echo built > built.txt}")
            let start = try await place.run(moved / "bin/ray", ["session", "start", "--shell", "cat built.txt"])
            #expect(start.output == "built\n")
            #expect(start.status == 0)
        }
    }

    @Test func `standard output has the command's words and no others`() async throws {
        try await Workplace.with { place in
            try place.makeProject("environment: {shell: echo from the build}")
            let start = try await place.ray("session", "start", "--shell", "echo hi")
            #expect(start.output == "hi\n")
            #expect(start.errors.contains("[3/4] Setting up environment"))
            #expect(try await place.ray("session", "execute", "--shell", "echo ho").output == "ho\n")
            for arguments in [["project", "validate"], ["session", "start", "--no-command"], ["session", "stop"]] {
                let outcome = try await place.run(try #require(TestBed.prefix) / "bin/ray", arguments)
                #expect(outcome.output.isEmpty)
                #expect(outcome.status == 0)
            }
        }
    }

    @Test func `a dry run writes nothing that lasts`() async throws {
        try await Workplace.with { place in
            try place.makeProject("environment: {shell: echo built > built.txt}")
            let before = try await place.run("find", ["."]).output
            let plan = try await place.ray("session", "start", "--dry-run", "--shell", "echo hi > hi.txt")
            #expect(plan.output.hasPrefix("session `p`: nothing was started\n"))
            #expect(plan.errors.isEmpty)
            #expect(plan.status == 0)
            #expect(try await place.run("find", ["."]).output == before)
            #expect(!Files.exists(place.folder / "state"))
            #expect(try await place.ray("session", "list", "--json").output == "[]\n")
            let layers = [place.folder / "cache", "-name", "layer"]
            #expect(try await place.run("find", layers).output.isEmpty)
            _ = try await place.ray("session", "start", "--no-command")
            #expect(try await place.run("find", layers).output.hasSuffix("/layer\n"))
        }
    }
}

extension Workplace {
    /// What a run of `ray` opened and ran.
    struct Trace {
        /// The files below the folders of plugins whose name ends in `.so`.
        var libraries: [String]
        var programs: [String]
    }

    /// Runs `ray` under strace, with every fixture plugin in the search path.
    func trace(_ arguments: [String]) async throws -> Trace {
        let (prefix, fixtures) = (try #require(TestBed.prefix), try #require(TestBed.fixtures))
        let log = folder / "trace"
        let outcome = try await run(
            "strace",
            ["-f", "--seccomp-bpf", "-s", "4096", "-e", "trace=execve,openat,open", "-o", log, prefix / "bin/ray"]
                + arguments,
            variables: ["RAY_PLUGIN_PATH": fixtures])
        #expect(outcome.status == 0, "\(outcome.errors)")
        let lines = String(decoding: try #require(try Files.read(log)), as: UTF8.self).split(separator: "\n")
        func paths(_ call: String) -> [String] {
            lines.filter { $0.contains(call) }.compactMap { line in
                line.split(separator: "\"", omittingEmptySubsequences: false).dropFirst().first.map(String.init)
            }
        }
        let opened = (paths(" openat(") + paths(" open(")).filter { path in
            path.hasSuffix(".so") && [prefix / "lib/ray/plugins", fixtures].contains { path.hasPrefix($0 + "/") }
        }
        return Trace(libraries: Array(Set(opened)), programs: paths(" execve("))
    }
}
