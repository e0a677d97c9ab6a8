import FoundationEssentials
import Glibc
import Host
import Testing

/// Layers that stand on each other: pip, two builders of other authors, and shell.
@Suite(.needsTestBed, .timeLimit(.minutes(10))) struct EnvironmentStackTests {
    private static let plugins = ["alpha", "beta"]

    /// A project whose keys are written in this order; `shell` tells what it sees.
    private static func with(_ body: (Workplace) async throws -> Void) async throws {
        try await PackageIndex.with(["thing 1.0"]) { place, index in
            var place = place
            place.environment["PIP_INDEX_URL"] = index.url("simple")
            try write(place)
            try await body(place)
        }
    }

    private static let sees = #"{ alpha; beta; echo "$ALPHA $BETA"; command -v python; } > "$RAY_LAYER/seen.txt""#

    private static func write(
        _ place: Workplace, alpha: String = "a1", beta: String = "b1", shell: String = sees, reversed: Bool = true
    ) throws {
        let keys = [
            "requirements: requirements.txt", "alpha: \(alpha)", "beta: \(beta)", "shell: [\(YAMLText.quoted(shell))]",
        ]
        try place.makeProject("environment:\n  " + (reversed ? keys.reversed() : keys).joined(separator: "\n  "))
    }

    private static func text(_ layer: BuiltLayer?, _ file: String) throws -> String {
        let layer = try #require(layer)
        return String(decoding: try #require(try Files.read(layer.prefix / file)), as: UTF8.self)
    }

    @Test func `each layer is planned and built inside of those below, in the order of their ranks`() async throws {
        try await Self.with { place in
            let first = try await place.ray("environment", "build", plugins: Self.plugins)
            #expect(first.status == 0)
            let layers = try await place.built(plugins: Self.plugins)
            #expect(layers.count == 4)
            let (pip, alpha, beta) = (layers["pip"], layers["alpha"], layers["beta"])
            let order = first.errors.split(separator: "\n").filter { !$0.contains("resolve") && !$0.contains("wrote") }
                .map { $0.prefix { $0 != ":" } }
            #expect(order == ["pip", "alpha", "beta", "shell", "the environment is there"])
            let (venv, below) = (
                "\(pip?.prefix ?? "")/venv", "{\"digest\":\"\(pip?.digest ?? "")\",\"plugin\":\"pip\"}"
            )
            #expect(
                try Self.text(alpha, "alpha.txt") == """
                    text: a1
                    layers: [\(below)]
                    probed python: \(venv)/bin/python
                    probed alpha: \("")
                    probed first of PATH: \(venv)/bin
                    probed VIRTUAL_ENV: \(venv)
                    built python: \(venv)/bin/python
                    built alpha: \("")
                    built first of PATH: \(venv)/bin
                    built VIRTUAL_ENV: \(venv)

                    """)
            let bin = "\(alpha?.prefix ?? "")/bin"
            #expect(
                try Self.text(beta, "beta.txt") == """
                    text: b1
                    layers: [\(below),{"digest":"\(alpha?.digest ?? "")","plugin":"alpha"}]
                    probed python: \(venv)/bin/python
                    probed alpha: \(bin)/alpha
                    probed first of PATH: \(bin)
                    probed ALPHA: a1
                    built python: \(venv)/bin/python
                    built alpha: \(bin)/alpha
                    built first of PATH: \(bin)
                    built ALPHA: a1

                    """)
            #expect(try Self.text(layers["shell"], "seen.txt") == "a1\nb1\na1 b1\n\(venv)/bin/python\n")
            try Self.write(place, reversed: false)
            let again = try await place.ray("environment", "build", plugins: Self.plugins)
            #expect(again.errors.hasPrefix("the environment is there: pip "))
            let same = try await place.built(plugins: Self.plugins)
            #expect(same == layers, "the order in the file does not matter")
        }
    }

    @Test func `what changes is built again with all above it, and nothing below`() async throws {
        try await Self.with { place in
            let layers = try await place.built(plugins: Self.plugins)
            try Self.write(place, alpha: "a2")
            let plan = try await place.ray("environment", "plan", "--json", plugins: Self.plugins)
            let planned = try #require(try JSONValue(parsing: Data(plan.output.utf8)).array)
            #expect(planned.map { $0["plugin"] } == ["pip", "alpha", "beta", "shell"])
            #expect(planned.map { $0["action"] } == ["keep", "build", "build", "build"])
            #expect(planned.map { $0["reason"]?.string?.contains("a1") } == [nil, true, false, false])
            #expect(planned[2]["reason"] == "a layer below it has changed")
            #expect(planned[3]["reason"] == "a layer below it has changed")
            let build = try await place.ray("environment", "build", plugins: Self.plugins)
            #expect(build.errors.hasPrefix("alpha: write alpha.txt\nbeta: write beta.txt\nshell: "), "\(build.errors)")
            let next = try await place.built(plugins: Self.plugins)
            #expect(next["pip"] == layers["pip"])
            for plugin in ["alpha", "beta", "shell"] { #expect(next[plugin]?.digest != layers[plugin]?.digest) }
            #expect(try Self.text(next["shell"], "seen.txt").hasPrefix("a2\nb1\na2 b1\n"))
            try Self.write(place, alpha: "a2", beta: "b2")
            let above = try await place.built(plugins: Self.plugins)
            #expect(above["alpha"] == next["alpha"])
            #expect(above["beta"]?.digest != next["beta"]?.digest)
            #expect(above["shell"]?.digest != next["shell"]?.digest)
            try Self.write(place)
            let back = try await place.ray("environment", "build", plugins: Self.plugins)
            #expect(back.errors.hasPrefix("the environment is there: "), "the first ones are still there")
            #expect(try await place.built(plugins: Self.plugins) == layers)
        }
    }

    @Test func `a layer that fails keeps those below, and leaves nothing of itself`() async throws {
        try await Self.with { place in
            try Self.write(place, shell: "touch \"$RAY_LAYER/half\"; exit 5")
            let outcome = try await place.ray("environment", "build", plugins: Self.plugins)
            #expect(outcome.status == 1)
            #expect(place.brief(outcome.errors).contains("error[build-failed]: .rayproject/project.yaml:4:11: shell: "))
            #expect(Set(place.store.built().compactMap(\.plugin)) == ["pip", "alpha", "beta"])
            #expect(Files.names(in: place.store.root / "envs").count == 3)
            let before = Set(place.store.built().map(\.digest))
            try Self.write(place)
            let next = try await place.ray("environment", "build", plugins: Self.plugins)
            #expect(next.status == 0)
            #expect(next.errors.hasPrefix("shell: "), "\(next.errors)")
            #expect(before.isSubset(of: place.store.built().map(\.digest)))
        }
    }

    @Test func `a layer that is damaged in the middle is built again alone`() async throws {
        try await Self.with { place in
            let layers = try await place.built(plugins: Self.plugins)
            let beta = try #require(layers["beta"])
            try Files.remove(beta.prefix / "bin/beta")
            let build = try await place.ray("environment", "build", plugins: Self.plugins)
            #expect(
                build.errors.hasPrefix(
                    "beta: it is damaged (`bin/beta` is missing): building it again\nbeta: write beta.txt\n"
                        + "the environment is there: "), "\(build.errors)")
            #expect(try await place.built(plugins: Self.plugins) == layers)
        }
    }
}

/// Commands of `shell` that say what they read and what they make.
@Suite(.needsTestBed, .timeLimit(.minutes(10))) struct EnvironmentCommandTests {
    private static func with(_ body: (Workplace) async throws -> Void) async throws {
        try await Workplace.with { place in
            try place.makeProject(
                """
                environment:
                  shell:
                    - {run: "echo x >> ran; mkdir -p out; cat data/* > out/all", inputs: [data], outputs: [out]}
                """)
            try place.write("data/a", "1\n")
            try place.write("other", "1\n")
            try await body(place)
        }
    }

    /// Builds, and returns how many times the command has run, and what is told of damage.
    private static func runs(_ place: Workplace) async throws -> (count: Int, told: String) {
        let outcome = try await place.ray("environment", "build")
        #expect(outcome.status == 0, "\(outcome.errors)")
        let damage = place.plain(outcome.errors).split(separator: "\n").first { $0.contains("damaged") } ?? ""
        return (try place.text("ran").split(separator: "\n").count, String(damage))
    }

    @Test func `it runs again for an edited, new or removed input, and for nothing else`() async throws {
        try await Self.with { place in
            #expect(try await Self.runs(place).count == 1)
            #expect(try await Self.runs(place).count == 1)
            #expect(try await place.shell("sleep 0.02; touch data/a data").status == 0)
            try place.write("other", "2\n")
            #expect(try await place.planned("shell")["action"] == "keep")
            #expect(try await Self.runs(place).count == 1, "nothing that it reads is another")
            try place.write("data/a", "2\n")
            #expect(try await place.planned("shell")["reason"] == "`data/a` has changed")
            #expect(try await Self.runs(place).count == 2)
            #expect(try place.text("out/all") == "2\n")
            try place.write("data/b", "3\n")
            #expect(try await Self.runs(place).count == 3)
            #expect(try place.text("out/all") == "2\n3\n")
            try Files.remove(place.project / "data/a")
            #expect(try await Self.runs(place).count == 4)
            #expect(try place.text("out/all") == "3\n")
        }
    }

    @Test func `an output that is gone or was edited is made again`() async throws {
        try await Self.with { place in
            #expect(try await Self.runs(place).count == 1)
            for (change, damage, count) in [
                ("rm -r out", "is missing", 2), ("echo more >> out/all", "has changed", 3),
                ("rm out/all", "is missing", 4),
            ] {
                #expect(try await place.shell(change).status == 0)
                #expect(try await place.planned("shell")["reason"]?.string?.contains("out/all` \(damage)") == true)
                let verified = try await place.ray("environment", "verify")
                #expect(verified.status == 1)
                #expect(place.plain(verified.errors).contains("is damaged: `PROJECT/out/all` \(damage)\n"))
                let (runs, told) = try await Self.runs(place)
                #expect(runs == count, "\(change)")
                #expect(told == "shell: it is damaged (`PROJECT/out/all` \(damage)): building it again")
                #expect(try place.text("out/all") == "1\n")
            }
        }
    }

    @Test func `an input as it was before makes the output as it was before`() async throws {
        try await Self.with { place in
            #expect(try await Self.runs(place).count == 1)
            try place.write("data/a", "2\n")
            #expect(try await Self.runs(place).count == 2)
            try place.write("data/a", "1\n")
            _ = try await Self.runs(place)
            #expect(try place.text("out/all") == "1\n")
            #expect(try await place.ray("environment", "verify", "--full").status == 0)
        }
    }

    @Test func `an output that the command does not make is told`() async throws {
        try await Workplace.with { place in
            try place.makeProject(
                "environment:\n  shell:\n    - {run: \"true\", inputs: [], outputs: [made.txt]}")
            let outcome = try await place.ray("environment", "build")
            #expect(outcome.status == 1)
            let told = place.brief(outcome.errors)
            #expect(told.contains(".rayproject/project.yaml:5:43: ") && told.contains("`made.txt`"), "\(told)")
            #expect(place.store.built().isEmpty)
        }
    }

    @Test func `the plan says what is not reproducible`() async throws {
        try await Workplace.with { place in
            let again = "again only when"
            let end = "text or a layer below changes"
            let cases: [(String, String?)] = [
                ("[\"true\"]", "command 1 of `shell` names no inputs: it runs \(again) its \(end)"),
                ("\"true\"", "`shell` names no inputs: it runs \(again) its \(end)"),
                (
                    "[\"true\", {run: \"true\", inputs: []}, \"false\"]",
                    "commands 1 and 3 of `shell` name no inputs: they run \(again) their \(end)"
                ),
                ("[{run: \"true\", inputs: []}]", nil),
            ]
            for (shell, doubt) in cases {
                try place.makeProject("environment: {shell: \(shell)}")
                let planned = try await place.planned("shell")
                let told = planned["not_reproducible"]?.array?.map(\.string)
                #expect(told == [doubt].compactMap(\.self), "\(shell)")
                let table = try await place.ray("environment", "plan").output
                let lines = table.split(separator: "\n").filter { $0.contains("not reproducible") }
                #expect(
                    lines.map { $0.drop { $0 == " " } } == [doubt].compactMap { $0.map { "not reproducible: \($0)" } })
            }
        }
    }
}
