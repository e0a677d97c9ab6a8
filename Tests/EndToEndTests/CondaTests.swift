import FoundationEssentials
import Glibc
import Testing

@testable import Host

/// Environments that real tools of the conda family make.
@Suite(.needsConda, .timeLimit(.minutes(10))) struct CondaTests {
    @Test(arguments: CondaEngine.allCases)
    func `it is made once, used as it is, and another after a change`(_ engine: CondaEngine) async throws {
        let show =
            "hello-tool && cat \"$CONDA_PREFIX/share/hello-lib/version\" && echo \"$MODE $CONDA_DEFAULT_ENV $ARCH_TOOL_HOME\""
        try await engine.with("hello-tool=1.0, arch-tool") { place in
            try place.writeCondaFile("hello-tool=1.0, arch-tool", "name: unused\nvariables: {MODE: fast, N: 1}\n")
            let started = try await place.ray("session", "start", "--shell", show)
            #expect(started.status == 0, "\(started.errors)")
            let first = try await place.built()
            let prefix = try #require(first["conda"]).prefix + "/env"
            #expect(started.output == "hello-tool 1.0 of \(prefix)\n1.0\nfast p \(prefix)/share/arch tool\n")
            #expect(started.errors.contains("conda: resolve 2 packages with conda\n"))
            #expect(started.errors.contains("conda: `name` of the environment's file is not used\n"))
            let again = try await place.ray("session", "start", "--shell", show)
            #expect(again.errors.contains("(unchanged)") && !again.errors.contains("conda: "), "\(again.errors)")
            let comment = try place.text("environment.yml") + "# nothing else\n"
            try place.write("environment.yml", comment)
            #expect(try await place.built() == first)
            try place.writeCondaFile("hello-tool=2.0")
            let changed = try await place.ray("session", "start", "--shell", "hello-tool; echo \"$MODE\"")
            #expect(
                changed.output.hasPrefix("hello-tool 2.0 of ") && changed.output.hasSuffix("env\n\n"),
                "\(changed.errors)")
            #expect(try await place.built() != first)
            #expect(Files.exists(prefix))
        }
    }

    @Test func `both engines lock the same`() async throws {
        var locks: [String] = []
        for engine in CondaEngine.allCases {
            try await engine.with("hello-tool=1.0, arch-tool") { place in
                try await place.built()
                locks.append(try place.text(".rayproject/environment.lock"))
            }
        }
        #expect(Set(locks).count == 1)
        let packages = locks[0].split(separator: "\n").filter { $0.contains("#") && $0.contains(" sha256:") }
        #expect(packages.count == 3)
    }

    @Test(arguments: CondaEngine.allCases)
    func `what is locked is made again without a network, and nothing else is`(_ engine: CondaEngine) async throws {
        try await engine.with("hello-tool=1.0") { place in
            _ = try await place.ray("plugin", "lock")
            let refused = try await place.ray("environment", "build", "--locked")
            #expect(refused.errors.hasPrefix("error[lock-stale]: "), "\(refused.errors)")
            let made = try await place.built()
            try Files.remove(place.store.root / "envs")
            // What the channel has since counts for nobody who is locked.
            let offline = ["CONDA_OFFLINE": "true", "MAMBA_OFFLINE": "true"]
            #expect(try await place.built("--locked", variables: offline) == made)
            let lock = try place.text(".rayproject/environment.lock")
            let sum = try #require(lock.firstRange(of: "sha256:")).upperBound
            let other = lock[sum] == "0" ? "1" : "0"
            try place.write(".rayproject/environment.lock", lock[..<sum] + other + lock[lock.index(after: sum)...])
            guard engine == .conda else { return }
            let wrong = try await place.ray("environment", "build", "--locked")
            #expect(
                place.brief(wrong.errors).contains(
                    "error[hash]: environment.yml:1:1: `hello-lib-1.0-0.tar.bz2` is not the package that is locked\n"),
                "\(wrong.errors)")
        }
    }

    @Test(arguments: CondaEngine.allCases)
    func `what pip adds is read with all that it includes, and is there when it is locked`(_ engine: CondaEngine)
        async throws
    {
        let show = ["-c", "import thing, humanize; print(humanize.__version__)"]
        try await engine.with("") { place in
            try place.makeProject("environment:\n  conda: env/environment.yml\n")
            try place.writeCondaFile("python, {pip: [-r more.txt]}", at: "env/environment.yml")
            try place.write("env/more.txt", "humanize==4.11.0\n./thing-1.0-py3-none-any.whl\n")
            let absent = try await place.ray("project", "validate")
            #expect(
                absent.errors.contains(
                    "error[input]: env/more.txt:2:1: `./thing-1.0-py3-none-any.whl` not found in `\(place.project)/env`\n"
                ),
                "\(absent.errors)")
            try await place.makeWheel("print('A')", in: "env")
            let first = try #require(try await place.built()["conda"])
            #expect(try await place.run(first.prefix / "env/bin/python", show).output == "A\n4.11.0\n")
            let lock = try place.text(".rayproject/environment.lock")
            #expect(lock.contains("# pip\n") && lock.contains(" humanize==4.11.0\n") && !lock.contains(" thing==1.0"))
            try await place.makeWheel("print('B')", in: "env")
            let second = try #require(try await place.built()["conda"])
            #expect(second.digest != first.digest)
            #expect(try await place.run(second.prefix / "env/bin/python", show).output == "B\n4.11.0\n")
        }
    }

    private static let failures = [
        (
            "hello-tol", CondaEngine.channel,
            """
            error[unsatisfiable]: environment.yml:2:16: no channel has a package that is `hello-tol`
              channels: CHANNEL, nodefaults
              hint: look at its name and version, and at `channels`
            """
        ),
        (
            "arch-tool, hello-tool=9", CondaEngine.channel,
            """
            error[unsatisfiable]: environment.yml:2:27: no channel has a package that is `hello-tool=9`
              channels: CHANNEL, nodefaults
              hint: look at its name and version, and at `channels`
            """
        ),
        (
            "hello-tool=1.0, hello-lib=2.0", CondaEngine.channel,
            "error[unsatisfiable]: environment.yml:2:16: the packages that are asked for exclude each other\n"
        ),
        (
            "hello-tool", "file:///no/such-channel",
            "error[network]: environment.yml:1:1: the channel `file:///no/such-channel` is not there\n"
        ),
        (
            "hello-tool, =1", CondaEngine.channel,
            """
            error[input]: environment.yml:2:28: `=1` names no conda package
              hint: write `NAME`, `NAME=1.2`, `NAME>=1,<2` or `CHANNEL::NAME`
            """
        ),
        (
            "python, {pip: [no-such-package-of-anyone==1]}", CondaEngine.channel,
            "error[unsatisfiable]: environment.yml:2:31: pip finds no version of `no-such-package-of-anyone==1`\n"
        ),
    ]

    @Test(arguments: CondaEngine.allCases, failures)
    func `what cannot be made is told with its place`(
        _ engine: CondaEngine, _ failure: (dependencies: String, channel: String, told: String)
    ) async throws {
        try await engine.with("") { place in
            try place.writeCondaFile(failure.dependencies, channel: failure.channel)
            let outcome = try await place.ray("environment", "build", variables: ["PIP_NO_INDEX": "1"])
            let told = place.brief(outcome.errors).replacing(CondaEngine.channel, with: "CHANNEL")
            #expect(outcome.status == 1 && told.contains(failure.told), "\(told)")
            #expect(place.store.built().isEmpty)
        }
    }

    @Test func `a wrong file is told with lines and columns before any tool is started`() async throws {
        try await CondaEngine.conda.with("") { place in
            try place.write(
                "environment.yml",
                "chanels: [x]\nname: 3\ndependencies:\n  - python\n  - 3.11\n  - {pipp: [x]}\nvariables: {a-b: 1}\n")
            let outcome = try await place.ray("project", "validate", variables: ["CONDA_EXE": "/nowhere"])
            #expect(outcome.status == 1)
            #expect(
                place.brief(outcome.errors).split(separator: "\n").filter { $0.hasPrefix("error") } == [
                    "error[input]: environment.yml:1:1: `chanels` is not a key of `environment.conda`",
                    "error[input]: environment.yml:2:7: `environment.conda.name` must be a string, not a number",
                    "error[input]: environment.yml:5:5: `environment.conda.dependencies[1]` must be a package, as \"python=3.11\", or a mapping with `pip`, not a number",
                    "error[input]: environment.yml:6:6: `pipp` is not a key of `environment.conda.dependencies[2]`",
                    "error[input]: environment.yml:7:13: `a-b` cannot be a key of `environment.conda.variables`, which must be letters, digits and `_`",
                ], "\(outcome.errors)")
            try place.write("environment.yml", "dependencies: []\n")
            let empty = try await place.ray("project", "validate")
            #expect(
                place.brief(empty.errors).hasPrefix(
                    "error[input]: environment.yml:1:15: `environment.conda.dependencies` must not be empty"),
                "\(empty.errors)")
            try place.write("environment.yml", "dependencies: [python\n")
            let broken = try await place.ray("project", "validate")
            #expect(broken.errors.hasPrefix("error[input]: environment.yml:"), "\(broken.errors)")
            try Files.remove(place.project / "environment.yml")
            try place.write("enviroment.yml", "dependencies: []\n")
            let missing = try await place.ray("project", "validate")
            #expect(
                place.brief(missing.errors) == """
                    error[input]: .rayproject/project.yaml:4:10: `environment.yml` does not exist
                      hint: did you mean `enviroment.yml`?

                    """)
        }
    }

    @Test func `without any tool it is told where was looked`() async throws {
        try await CondaEngine.conda.with("hello-tool") { place in
            var place = place
            place.environment["CONDA_EXE"] = nil
            place.environment["PATH"] = "/usr/bin:/bin"
            let outcome = try await place.ray("environment", "build")
            #expect(
                outcome.errors.contains(
                    "error[tool-missing]: environment.yml:1:1: there is no conda, mamba or micromamba\n"))
            #expect(outcome.errors.contains("\(place.folder)/home/miniforge3/bin"))
        }
    }

    @Test(arguments: CondaEngine.allCases)
    func `an environment that there is, by its folder and by its name`(_ engine: CondaEngine) async throws {
        try await engine.with("hello-tool=1.0, arch-tool") { place in
            var place = place
            let envs = place.folder / "envs"
            let tool = try #require(engine.tool)
            let made = try await place.run(
                tool, ["env", "create", "-q", "-f", "environment.yml", "-p", envs / "science"],
                variables: ["CONDA_ALWAYS_YES": "true", "CONDA_PKGS_DIRS": place.folder / "packages"])
            try #require(made.status == 0, "\(made.errors)")
            place.environment["CONDA_ENVS_DIRS"] = envs
            for name in ["science", envs / "science"] {
                try place.makeProject("environment: {conda: \(YAMLText.quoted(name))}")
                let outcome = try await place.ray("session", "start", "--shell", "hello-tool; echo \"$ARCH_TOOL_HOME\"")
                #expect(
                    outcome.output == "hello-tool 1.0 of \(envs)/science\n\(envs)/science/share/arch tool\n",
                    "\(outcome.errors)")
            }
            let before = try await place.built()
            try Files.remove(envs / "science/conda-meta/arch-tool-1.0-0.json")
            #expect(try await place.built() != before)
            #expect(Files.exists(envs / "science/bin/hello-tool"))
        }
    }

    @Test func `credentials of a channel stay where the user has put them`() async throws {
        try await CondaEngine.conda.with("hello-tool") { place in
            let pip = "{pip: [--extra-index-url http://user:sekrit@127.0.0.1:1/simple, six]}"
            try place.writeCondaFile("hello-tool, python, \(pip)", channel: "http://user:sekrit@127.0.0.1:1/x")
            let failed = try await place.ray("environment", "build")
            #expect(
                place.brief(failed.errors).contains("the channel `http://127.0.0.1:1/x` cannot be reached"),
                "\(failed.errors)")
            #expect(!failed.errors.contains("sekrit"))
            let found = try await place.run("/usr/bin/grep", ["-rl", "sekrit", place.folder])
            #expect(found.output == place.project / "environment.yml" + "\n")
        }
    }

    @Test func `the file of the documentation is one`() async throws {
        try await CondaEngine.conda.with("") { place in
            let blocks = try DocumentationPage("Documentation/Environments.md").blocks
            let example = try #require(blocks.first { $0.language == "yaml" && $0.text.hasPrefix("channels:") })
            try place.write("environment.yml", example.text)
            let outcome = try await place.ray("project", "validate")
            #expect(outcome.status == 0, "\(outcome.errors)")
        }
    }
}
