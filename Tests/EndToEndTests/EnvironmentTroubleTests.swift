import FoundationEssentials
import Testing

@testable import Host

/// What goes wrong while environments are locked and built, and what the host makes of it.
@Suite(.needsTestBed, .timeLimit(.minutes(5))) struct EnvironmentTroubleTests {
    private func told(_ text: String, _ body: (Workplace, Outcome) async throws -> Void) async throws {
        try await Workplace.with { place in
            try place.makeProject("environment: {locks: \(text)}")
            let outcome = try await place.ray("environment", "build", plugins: ["locks"])
            try await body(place, outcome)
        }
    }

    @Test func `a plugin that writes no lock is named`() async throws {
        try await told("mute") { place, outcome in
            #expect(
                place.brief(outcome.errors) == """
                    locks: lock it
                    error[plugin]: .rayproject/project.yaml:3:15: plugin `locks` wrote no lock
                      hint: report it to the author of the plugin in `FIXTURES/locks`

                    """)
            #expect(outcome.status == 1)
            #expect(Files.names(in: place.store.root / "locking").isEmpty)
        }
    }

    @Test func `what fails for want of a network is tried again, three times in all`() async throws {
        try await told("network") { place, outcome in
            let lines = outcome.errors.split(separator: "\n")
            let again = lines.filter {
                $0.wholeMatch(of: /locks: the index cannot be reached: trying again in [0-9.]+ s/) != nil
            }
            #expect(again.count == 2)
            #expect(lines.count { $0 == "locks: lock it" } == 3)
            #expect(
                outcome.errors.contains("error[network]: .rayproject/project.yaml:3:15: the index cannot be reached\n"))
            #expect(outcome.errors.contains("\n  cannot reach the index\n  hint: the whole output is in `"))
        }
    }

    @Test func `what works the second time is built`() async throws {
        try await told("luck") { place, outcome in
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(outcome.errors.contains("trying again in "))
            let lock = try place.text(".rayproject/environment.lock")
            #expect(lock.contains("    lock: \"lucky\\n\"\n"))
        }
    }

    @Test func `what is never as its checksums say is not published`() async throws {
        try await told("record") { place, outcome in
            #expect(
                place.brief(outcome.errors) == """
                    locks: lock it
                    locks: a note of the lock
                    locks: wrote `.rayproject/environment.lock`: commit it
                    locks: write it
                    locks: the tool's cache is damaged (`a` has changed): building once more without it
                    locks: write it
                    error[verify-failed]: .rayproject/project.yaml:3:15: locks: what was built is not what its own checksums say
                      x-1.dist-info/RECORD: a
                      hint: remove `FOLDER/cache/ray/v1/tools/locks` and try again

                    """)
            #expect(place.store.built().isEmpty)
        }
    }

    @Test func `an output that is not made is named`() async throws {
        try await told("output") { place, outcome in
            #expect(
                place.brief(outcome.errors).hasSuffix(
                    """
                    error[build-failed]: .rayproject/project.yaml:3:15: locks: the output `/nowhere/at all` was not made
                      hint: correct its name, or leave it out of `outputs`

                    """))
            #expect(place.store.built().isEmpty)
        }
    }

    @Test func `a lock that must not be made, and one that is stale, are told with the difference`() async throws {
        try await Workplace.with { place in
            try place.makeProject("environment: {locks: one}")
            #expect(try await place.ray("plugin", "lock", plugins: ["locks"]).status == 0)
            let none = try await place.ray("environment", "build", "--locked", plugins: ["locks"])
            #expect(
                place.brief(none.errors) == """
                    error[lock-stale]: .rayproject/project.yaml:3:15: `--locked` needs a lock of `locks`, and \
                    `PROJECT/.rayproject/environment.lock` has none
                      hint: `ray environment lock` writes it; commit it

                    """)
            #expect(try await place.ray("environment", "lock", plugins: ["locks"]).status == 0)
            let locked = try await place.ray("session", "start", "--locked", plugins: ["locks"])
            #expect(locked.status == 0, "\(locked.errors)")
            try place.makeProject("environment: {locks: two}")
            let stale = try await place.ray("environment", "build", "--locked", plugins: ["locks"])
            #expect(
                place.brief(stale.errors) == """
                    error[lock-stale]: .rayproject/environment.lock:7: the lock of `locks` is not of what the project \
                    asks for
                      text: one → two
                      hint: `ray environment lock` writes it; commit it

                    """)
        }
    }

    @Test func `a lock that others are making is waited for`() async throws {
        try await Workplace.with { place in
            try place.makeProject("environment: {locks: one}")
            let outcome = try await place.shell(
                """
                for i in 1 2 3 4; do ray environment build --plugin-path \(try #require(TestBed.fixtures).shellQuoted)/locks \
                2> err.$i & done; wait; cat err.*
                """)
            #expect(outcome.output.matches(of: /wrote `.rayproject\/environment.lock`/).count == 1, "\(outcome.output)")
            #expect(outcome.output.matches(of: /the environment is there: locks/).count == 4, "\(outcome.output)")
            let lock = try place.text(".rayproject/environment.lock")
            #expect(lock.contains("    lock: \"locked\\n\"\n"))
        }
    }
}

extension EnvironmentTroubleTests {
    @Test func `a layer that changes the one below it is refused, and that one is built again`() async throws {
        try await Workplace.withPip("click==8.1.7\n", "  shell: ['touch \"$VIRTUAL_ENV/bin/more\"']\n") { place in
            let outcome = try await place.ray("environment", "build")
            #expect(
                place.brief(outcome.errors).hasSuffix(
                    """
                    error[verify-failed]: .rayproject/project.yaml:5:3: shell: it changes the layer of `pip` below it
                      `venv/bin/more` is new
                      hint: put what it installs into the layer below, or elsewhere: layers are shared, and stay as they \
                    were built

                    """), "\(outcome.errors)")
            #expect(place.store.built().isEmpty)
            try place.makeProject("environment: {requirements: requirements.txt}")
            let layer = try #require(try await place.built()["pip"])
            #expect(!Files.exists(layer.prefix / "venv/bin/more"))
        }
    }

    @Test func `what a failed build left in the layer below is nobody else's`() async throws {
        try await Workplace.withPip("click==8.1.7\n", "  shell: ['touch \"$VIRTUAL_ENV/bin/more\"; false']\n") {
            place in
            #expect(try await place.ray("environment", "build").status == 1)
            #expect(place.store.built().isEmpty)
            try place.makeProject("environment: {requirements: requirements.txt, shell: [\"true\"]}")
            let outcome = try await place.ray("environment", "build")
            #expect(outcome.status == 0, "\(outcome.errors)")
            let layer = try #require(try await place.built()["pip"])
            #expect(!Files.exists(layer.prefix / "venv/bin/more"))
        }
    }

    @Test func `what was changed below before a build is made anew before it`() async throws {
        try await Workplace.withPip("click==8.1.7\n") { place in
            let layer = try #require(try await place.built()["pip"])
            try Files.replace(layer.prefix / "venv/bin/more", with: Data())
            try place.makeProject("environment: {requirements: requirements.txt, shell: [\"true\"]}")
            let outcome = try await place.ray("environment", "build")
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(!Files.exists(layer.prefix / "venv/bin/more"))
            #expect(place.store.built().count == 2)
        }
    }

    @Test func `what was changed below is made anew for a lock above it too`() async throws {
        try await Workplace.withPip("click==8.1.7\n") { place in
            let layer = try #require(try await place.built()["pip"])
            try Files.replace(layer.prefix / "venv/bin/more", with: Data())
            try place.makeProject("environment: {requirements: requirements.txt, alpha: a, locks: one}")
            let outcome = try await place.ray("environment", "lock", plugins: ["alpha", "locks"])
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(!Files.exists(layer.prefix / "venv/bin/more"))
        }
    }

    @Test func `what a build leaves running is ended`() async throws {
        try await Workplace.with { place in
            try place.makeProject("environment: {shell: [\"sleep 598 & echo $! > pid\"]}")
            #expect(try await place.ray("environment", "build").status == 0)
            let pid = try #require(Int32(try place.text("pid").filter(\.isNumber)))
            #expect(ProcessIdentity(running: pid) == nil)
        }
    }

    @Test func `a script may be longer than an argument`() async throws {
        try await Workplace.with { place in
            let text = String(repeating: "# \(String(repeating: "x", count: 100))\n        ", count: 2000)
            try place.makeProject("environment:\n  shell:\n    - |\n        \(text)echo long > long.txt\n")
            let outcome = try await place.ray("environment", "build")
            #expect(outcome.status == 0, "\(outcome.errors.prefix(500))")
            #expect(try place.text("long.txt") == "long\n")
        }
    }

    @Test func `a waiter goes on when the layer is there, not when its builder ends`() async throws {
        try await Workplace.with { place in
            try place.makeProject("environment: {shell: [\"true\"]}")
            let layer = try #require(try await place.built()["shell"])
            let hold = FileLock.shareNow(place.store.lock(of: layer.digest))
            #expect(try await place.ray("environment", "build").status == 0)
            extendLifetime(hold)
        }
    }

    @Test func `a lock that cannot be made or kept is an error of the command that makes it`() async throws {
        try await Workplace.withPip("click==8.1.7\n") { place in
            let none = try await place.ray("environment", "lock", variables: ["RAY_UV": "no"])
            #expect(
                place.brief(none.errors) == """
                    error[tool-missing]: .rayproject/project.yaml:4:3: pip: the lock cannot be made here
                      nothing is locked: that takes uv, and there is none
                      hint: make it where there is what it takes, and commit it

                    """)
            try place.write("requirements.txt", "click==99.99\n")
            try place.write(".rayproject/environment.lock", "<<<<<<< HEAD\n")
            let failed = try await place.ray("environment", "lock")
            #expect(failed.status == 1)
            #expect(failed.errors.hasPrefix("`.rayproject/environment.lock` cannot be read: making it anew\n"))
            #expect(try place.text(".rayproject/environment.lock") == "<<<<<<< HEAD\n")
        }
    }

    @Test func `without uv what is locked is installed by pip, and a stale lock is refused`() async throws {
        try await Workplace.withPip("click==8.1.7\n") { place in
            #expect(try await place.ray("environment", "lock").status == 0)
            #expect(try await place.ray("plugin", "lock").status == 0)
            try place.write("requirements.txt", "click\n")
            let stale = try await place.ray("environment", "build", "--locked", variables: ["RAY_UV": "no"])
            #expect(stale.errors.contains("the lock of `pip` is not of what the project asks for"), "\(stale.errors)")
            let validated = try await place.ray("project", "validate", "--locked")
            #expect(validated.errors.contains("error[lock-stale]"), "\(validated.errors)")
            let start = try await place.ray("session", "start", "--locked")
            #expect(!start.errors.contains("Creating cluster"), "\(start.errors)")
            try place.write("requirements.txt", "click==8.1.7\n")
            let layer = try #require(try await place.built("--locked", variables: ["RAY_UV": "no"])["pip"])
            let version = try await place.run(
                layer.prefix / "venv/bin/python", ["-c", "import importlib.metadata as m; print(m.version('click'))"])
            #expect(version.output == "8.1.7\n")
        }
    }
}
