import FoundationEssentials
import Glibc
import Host
import Testing

/// `.rayproject/environment.lock`: how it comes about, what changes it, and what refuses it.
@Suite(.needsTestBed, .timeLimit(.minutes(10))) struct EnvironmentLockingTests {
    private static let lock = ".rayproject/environment.lock"
    private static let wrote = "pip: wrote `.rayproject/environment.lock`: commit it\n"

    private static func with(
        _ requirements: String, _ more: String = "", packages: [String] = ["thing 1.0", "other 1.0"],
        _ body: (Workplace, PackageIndex) async throws -> Void
    ) async throws {
        try await PackageIndex.with(packages, requirements: requirements, more) { place, index in
            var place = place
            place.environment["PIP_INDEX_URL"] = index.url("simple")
            try await body(place, index)
        }
    }

    /// The pins of the lock.
    private static func pins(_ place: Workplace) throws -> [Substring] {
        try place.text(lock).matches(of: #/(?m)^ {6}([a-z]+==[^ ]+)/#).map(\.1)
    }

    @Test func `a build writes a missing lock, with a hash for every pin, and says so`() async throws {
        try await Self.with("thing\n", packages: ["thing 1.0 other>=1", "other 1.0", "other 1.1"]) { place, _ in
            #expect(try await place.planned("pip")["action"] == "lock and build")
            #expect(!Files.exists(place.project / Self.lock), "a plan changes nothing")
            let build = try await place.ray("environment", "build")
            #expect(build.status == 0)
            let told = build.errors.replacing(#/with uv [0-9.]+/#, with: "with uv").replacing(
                #/[0-9a-f]{8}/#, with: "DIGEST")
            #expect(
                told == """
                    pip: resolve 1 requirement with uv
                    \(Self.wrote)pip: install 2 packages with uv
                    the environment is there: pip DIGEST

                    """)
            #expect(try Self.pins(place) == ["other==1.1", "thing==1.0"])
            let text = try place.text(Self.lock)
            #expect(
                text.hasPrefix(
                    "# What the environment was resolved to. Written by `ray environment lock`; commit it.\n"))
            let pins = text.split(separator: "\n").filter { $0.contains("==") && $0.hasPrefix("      ") }
            let hashes = text.matches(of: #/==[0-9.]+ \\\n {10}--hash=sha256:[0-9a-f]{64}/#)
            #expect(pins.count == 2 && hashes.count == 2, "\(text)")
            #expect(try await place.ray("environment", "build").errors.hasPrefix("the environment is there: "))
            #expect(try place.text(Self.lock) == text)
        }
    }

    @Test func `the start of a session writes it too`() async throws {
        try await Self.with("thing\n") { place, _ in
            let start = try await place.ray("session", "start")
            #expect(start.status == 0)
            #expect(start.errors.contains("\n      \(Self.wrote)"), "\(start.errors)")
            #expect(try Self.pins(place) == ["thing==1.0"])
            let stop = try await place.ray("session", "stop")
            #expect(stop.status == 0)
            let again = try await place.ray("session", "start", "--locked")
            #expect(again.status == 1)
            #expect(again.errors.contains("error[lock-stale]: `--locked` needs `"), "\(again.errors)")
            #expect(try await place.ray("plugin", "lock").status == 0)
            #expect(try await place.ray("session", "start", "--locked").status == 0)
            #expect(try await place.ray("session", "stop").status == 0)
        }
    }

    @Test func `what is locked is demanded, and the difference told`() async throws {
        try await Self.with("thing\n", packages: ["thing 1.0", "other 1.0"]) { place, _ in
            #expect(try await place.ray("plugin", "lock").status == 0)
            for command in ["build", "plan"] {
                let outcome = try await place.ray("environment", command, "--locked")
                #expect(outcome.status == 1)
                #expect(
                    place.brief(outcome.errors).replacing("PROJECT/", with: "") == """
                        error[lock-stale]: .rayproject/project.yaml:4:3: `--locked` needs a lock of `pip`, and `.rayproject/environment.lock` has none
                          hint: `ray environment lock` writes it; commit it

                        """)
            }
            #expect(try await place.ray("environment", "lock").status == 0)
            #expect(try await place.ray("environment", "build", "--locked").status == 0)
            let text = try place.text(Self.lock)
            let line = try #require(text.split(separator: "\n").firstIndex { $0.contains("# python >=") }) + 1
            try place.write("requirements.txt", "thing>=1\nother==1.0\n")
            for command in ["build", "plan"] {
                place.expect(
                    try await place.ray("environment", command, "--locked"),
                    tells: """
                        error[lock-stale]: .rayproject/environment.lock:\(line): the lock of `pip` is not of what the project asks for
                          requirements: other==1.0 added, thing → thing>=1
                          hint: `ray environment lock` writes it; commit it

                        """)
            }
            #expect(try place.text(Self.lock) == text)
            let lock = try await place.ray("environment", "lock")
            #expect(lock.output == "+ other==1.0\n")
            #expect(try await place.ray("environment", "build", "--locked").status == 0)
            try place.write("requirements.txt", "# the same\nOther == 1.0\nthing >= 1  # more\n")
            #expect(try await place.ray("environment", "build", "--locked").status == 0)
        }
    }

    @Test func `what is locked stays until it is upgraded by name`() async throws {
        try await Self.with("click==8.1.7\nrich\n", packages: ["click 8.1.7", "rich 1.0"]) { place, index in
            #expect(try await place.ray("environment", "lock").output == "+ click==8.1.7\n+ rich==1.0\n")
            try index.offer(["click 8.1.7", "click 8.1.8", "rich 1.0", "rich 2.0"])
            try place.write("requirements.txt", "click\nrich\n")
            #expect(try await place.ray("environment", "lock").status == 0)
            #expect(try Self.pins(place) == ["click==8.1.7", "rich==1.0"])
            let one = try await place.ray("environment", "lock", "--upgrade", "Click")
            #expect(one.output == "+ click==8.1.8\n- click==8.1.7\n")
            #expect(one.errors.hasSuffix(Self.wrote))
            #expect(try Self.pins(place) == ["click==8.1.8", "rich==1.0"])
            let nothing = try await place.ray("environment", "lock", "--upgrade", "click")
            #expect(nothing.output == "")
            #expect(nothing.errors.hasSuffix("the lock fits, and nothing in it has changed\n"))
            let all = try await place.ray("environment", "lock", "--upgrade-all", "--json")
            let value = try JSONValue(parsing: Data(all.output.utf8))
            #expect(value["changes"] == ["+ rich==2.0", "- rich==1.0"])
            #expect(value["layers"] == ["pip"])
            #expect(value["file"] == .string(place.project / Self.lock))
            #expect(try Self.pins(place) == ["click==8.1.8", "rich==2.0"])
            let text = try place.text(Self.lock)
            place.expect(
                try await place.ray("environment", "lock", "--upgrade", "clik", "--upgrade", "rich"),
                tells: """
                    error[usage]: `clik` cannot be upgraded: no requirement and no locked package has this name
                      hint: did you mean `click`?

                    """, status: 2)
            #expect(try place.text(Self.lock) == text)
        }
    }

    @Test func `without a lock nothing is kept of what was resolved before`() async throws {
        try await Self.with("thing\n", packages: ["thing 1.0"]) { place, index in
            try await place.built()
            try index.offer(["thing 1.0", "thing 2.0"])
            try Files.remove(place.project / Self.lock)
            try await place.built()
            #expect(try Self.pins(place) == ["thing==2.0"])
        }
    }

    @Test func `a merge that was not finished is told, and lock writes it anew`() async throws {
        try await Self.with("thing\n") { place, _ in
            #expect(try await place.ray("environment", "lock").status == 0)
            let good = try place.text(Self.lock)
            let marked =
                good.replacing("    lock: |\n", with: "<<<<<<< ours\n    lock: |\n") + "=======\n>>>>>>> theirs\n"
            let line = try #require(marked.split(separator: "\n").firstIndex { $0.hasPrefix("<<<<<<<") }) + 1
            for command in ["build", "plan"] {
                try place.write(Self.lock, marked)
                place.expect(
                    try await place.ray("environment", command),
                    tells: """
                        error[input]: .rayproject/environment.lock:\(line):1: a merge has left its conflict markers in the environment lock
                          hint: `ray environment lock` writes it anew

                        """)
            }
            let lock = try await place.ray("environment", "lock")
            #expect(lock.status == 0)
            #expect(lock.errors.hasPrefix("`.rayproject/environment.lock` cannot be read: making it anew\n"))
            #expect(try place.text(Self.lock) == good)
        }
    }

    struct Edit: CustomTestStringConvertible, Sendable {
        var from: String
        var to: String
        /// What is told after the place, whose line is that of `to`.
        var told: String
        var column: String
        var errorClass = "input"
        var testDescription: String { to }
    }

    static let edits = [
        Edit(
            from: "thing==1.0", to: "thing=1.0",
            told: "the lock has a line that is no requirement: `=` is no comparison",
            column: ""),
        Edit(from: "thing==1.0", to: "thing>=1.0", told: "the lock has no exact version of `thing`", column: ""),
        Edit(
            from: "  pip:\n    basis:", to: "  pip:\n    bases:",
            told: "the part of `pip` in the environment lock is not whole", column: ":3"),
        Edit(
            from: "    lock: |", to: "   lock: |",
            told:
                "this does not line up with the keys before it\n  while parsing a block mapping that starts on line 4",
            column: ":4"),
    ]

    @Test(arguments: edits) func `a lock that was edited wrongly is told with its place, and written anew`(_ edit: Edit)
        async throws
    {
        try await Self.with("thing\n") { place, _ in
            #expect(try await place.ray("environment", "lock").status == 0)
            let good = try place.text(Self.lock)
            let bad = good.replacing(edit.from, with: edit.to)
            try #require(bad != good)
            try place.write(Self.lock, bad)
            let start = try #require(bad.firstRange(of: edit.to)).lowerBound
            let line = bad[..<start].count { $0 == "\n" } + 1
            place.expect(
                try await place.ray("environment", "build"),
                tells: """
                    error[\(edit.errorClass)]: .rayproject/environment.lock:\(line)\(edit.column): \(edit.told)
                      hint: `ray environment lock` writes it anew

                    """)
            let lock = try await place.ray("environment", "lock")
            #expect(lock.status == 0, "as the hint says: \(lock.errors)")
            #expect(try place.text(Self.lock) == good)
            #expect(try await place.ray("environment", "build").status == 0)
        }
    }

    @Test func `where no lock can be written that is told, and the environment built`() async throws {
        try await Self.with("thing\n") { place, _ in
            let mounts = geteuid() == 0
            let outcome = try await place.shell(
                """
                if \(mounts); then
                    mount --bind .rayproject .rayproject && mount -o remount,ro,bind .rayproject || exit 9
                else
                    chmod a-w .rayproject
                fi
                ray environment build; echo "status $?"
                ray environment lock; echo "status $?"
                if \(mounts); then umount .rayproject; else chmod u+w .rayproject; fi
                """)
            #expect(outcome.output == "status 0\nstatus 1\n")
            let told = outcome.errors.replacing(#/with uv [0-9.]+/#, with: "with uv").replacing(
                #/[0-9a-f]{8}/#, with: "DIGEST")
            let why = mounts ? "Read-only file system" : "Permission denied"
            #expect(
                told == """
                    pip: resolve 1 requirement with uv
                    pip: the lock cannot be kept: \(why)
                    pip: install 1 package with uv
                    the environment is there: pip DIGEST
                    pip: resolve 1 requirement with uv
                    error[\(mounts ? "disk" : "input")]: cannot write `\(place.project)/.rayproject/environment.lock`
                      \(why)

                    """)
            #expect(!Files.exists(place.project / Self.lock))
        }
    }

    @Test func `eight builders without a lock write it once, and build once`() async throws {
        try await Self.with("thing\n") { place, _ in
            let outcome = try await place.shell(
                """
                for i in $(seq 8); do ray environment build 2> ../err.$i || echo "failed $i" & done
                wait
                cat ../err.*
                """)
            let lines = outcome.output.split(separator: "\n")
            #expect(!outcome.output.contains("failed"), "\(outcome.output)")
            #expect(lines.count { $0.hasPrefix("pip: wrote ") } == 1, "\(outcome.output)")
            #expect(lines.count { $0.hasPrefix("pip: resolve ") } == 1, "\(outcome.output)")
            #expect(lines.count { $0.hasPrefix("pip: install ") } == 1, "\(outcome.output)")
            #expect(Set(lines.filter { $0.hasPrefix("the environment is there: ") }).count == 1)
            #expect(lines.count { $0.hasPrefix("the environment is there: ") } == 8)
        }
    }

    @Test func `the lock makes the same files elsewhere, to the byte`() async throws {
        try await Self.with("thing\n", packages: ["thing 1.0 other", "other 1.0"]) { place, index in
            let layer = try #require(try await place.built()["pip"])
            let manifest = try #require(try Files.read(layer.prefix.parentPath / "manifest"))
            let lock = try place.text(Self.lock)
            try index.offer(["thing 1.0 other", "thing 2.0", "other 1.0", "other 2.0"])
            // Another user, in another folder, with a cache of the same name: paths stand in some of the files.
            let moved = try await place.shell("mv ../cache ../cache-before && mkdir ../home-2 && cp -r . ../elsewhere")
            #expect(moved.status == 0)
            var other = place
            other.environment["HOME"] = place.folder / "home-2"
            let program = try #require(TestBed.prefix) / "bin/ray"
            let build = try await other.run(program, ["environment", "build"], in: place.folder / "elsewhere")
            #expect(build.status == 0, "\(build.errors)")
            #expect(!build.errors.contains("resolve") && build.errors.contains("pip: install 2 packages"))
            #expect(place.store.built().map(\.digest) == [layer.digest])
            #expect(try Files.read(layer.prefix.parentPath / "manifest") == manifest)
            #expect(try Files.read(place.folder / "elsewhere" / Self.lock) == Data(lock.utf8))
        }
    }

    @Test func `another Python is another lock`() async throws {
        let version = try await Self.pythonVersion()
        let minor = version.split(separator: ".").prefix(2).joined(separator: ".")
        try await Self.with("thing\n", "  python: \"\(minor)\"\n") { place, _ in
            try await place.built()
            #expect(try place.text(Self.lock).contains("\n      \"python\": \"\(minor)\"\n"))
            #expect(try place.text(Self.lock).contains("\n      # python >=\(minor)\n"))
            let planned = try await place.planned("pip")
            #expect(
                planned["components"]?["components"]?["python"]?.string?.hasPrefix("\(version) ") == true, "\(planned)")
            #expect(try await place.ray("plugin", "lock").status == 0)
            try place.makeProject("environment:\n  requirements: requirements.txt\n  python: \"\(version)\"")
            let same = try await place.ray("environment", "build", "--locked")
            #expect(same.status == 0, "a lock is for a Python of two numbers: \(same.errors)")
            try place.makeProject("environment:\n  requirements: requirements.txt")
            let other = try await place.ray("environment", "build", "--locked")
            #expect(other.status == 1)
            #expect(other.errors.contains("\n  python: \(minor) removed\n"), "\(other.errors)")
        }
    }

    /// The version of the Python on PATH.
    private static func pythonVersion() async throws -> String {
        var version = ""
        try await Workplace.with { place in
            version = try await place.shell("python3 -c 'import sys; print(\"%d.%d.%d\" % sys.version_info[:3])'")
                .output
        }
        return String(version.dropLast())
    }
}
