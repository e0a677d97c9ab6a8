import FoundationEssentials
import Glibc
import Host
import Testing

/// Environments and caches that somebody has changed.
@Suite(.needsTestBed, .timeLimit(.minutes(10))) struct EnvironmentRepairTests {
    private static let package = "venv/lib/python*/site-packages/click"

    struct Damage: CustomTestStringConvertible, Sendable {
        /// Shell text, in the layer's folder.
        var change: String
        /// What is said when it is noticed.
        var told: String
        var testDescription: String { change }
    }

    static let damages = [
        Damage(change: "f=$(echo \(package)/core.py); echo 'poison = 1' >> $f", told: "/click/core.py` has changed)"),
        Damage(change: "rm venv/bin/python", told: "`venv/bin/python` is missing)"),
        Damage(change: "rm -r \(package)-*.dist-info", told: "is missing, "),
        Damage(change: "f=$(echo \(package)/core.py); : > $f", told: "/click/core.py` has changed)"),
        Damage(change: "rm ../manifest ../stamps", told: "`manifest` has changed)"),
    ]

    @Test(arguments: damages)
    func `a damaged environment is noticed and built again, once`(_ damage: Damage) async throws {
        try await Workplace.withPip { place in
            let layer = try #require(try await place.built()["pip"])
            let folder = layer.prefix.parentPath
            let whole = try #require(try Files.read(folder / "manifest"))
            #expect(try await place.shell("cd \(layer.prefix.shellQuoted) && \(damage.change)").status == 0)
            let verified = try await place.ray("environment", "verify")
            #expect(verified.status == 1)
            #expect(verified.errors.contains("error[verify-failed]: "))
            #expect(verified.errors.contains("layer pip \(layer.digest.prefix(8)) is damaged: "))
            #expect(verified.errors.contains("`ray environment build` builds it again"))
            #expect(try await place.planned("pip")["reason"]?.string?.hasPrefix("it is damaged: ") == true)
            let build = try await place.ray("environment", "build")
            #expect(build.status == 0, "\(build.errors)")
            #expect(build.errors.contains("pip: it is damaged ("), "\(build.errors)")
            #expect(build.errors.contains(damage.told), "\(build.errors)")
            #expect(try Files.read(folder / "manifest") == whole)
            #expect(try await place.ray("environment", "verify", "--full").status == 0)
            #expect(try await place.ray("environment", "build").errors.contains("damaged") == false)
        }
    }

    @Test(arguments: ["rm OK", "printf x > OK", "sed -i 's/files/filez/' OK"])
    func `without a whole stamp it is built again`(change: String) async throws {
        try await Workplace.withPip { place in
            let layer = try #require(try await place.built()["pip"])
            #expect(try await place.shell("cd \(layer.prefix.parentPath.shellQuoted) && \(change)").status == 0)
            #expect(try await place.planned("pip")["reason"] == "its last build did not finish")
            #expect(try await place.built()["pip"] == layer)
        }
    }

    @Test func `poison in the tool's cache reaches no new environment`() async throws {
        try await Workplace.withPip { place in
            let layer = try #require(try await place.built()["pip"])
            let manifest = layer.prefix.parentPath / "manifest"
            let whole = try #require(try Files.read(manifest))
            // The cache's file is the same one, by a hard link.
            let edited = try await place.shell(
                "cd \(layer.prefix.shellQuoted)/\(Self.package) && stat -c %h core.py && echo 'poison = 1' >> core.py")
            #expect(try #require(Int(edited.output.prefix { $0.isNumber })) > 1)
            try Files.remove(layer.prefix.parentPath)
            let build = try await place.ray("environment", "build")
            #expect(build.status == 0, "\(build.errors)")
            #expect(build.errors.contains("pip: the tool's cache is damaged ("), "\(build.errors)")
            #expect(build.errors.contains("/click/core.py` has changed): building once more without it"))
            #expect(try Files.read(manifest) == whole)
        }
    }

    @Test func `a file that a hard link elsewhere touched is not damaged`() async throws {
        try await Workplace.withPip { place in
            let layer = try #require(try await place.built()["pip"])
            _ = try await place.shell("sleep 0.02; cp -al \(layer.prefix.shellQuoted) elsewhere")
            let build = try await place.ray("environment", "build")
            #expect(build.errors == "the environment is there: pip \(layer.digest.prefix(8))\n")
        }
    }

    @Test func `a file more is found by a full check only`() async throws {
        try await Workplace.withPip { place in
            let layer = try #require(try await place.built()["pip"])
            try Files.replace(layer.prefix / "venv/bin/more", with: Data())
            #expect(try await place.ray("environment", "verify").status == 0)
            let full = try await place.ray("environment", "verify", "--full")
            #expect(full.errors.contains("is damaged: `venv/bin/more` is new\n"))
            #expect(full.errors.contains("`ray environment build --check full` builds it again"))
            let build = try await place.ray("environment", "build", "--check", "full")
            #expect(build.errors.contains("pip: it is damaged (`venv/bin/more` is new): building it again"))
            #expect(!Files.exists(layer.prefix / "venv/bin/more"))
        }
    }

    @Test func `nothing is built again under a command that runs in it`() async throws {
        try await Workplace.with { place in
            try place.makeProject(
                """
                environment: {shell: ['echo whole > "$RAY_LAYER/file"']}
                commands: [{name: long, command: 'touch began; while ! [ -e go ]; do sleep 0.01; done'}]
                """)
            let ray = try #require(TestBed.prefix) / "bin/ray"
            let file = try #require(try await place.built()["shell"]).prefix / "file"
            async let command = place.ray("session", "start", "long")
            try await until { Files.exists(place.project / "began") }
            try place.write(file, "spoilt\n")
            for words in [["environment", "build"], ["session", "start", "--name", "other", "--no-command"]] {
                let outcome = try await place.run(ray, words)
                #expect(
                    place.brief(outcome.errors).contains(
                        """
                        error[conflict]: .rayproject/project.yaml:3:15: shell: the environment has to be built again, and a command of session `p` runs in it: touch began; while ! [ -e go ]; do sleep 0.01; done
                        """), "\(outcome.errors)")
                #expect(outcome.errors.contains("  `file` has changed\n"), "\(outcome.errors)")
                #expect(
                    outcome.errors.hasSuffix(
                        "  hint: wait for the command to end, or run `ray session stop p` first\n"), "\(outcome.errors)"
                )
                #expect(outcome.status == 1)
            }
            #expect(try String(decoding: Files.read(file) ?? Data(), as: UTF8.self) == "spoilt\n")
            try place.write("go", "")
            #expect(try await command.status == 0)
            #expect(try await place.ray("environment", "build").status == 0)
            #expect(try String(decoding: Files.read(file) ?? Data(), as: UTF8.self) == "whole\n")
        }
    }

    @Test func `verify tells what there is, as JSON too`() async throws {
        try await Workplace.with { place in
            try place.makeProject("environment: {shell: ['true']}")
            let nothing = try await place.ray("environment", "verify")
            #expect(
                place.brief(nothing.errors) == """
                    error[verify-failed]: .rayproject/project.yaml:3:15: layer shell is not built
                      hint: `ray environment build` builds it

                    """)
            #expect(nothing.status == 1)
            let layer = try #require(try await place.built()["shell"])
            let told = try await place.ray("environment", "verify", "--all")
            #expect(told.errors == "shell \(layer.digest.prefix(8)): 0 files as they were built\n")
            let json = try await place.ray("environment", "verify", "--json")
            #expect(
                try JSONValue(parsing: Data(json.output.utf8)) == [
                    ["plugin": "shell", "digest": .string(layer.digest), "files": 0, "damage": []]
                ])
        }
    }
}
