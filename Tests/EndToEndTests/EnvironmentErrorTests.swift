import FoundationEssentials
import Glibc
import Host
import Testing

/// What is said when an environment cannot be: with its class, its place, its cause and its cure.
@Suite(.needsTestBed, .timeLimit(.minutes(10))) struct EnvironmentErrorTests {
    /// Runs `ray environment build` where no network can be reached.
    private static func buildAlone(_ place: Workplace) async throws -> Outcome {
        let dead = "http://127.0.0.1:1"
        return try await place.shell(
            geteuid() == 0 ? "exec unshare -n ray environment build" : "exec ray environment build",
            variables: ["http_proxy": dead, "https_proxy": dead, "HTTP_PROXY": dead, "HTTPS_PROXY": dead])
    }

    /// Expects that nothing was built and nothing begun.
    private static func expectNothing(_ place: Workplace, sourceLocation: SourceLocation = #_sourceLocation) {
        let left = Set(Files.names(in: place.store.root))
        #expect(left.isSubset(of: ["answers", "digests", "plugins"]), sourceLocation: sourceLocation)
        #expect(Files.names(in: place.project / ".rayproject").sorted() == ["cluster.yaml", "project.yaml"])
    }

    @Test func `a missing file is told with the nearest name, and nothing is begun`() async throws {
        try await Workplace.withPip { place in
            try Files.remove(place.project / "requirements.txt")
            try place.write("requirement.txt", "")
            let outcome = try await place.ray("environment", "build")
            #expect(outcome.status == 1)
            #expect(
                place.plain(outcome.errors) == """
                    error[input]: .rayproject/project.yaml:4:17: `requirements.txt` not found in `PROJECT`
                      4 |   requirements: requirements.txt
                        |                 ^^^^^^^^^^^^^^^^
                      hint: did you mean `requirement.txt`?

                    """)
            Self.expectNothing(place)
        }
    }

    @Test func `everything that is wrong is told at once, without a network`() async throws {
        let requirements = """
            click==8.1.7
            # fine
            rich=13.9

            -r nested/inner.txt

            numpy; python_versio < "3"

            --unknown-option x

            """
        try await Workplace.withPip(requirements) { place in
            try place.write("nested/inner.txt", "attrs\nthing ==\n-r missing.txt\n")
            let outcome = try await Self.buildAlone(place)
            #expect(outcome.status == 1)
            #expect(
                place.plain(outcome.errors) == """
                    error[input]: requirements.txt:3:5: `=` is no comparison
                      3 | rich=13.9
                        |     ^^^^^
                      hint: did you mean `rich==13.9`?
                    error[input]: nested/inner.txt:2:7: no version follows `thing==`
                      2 | thing ==
                        |       ^^
                    error[input]: nested/inner.txt:3:4: `missing.txt` not found in `PROJECT/nested`
                      3 | -r missing.txt
                        |    ^^^^^^^^^^^
                    error[input]: requirements.txt:7:8: `python_versio` is no marker variable
                      7 | numpy; python_versio < "3"
                        |        ^^^^^^^^^^^^^
                      hint: did you mean `python_version`?
                    error[input]: requirements.txt:9:1: unknown option `--unknown-option`
                      9 | --unknown-option x
                        | ^^^^^^^^^^^^^^^^
                      hint: a requirements file takes only some of pip's options

                    """)
            Self.expectNothing(place)
        }
    }

    struct Loop: CustomTestStringConvertible, Sendable {
        var requirements: String
        /// Shell text in the project's folder.
        var more: String
        var told: String
        var testDescription: String { more }
    }

    static let loops = [
        Loop(
            requirements: "click\n-r requirements.txt\n", more: "true",
            told: "requirements.txt:2:4: `requirements.txt` includes itself: `requirements.txt` → `requirements.txt`"),
        Loop(
            requirements: "-r a/one.txt\n",
            more: "mkdir a; echo '-r two.txt' > a/one.txt; echo '-c ../requirements.txt' > a/two.txt",
            told: "a/two.txt:1:4: `../requirements.txt` includes itself: "
                + "`requirements.txt` → `one.txt` → `two.txt` → `requirements.txt`"),
        Loop(
            requirements: "-r one.txt\n", more: "printf 'click\\n-r alias.txt\\n' > one.txt; ln -s one.txt alias.txt",
            told: "one.txt:2:4: `alias.txt` includes itself: `requirements.txt` → `one.txt` → `one.txt`"),
    ]

    @Test(arguments: loops) func `files that include each other are told with the chain`(_ loop: Loop) async throws {
        try await Workplace.withPip(loop.requirements) { place in
            #expect(try await place.shell(loop.more).status == 0)
            place.expect(
                try await place.ray("environment", "build"),
                tells: "error[input]: \(loop.told)\n  hint: remove this line\n")
            Self.expectNothing(place)
        }
    }

    @Test func `a byte order mark and the line ends of Windows are nothing special`() async throws {
        try await PackageIndex.with(
            ["thing 1.0", "other 1.0"], requirements: "\u{FEFF}thing==1.0\r\n# comment\r\n\r\nother==1.0\r\n"
        ) { place, index in
            var place = place
            place.environment["PIP_INDEX_URL"] = index.url("simple")
            let layer = try #require(try await place.built()["pip"])
            let outcome = try await place.run(
                layer.prefix / "venv/bin/python", ["-c", "import thing, other; print(thing.version, other.version)"])
            #expect(outcome.output == "1.0 1.0\n")
            try place.write("requirements.txt", "other==1.0\nthing==1.0\n")
            #expect(try await place.planned("pip")["action"] == "keep")
        }
    }

    @Test func `bytes that are no UTF-8 are one line`() async throws {
        try await Workplace.withPip("") { place in
            try Files.replace(
                place.project / "requirements.txt", with: Data([0x63, 0x0A, 0x23, 0xC3, 0xA9, 0x20, 0xE9, 0x0A]))
            place.expect(
                try await place.ray("environment", "build"),
                tells: "error[input]: requirements.txt:2:4: the file is not UTF-8\n  hint: save it as UTF-8\n")
        }
    }

    @Test(arguments: ["=", "x"]) func `a line of a megabyte is told in a few words`(character: String) async throws {
        try await Workplace.withPip(String(repeating: character, count: 1_000_000) + "\n") { place in
            let outcome = try await Self.buildAlone(place)
            #expect(outcome.status == 1)
            #expect(outcome.errors.contains("error["))
            #expect(character == "x" || outcome.errors.hasPrefix("error[input]: requirements.txt:1:1: "))
            #expect(outcome.errors.utf8.count < 2000, "\(outcome.errors.utf8.count) bytes")
        }
    }
}

/// The same of what the tools say: uv, and pip without uv.
@Suite(.needsTestBed, .timeLimit(.minutes(10))) struct EnvironmentToolErrorTests {
    private static func with(
        _ packages: [String], _ requirements: String, uv: String?,
        _ body: (Workplace, PackageIndex) async throws -> Void
    ) async throws {
        try await PackageIndex.with(packages, requirements: requirements) { place, index in
            var place = place
            place.environment["PIP_INDEX_URL"] = index.url("simple")
            place.environment["RAY_UV"] = uv
            try await body(place, index)
        }
    }

    /// What is told before the first error.
    private static func steps(_ text: Substring, uv: String?) -> String {
        guard uv != nil else { return "pip: resolve \(text) with uv VERSION\n" }
        return """
            pip: nothing is locked: that takes uv, and there is none
            pip: `RAY_UV` is `no`: using python -m venv and pip, which takes longer
            pip: install \(text) with pip

            """
    }

    private static func told(_ outcome: Outcome, _ place: Workplace) -> String {
        place.brief(outcome.errors).replacing(#/with uv [0-9.]+/#, with: "with uv VERSION")
    }

    @Test(arguments: [nil, "no"] as [String?])
    func `a version that there is not is told with the newest that there is, once`(uv: String?) async throws {
        try await Self.with(["click 8.1.7", "click 8.1.8"], "# pinned\nclick==99.99\n", uv: uv) { place, index in
            for _ in 1...2 {
                let outcome = try await place.ray("environment", "build")
                #expect(outcome.status == 1)
                #expect(
                    Self.told(outcome, place) == Self.steps("1 requirement", uv: uv) + """
                        error[unsatisfiable]: requirements.txt:2:1: no version of click matches ==99.99 (newest is 8.1.8)
                          hint: ask for a version that there is

                        """)
            }
            #expect(place.store.built().isEmpty)
            #expect(!Files.exists(place.project / ".rayproject/environment.lock"))
            try place.write("requirements.txt", "click==8.1.8\n")
            #expect(try await place.ray("environment", "build").status == 0)
        }
    }

    @Test(arguments: [nil, "no"] as [String?])
    func `requirements that conflict are told both`(uv: String?) async throws {
        let packages = ["top 1.0 base>=2", "base 1.0", "base 2.0"]
        try await Self.with(packages, "top==1.0\n# between\nbase==1.0\n", uv: uv) { place, _ in
            let outcome = try await place.ray("environment", "build")
            #expect(outcome.status == 1)
            let told = Self.told(outcome, place)
            #expect(
                told.hasPrefix(
                    Self.steps("2 requirements", uv: uv) + """
                        error[unsatisfiable]: requirements.txt:1:1: `top==1.0` and `base==1.0` conflict
                          requirements.txt:3: base==1.0

                        """), "\(told)")
            #expect(
                told.contains(uv == nil ? "depend on base>=2 and you require base==1.0" : "top 1.0 depends on base>=2"))
            #expect(told.hasSuffix("\n  hint: loosen one of them\n"))
            #expect(place.store.built().isEmpty)
        }
    }

    @Test(arguments: [nil, "no"] as [String?])
    func `a package that is nowhere is told with its place`(uv: String?) async throws {
        try await Self.with(["click 8.1.7"], "click\nclack\n", uv: uv) { place, _ in
            let outcome = try await place.ray("environment", "build")
            #expect(outcome.status == 1)
            let what =
                uv == nil ? "there is no package `clack`" : "there is no package `clack` for this Python and platform"
            #expect(
                Self.told(outcome, place) == Self.steps("2 requirements", uv: uv) + """
                    error[unsatisfiable]: requirements.txt:2:1: \(what)
                      hint: look at its name, and at the index that it comes from

                    """)
        }
    }

    @Test(arguments: [nil, "no"] as [String?])
    func `another file than the locked one is refused`(uv: String?) async throws {
        try await Self.with(["thing 1.0"], "thing==1.0\n", uv: nil) { place, _ in
            #expect(try await place.ray("environment", "lock").status == 0)
            let good = try place.text(".rayproject/environment.lock")
            let hash = try #require(good.firstMatch(of: #/sha256:[0-9a-f]{64}/#)).0
            let wrong = "sha256:" + String(repeating: "0", count: 64)
            let line = try #require(good.split(separator: "\n").firstIndex { $0.hasPrefix("      thing==1.0") }) + 1
            try place.write(".rayproject/environment.lock", good.replacing(hash, with: wrong))
            var place = place
            place.environment["RAY_UV"] = uv
            let outcome = try await place.ray("environment", "build")
            #expect(outcome.status == 1)
            let told = Self.told(outcome, place)
            #expect(
                told.hasSuffix(
                    """
                    error[hash]: .rayproject/environment.lock:\(line): `thing==1.0` does not match its hash
                      expected \(wrong)
                      got \(hash)
                      hint: find out why it is another file; if it may be, `ray environment lock --upgrade thing`

                    """), "\(told)")
            #expect(!told.contains("trying again"))
            #expect(place.store.built().isEmpty)
            #expect(Files.names(in: place.store.root / "envs").isEmpty)
            place.environment["RAY_UV"] = nil
            #expect(try await place.ray("environment", "lock", "--upgrade", "thing").status == 0)
            #expect(try place.text(".rayproject/environment.lock") == good)
            #expect(try await place.ray("environment", "build").status == 0)
            #expect(try await place.ray("environment", "verify", "--full").status == 0)
        }
    }

    @Test(arguments: [nil, "no"] as [String?])
    func `an index that is not there is asked again, and told`(uv: String?) async throws {
        try await Self.with(["thing 1.0"], "thing==1.0\n", uv: uv) { place, index in
            try await index.end(place)
            let outcome = try await place.ray("environment", "build")
            #expect(outcome.status == 1)
            let step = Self.steps("1 requirement", uv: uv)
            let again =
                "pip: `127.0.0.1` cannot be reached for `thing`: connection refused: trying again in SECONDS s\n"
            let last = step.split(separator: "\n").last.map { $0 + "\n" } ?? ""
            #expect(
                Self.told(outcome, place).replacing(#/again in [0-9.]+ s/#, with: "again in SECONDS s")
                    == step + again + last + again + last + """
                        error[network]: requirements.txt:1:1: `127.0.0.1` cannot be reached for `thing`: connection refused
                          hint: look at the network, at the proxy and at the URL of the index

                        """)
            #expect(Files.names(in: place.store.root / "envs").isEmpty)
        }
    }

    @Test func `with all in the tool's cache no network is needed, without it the package is named`() async throws {
        try await Self.with(["thing 1.0"], "thing==1.0\n", uv: nil) { place, index in
            let layer = try #require(try await place.built()["pip"])
            let manifest = try #require(try Files.read(layer.prefix.parentPath / "manifest"))
            try await index.end(place)
            try Files.remove(layer.prefix.parentPath)
            let again = try await place.ray("environment", "build")
            #expect(again.status == 0)
            #expect(!again.errors.contains("trying again"))
            #expect(try Files.read(layer.prefix.parentPath / "manifest") == manifest)
            try Files.remove(layer.prefix.parentPath)
            try Files.remove(place.store.cache(of: "pip"))
            let outcome = try await place.ray("environment", "build", variables: ["UV_OFFLINE": "1"])
            #expect(outcome.status == 1)
            #expect(
                place.brief(outcome.errors).hasSuffix(
                    """
                    error[network]: requirements.txt:1:1: `thing` is not in uv's cache, and the network is switched off
                      hint: unset `UV_OFFLINE`

                    """), "\(place.plain(outcome.errors))")
            #expect(!outcome.errors.contains("trying again"), "nothing changes until the variable does")
        }
    }

    @Test func `without uv it is pip that installs, and exactly what is locked`() async throws {
        try await Self.with(["thing 1.0"], "thing\n", uv: nil) { place, index in
            #expect(try await place.ray("environment", "lock").status == 0)
            let lock = try place.text(".rayproject/environment.lock")
            try index.offer(["thing 1.0", "thing 2.0"])
            let withUV = try #require(try await place.built()["pip"])
            var place = place
            place.environment["RAY_UV"] = "no"
            let same = try await place.built()["pip"]
            #expect(same == withUV, "who installs it does not matter")
            try Files.remove(withUV.prefix.parentPath)
            let outcome = try await place.ray("environment", "build")
            #expect(outcome.status == 0)
            #expect(
                place.brief(outcome.errors).hasPrefix(
                    """
                    pip: `RAY_UV` is `no`: using python -m venv and pip, which takes longer
                    pip: install 1 package with pip

                    """), "\(outcome.errors)")
            let layer = try #require(try await place.built()["pip"])
            let version = try await place.run(
                layer.prefix / "venv/bin/python", ["-c", "import thing; print(thing.version)"])
            #expect(version.output == "1.0\n")
            #expect(try place.text(".rayproject/environment.lock") == lock)
        }
    }

    @Test func `without uv and without a lock nothing is locked, and that is told`() async throws {
        try await Self.with(["thing 1.0"], "thing\n", uv: "no") { place, _ in
            let build = try await place.ray("environment", "build")
            #expect(build.status == 0)
            #expect(
                build.errors.contains("pip: nothing is locked: that takes uv, and there is none\n"), "\(build.errors)")
            let lock = try await place.ray("environment", "lock")
            #expect(lock.errors.contains("nothing is locked: that takes uv, and there is none\n"), "\(lock.errors)")
            #expect(!Files.exists(place.project / ".rayproject/environment.lock"))
        }
    }

    @Test func `without uv a lock is demanded all the same`() async throws {
        try await Self.with(["thing 1.0", "other 1.0"], "thing\n", uv: nil) { place, _ in
            #expect(try await place.ray("plugin", "lock").status == 0)
            func refusal() async throws -> String {
                let outcome = try await place.ray("environment", "build", "--locked", variables: ["RAY_UV": "no"])
                #expect(outcome.status == 1)
                #expect(place.store.built().isEmpty)
                return place.brief(outcome.errors)
            }
            let missing = try await refusal()
            #expect(missing.hasPrefix("error[lock-stale]: .rayproject/project.yaml:4:3: "), "\(missing)")
            #expect(try await place.ray("environment", "lock").status == 0)
            try place.write("requirements.txt", "thing\nother\n")
            let stale = try await refusal()
            #expect(stale.hasPrefix("error[lock-stale]: .rayproject/environment.lock:"), "\(stale)")
            #expect(stale.contains("\n  requirements: other added\n"), "\(stale)")
            try place.write("requirements.txt", "thing\n")
            let build = try await place.ray("environment", "build", "--locked", variables: ["RAY_UV": "no"])
            #expect(build.status == 0, "\(build.errors)")
        }
    }

    struct WrongPython: CustomTestStringConvertible, Sendable {
        var written: String
        var uv: String?
        /// What is told of `environment.python`, the Pythons of this machine aside.
        var told: String
        var testDescription: String { "\(written), RAY_UV=\(uv ?? "")" }
    }

    private static let brings =
        ": there is Python THESE\n  hint: name one of these, or install uv, which brings any Python\n"
    private static let names =
        ": there is Python THESE\n  hint: name a version, as in `\"3.11\"`, or the path of a Python\n"
    static let wrongPythons = [
        WrongPython(
            written: "3.11",
            told:
                "[input]: PLACE: `environment.python` must be a string, not a number\n  hint: put it in quotes: `\"3.11\"`\n"
        ),
        WrongPython(
            written: "\"1..2\"",
            told: "[input]: PLACE: `1..2` is no version of Python\n  hint: write it as in `\"3.11\"` or `\"3.11.7\"`\n"),
        WrongPython(
            written: "\"3.11.99\"", uv: "no", told: "[tool-missing]: PLACE: there is no Python 3.11.99\(brings)"),
        WrongPython(written: "\"3.4\"", uv: "no", told: "[tool-missing]: PLACE: there is no Python 3.4\(brings)"),
        WrongPython(
            written: "./no/python", told: "[tool-missing]: PLACE: `./no/python` is no Python that runs\(names)"),
        WrongPython(
            written: "/bin/ls", uv: "no", told: "[tool-missing]: PLACE: `/bin/ls` is no Python that runs\(names)"),
    ]

    @Test(arguments: wrongPythons) func `a Python that is none is told where it is named`(_ wrong: WrongPython)
        async throws
    {
        try await Self.with(["thing 1.0"], "thing==1.0\n", uv: wrong.uv) { place, _ in
            try place.makeProject("environment:\n  requirements: requirements.txt\n  python: \(wrong.written)")
            let outcome = try await place.ray("environment", "build")
            #expect(outcome.status == 1)
            #expect(
                place.brief(outcome.errors).replacing(#/there is Python 3?[0-9., ]+/#, with: "there is Python THESE")
                    == "error" + wrong.told.replacing("PLACE", with: ".rayproject/project.yaml:5:11"))
            #expect(place.store.built().isEmpty)
        }
    }

    /// uv would bring it, and there is none to bring.
    @Test(arguments: ["3.4", "3.11.99"])
    func `a Python that uv cannot bring is told where it is named`(version: String) async throws {
        try await Self.with(["thing 1.0"], "thing==1.0\n", uv: nil) { place, _ in
            try place.makeProject("environment:\n  requirements: requirements.txt\n  python: \"\(version)\"")
            let outcome = try await place.ray("environment", "build")
            #expect(outcome.status == 1)
            let told = place.brief(outcome.errors)
            #expect(told.contains("error[tool-missing]: .rayproject/project.yaml:5:11: "), "\(told)")
            #expect(told.contains(version), "\(told)")
            #expect(place.store.built().isEmpty)
        }
    }

    @Test func `a command that fails is told with its end, its log and its line`() async throws {
        try await Workplace.with { place in
            try place.makeProject(
                """
                environment:
                  shell:
                    - echo one
                    - |
                      echo first; seq 20
                      echo the end >&2
                      exit 7
                    - touch never
                """)
            let outcome = try await place.ray("environment", "build")
            #expect(outcome.status == 1)
            let log = try #require(outcome.errors.firstMatch(of: #/whole output is in `(.*)`/#)).1
            #expect(
                place.plain(outcome.errors) == """
                    shell: echo one
                    shell: echo first; seq 20
                    error[build-failed]: .rayproject/project.yaml:6:7: shell: `echo first; seq 20` failed with status 7
                      6 |     - |
                        |       ^
                      12
                      13
                      14
                      15
                      16
                      17
                      18
                      19
                      20
                      the end
                      hint: the whole output is in `\(place.plain(String(log)))`

                    """)
            #expect(log.hasPrefix(place.store.root))
            let text = String(decoding: try #require(try Files.read(String(log))), as: UTF8.self)
            #expect(text == "one\nfirst\n" + (1...20).map { "\($0)\n" }.joined() + "the end\n")
            #expect(!Files.exists(place.project / "never"))
            #expect(Files.names(in: place.store.root / "envs").isEmpty)
        }
    }
}
