import FoundationEssentials
import Host
import Testing

/// The plugins of Examples/plugins, built from what is installed, in a folder that has nothing else of
/// the repository.
@Suite(.needsTestBed, .timeLimit(.minutes(5))) struct PluginExampleTests {
    @Test(.aptDownloads) func `Debian packages are unpacked into a layer, without root`() async throws {
        try await Workplace.with { place in
            let plugin = try await place.builtExample("apt")
            try place.makeProject("environment:\n  apt: [hello]")
            let start = try await place.ray(
                "session", "start", "--shell", "hello; command -v hello", variables: ["RAY_PLUGIN_PATH": plugin])
            #expect(start.status == 0, "\(start.errors)")
            let lines = start.output.split(separator: "\n")
            #expect(lines.first == "Hello, world!")
            #expect(lines.last?.hasPrefix(place.folder / "cache/ray/") == true)
            #expect(lines.last?.hasSuffix("/layer/root/usr/bin/hello") == true)
            let layer = String(try #require(lines.last?.dropLast("/root/usr/bin/hello".count)))
            let packages = String(decoding: try Files.read(layer / "packages.txt") ?? Data(), as: UTF8.self)
            #expect(packages.hasPrefix("hello=") && packages.hasSuffix("\n"))
            #expect(!Files.exists(layer / "apt"))
            let again = try await place.ray(
                "session", "start", "--shell", "hello", variables: ["RAY_PLUGIN_PATH": plugin])
            #expect(again.errors.contains("(unchanged)"))
        }
    }

    @Test func `the same Debian packages are the same layer, in whatever order`() async throws {
        try await Workplace.with { place in
            let variables = ["RAY_PLUGIN_PATH": try await place.builtExample("apt"), "PATH": try place.pathWithApt()]
            var digests: Set<String> = []
            for packages in ["[sl, hello]", "[hello, sl]", "[hello, sl, hello]"] {
                try place.makeProject("environment:\n  apt: \(packages)")
                let plan = try await place.ray("environment", "plan", "--json", variables: variables)
                let layers = try JSONValue(parsing: Data(plan.output.utf8))
                digests.insert("\(layers.value(at: "/0/digest") ?? .null)")
                guard case .string(let script)? = layers.value(at: "/0/steps/0/script") else {
                    Issue.record("there is no step: \(plan.errors)")
                    continue
                }
                #expect(script.hasSuffix("--download-only install 'hello' 'sl'\n"))
            }
            #expect(digests.count == 1)
        }
    }

    @Test func `what is no Debian package is told with its place`() async throws {
        try await Workplace.with { place in
            let plugin = try await place.builtExample("apt")
            try place.makeProject("environment:\n  apt: [hello, Hello, 'a;b', sl=x, hello]")
            let wrong = try await place.ray("project", "validate", variables: ["RAY_PLUGIN_PATH": plugin])
            let hint = "\n  hint: write NAME or NAME=VERSION, as `apt-cache policy` shows them\n"
            #expect(
                place.brief(wrong.errors) == "error[input]: .rayproject/project.yaml:4:16: "
                    + "`Hello` is no name of a Debian package\(hint)"
                    + "error[input]: .rayproject/project.yaml:4:23: `a;b` is no name of a Debian package\(hint)"
                    + "error[input]: .rayproject/project.yaml:4:30: `sl=x` has no version behind its `=`\(hint)"
                    + "warning: .rayproject/project.yaml:4:36: `hello` is listed twice\n"
                    + "  hint: leave one of them out\n")
        }
    }

    @Test(.needs("cargo")) func `the variables of a file are set`() async throws {
        try await Workplace.with { place in
            let variables = ["RAY_PLUGIN_PATH": try await place.builtExample("dotenv")]
            try place.makeProject("environment:\n  dotenv: .env\n  variables: {BOTH: project}")
            try place.write(".env", "# settings\nexport NAME=\"a\\tb 'c'\" # said\nBOTH=file\nPLAIN=$HOME\n")
            let start = try await place.ray(
                "session", "start", "--shell", #"printf '%s|' "$NAME" "$BOTH" "$PLAIN""#, variables: variables)
            #expect(start.output == "a\tb 'c'|project|$HOME|", "\(start.errors)")
            try place.write(".env", "NAME=new\n")
            let next = try await place.ray("session", "start", "--shell", "echo $NAME", variables: variables)
            #expect(next.output == "new\n", "\(next.errors)")
        }
    }

    @Test(.needs("cargo")) func `what is wrong in a file of variables is told as its README says`() async throws {
        try await Workplace.with { place in
            let plugin = try await place.builtExample("dotenv")
            let variables = ["RAY_PLUGIN_PATH": plugin]
            try place.makeProject("environment:\n  dotenv: .env")
            try place.write(".env", "A=1\nTOKEN abc\n")
            let wrong = try await place.ray("project", "validate", variables: variables)
            let page = String(decoding: try Files.read(plugin / "README.md") ?? Data(), as: UTF8.self)
            #expect(page.contains("```console\n$ ray project validate\n\(wrong.errors)```\n"), "\(wrong.errors)")
            try place.makeProject("environment:\n  dotenv: other.env")
            let missing = try await place.ray("project", "validate", variables: variables)
            #expect(
                place.brief(missing.errors) == """
                    error[input]: .rayproject/project.yaml:4:11: cannot read `other.env`: No such file or directory

                    """)
        }
    }

    @Test func `what is generated of the Rust example is what plugin.yaml asks for`() async throws {
        try await Workplace.with { place in
            try await place.copy("Examples/plugins/dotenv", to: place.folder / "dotenv")
            let check = try await place.ray(
                "plugin", "gen", "--language", "rust", "--check", "-o", "src/generated.rs", in: place.folder / "dotenv")
            #expect(check.status == 0, "\(check.errors)")
        }
    }
}

extension Trait where Self == ConditionTrait {
    /// Skips where apt can fetch nothing, and says so; fails there when `CI` is set.
    fileprivate static var aptDownloads: Self {
        .enabled("`apt-get download` gets nothing here") {
            var gets = false
            try await Workplace.with { gets = try await $0.run("apt-get", ["download", "hello"]).status == 0 }
            if !gets, TestBed.variable("CI") != nil { throw MissingProgram(name: "apt-get with its lists") }
            return gets
        }
    }
}

extension Workplace {
    /// Copies an example beside the project, runs its test, which builds it, and returns its folder.
    func builtExample(_ name: String) async throws -> String {
        try await copy("Examples/plugins/\(name)", to: folder / name)
        var variables = try authorVariables
        variables["RAY_PREFIX"] = TestBed.prefix
        let built = try await run("make", ["clean", "test"], in: folder / name, variables: variables)
        #expect(built.status == 0, "\(built.output)\(built.errors)")
        #expect(try await ray("plugin", "allow", folder / name).status == 0)
        return folder / name
    }

    /// PATH with an `apt-get` in it, also where this system has none: planning runs nothing of it.
    fileprivate func pathWithApt() throws -> String {
        try Files.makeFolder(folder / "programs")
        try Files.replace(folder / "programs/apt-get", with: Data("#!/bin/sh\n".utf8), mode: 0o755)
        return (environment["PATH"] ?? "") + ":" + folder / "programs"
    }
}
