import FoundationEssentials
import Glibc
import Testing

@testable import Host

/// What is wrong with the files of a plugin is told before any of it is loaded.
@Suite(.needsTestBed, .timeLimit(.minutes(5))) struct PluginFaultFileTests {
    @Test(arguments: LibraryDamage.all)
    func `a damaged library is refused in ray's own words`(damage: LibraryDamage) async throws {
        try await Workplace.withDamagedPlugin { place in
            let library = place.project / "broken/libquick.so"
            _ = try await place.run("/bin/bash", ["-c", damage.script], variables: ["LIB": library])
            #expect(try damage.isThere(in: [UInt8](Files.read(library) ?? Data())))
            let plan = try await place.ray("environment", "plan", variables: place.brokenAndGood)
            #expect(place.plain(plan.errors) == damage.error)
            #expect(plan.output.isEmpty && plan.status == 1)
            try await place.expectJSON(LibraryDamage.message(of: damage.error))
            try await place.expectGood()
            #expect(try place.witnesses("quick") == 0)
        }
    }

    @Test func `a library that is cut off anywhere is refused before it is mapped`() async throws {
        try await Workplace.withDamagedPlugin { place in
            let library = place.project / "broken/libquick.so"
            let whole = try #require(try Files.read(library))
            var messages: [String] = []
            for size in [3, 4, 63, 64, 500, 4096, whole.count / 2, whole.count - 1] {
                try Files.replace(library, with: whole.prefix(size), durable: false)
                #expect(FileStamp(path: library)?.size == Int64(size))
                let plan = try await place.ray("environment", "plan", variables: place.brokenAndGood)
                #expect(plan.status == 1)
                messages.append(place.plain(plan.errors.split(separator: "\n").first.map(String.init) ?? ""))
            }
            let start = "error[plugin]: `PROJECT/broken/libquick.so` is "
            #expect(
                messages == [start + "no ELF file: it begins with the bytes 7f 45 4c"]
                    + [4, 63, 64, 500, 4096, whole.count / 2, whole.count - 1].map { size in
                        let end = size < 64 ? 64 : whole.count
                        return start + "cut off: \(end - size) of its \(end) bytes are missing"
                    })
            try await place.expectGood()
        }
    }

    @Test func `a library that needs another which is not there is told apart`() async throws {
        try await Workplace.withDamagedPlugin { place in
            try place.write("gone.c", "int gone(void) { return 0; }\n")
            try await place.compile(["-shared", "-fPIC", "gone.c", "-o", "libgone.so"])
            try await place.compileFault("quick", to: "broken", ["-Wl,--no-as-needed", "-L.", "-lgone"])
            try Files.remove(place.project / "libgone.so")
            #expect(try ELFFile(path: place.project / "broken/libquick.so").needed.contains("libgone.so"))
            let plan = try await place.ray("environment", "plan", variables: place.brokenAndGood)
            let lines = place.plain(plan.errors).split(separator: "\n").map(String.init)
            #expect(lines.count == 3)
            #expect(
                lines.first
                    == "error[plugin]: `PROJECT/broken/libquick.so` needs the library `libgone.so`, which is not on this machine"
            )
            #expect(lines.dropFirst().first?.hasPrefix("  looked for in ") == true)
            #expect(plan.status == 1)
            try await place.expectJSON(
                "`PROJECT/broken/libquick.so` needs the library `libgone.so`, which is not on this machine")
            try await place.expectGood()
            #expect(try place.witnesses("quick") == 0)
        }
    }

    @Test func `two plugins with a library of the same name each bring none`() async throws {
        try await Workplace.withWitnesses { place in
            for (plugin, number) in [("one", 1), ("two", 2)] {
                try place.write("\(plugin)/dep.c", "int dep(void) { return \(number); }\n")
                try await place.compile([
                    "-shared", "-fPIC", "\(plugin)/dep.c", "-Wl,-soname,libdep.so.1", "-o", "\(plugin)/libdep.so.1",
                ])
                try await place.makePlugin(
                    plugin,
                    """
                    int dep(void);
                    PLAN
                    {
                        char text[64];
                        snprintf(text, sizeof text, "{\\"steps\\": [], \\"components\\": {\\"dep\\": \\"%d\\"}}", dep());
                        return fixture_answer(out, text);
                    }
                    """, ["\(plugin)/libdep.so.1", "-Wl,-rpath,\(place.project / plugin)"])
                #expect(try ELFFile(path: place.project / plugin / "lib\(plugin).so").needed.contains("libdep.so.1"))
            }
            try place.makeProject("environment: {one: x}")
            let plan = try await place.ray("environment", "plan", variables: ["RAY_PLUGIN_PATH": "one:two"])
            #expect(
                place.plain(plan.errors) == """
                    error[plugin]: `PROJECT/one/libone.so` takes libraries from `PROJECT/one`
                      a plugin is one file, and what it needs besides comes from the system's own folders
                      hint: link it without `-rpath`, and its libraries by name or statically

                    """)
            #expect(plan.status == 1)
            try await place.expectGood()
        }
    }

    @Test func `two plugins that export the same name each call their own`() async throws {
        try await Workplace.withWitnesses { place in
            try place.makeProject("environment: {shares-one: x, shares-two: x}")
            let plan = try await place.ray("environment", "plan", "--json", plugins: ["shares-one", "shares-two"])
            #expect(try place.component("shared", ofPlan: plan.output) == ["shares-one": "1", "shares-two": "2"])
            #expect(try place.witnesses("shares-one") == 1 && place.witnesses("shares-two") == 1)
            for name in ["shares-one", "shares-two"] {
                let library = try #require(TestBed.fixtures) / name / "lib\(name).so"
                #expect(try ELFFile(path: library).symbols.export("shared_name") == .function)
            }
        }
    }

    @Test(arguments: [
        ("broken/libquick.so", "0666", "everyone"), ("broken", "0777", "everyone"),
        ("broken/plugin.yaml", "0664", "its group"),
    ])
    func `a plugin that others can change is refused`(path: String, mode: String, who: String) async throws {
        try await Workplace.withDamagedPlugin { place in
            _ = try await place.run("chmod", [mode, path])
            var status = stat()
            #expect(stat(place.project / path, &status) == 0 && status.st_mode & 0o022 != 0)
            let list = try await place.ray("plugin", "list", "--json", variables: place.brokenAndGood)
            let rows = try JSONValue(parsing: Data(place.plain(list.output).utf8)).array ?? []
            #expect(
                rows.first { $0["folder"] == "PROJECT/broken" }?["reason"]
                    == .string("`PROJECT/\(path)` can be written by \(who)"))
            let plan = try await place.ray("environment", "plan", variables: place.brokenAndGood)
            #expect(
                plan.errors.hasPrefix(
                    "error[input]: .rayproject/project.yaml:3:15: no plugin handles `environment.quick`"))
            #expect(plan.status == 1)
            try await place.expectGood()
            #expect(try place.witnesses("quick") == 0)
        }
    }

    @Test(arguments: ManifestBomb.all)
    func `a manifest that is a bomb is refused, and its neighbour found`(bomb: ManifestBomb) async throws {
        try await Workplace.withDamagedPlugin { place in
            let manifest = place.project / "broken/plugin.yaml"
            try Files.replace(manifest, with: Data(bomb.text.utf8), durable: false)
            if let size = bomb.size { #expect(truncate(manifest, size) == 0) }
            let list = try await place.ray("plugin", "list", "--json", variables: place.brokenAndGood)
            let rows = try JSONValue(parsing: Data(place.plain(list.output).utf8)).array ?? []
            let broken = rows.first { $0["folder"] == "PROJECT/broken" }
            let reason = (broken?["reason"]?.string ?? "").replacing(#/has [0-9]+ bytes/#, with: "has N bytes")
            #expect(reason == bomb.reason)
            #expect(broken?["verdict"] == "unusable")
            #expect(rows.first { $0["id"] == "good" }?["verdict"] == "usable")
            try await place.expectGood()
        }
    }

    @Test func `without a helper that runs, no plugin is loaded`() async throws {
        try await Workplace.withWitnesses { place in
            try place.makeProject("environment: {quick: x}")
            let prefix = place.folder / "prefix"
            _ = try await place.run("cp", ["-a", try #require(TestBed.prefix), prefix])
            let helper = prefix / "libexec/ray/ray-plugin-helper"
            for (damage, cause) in [
                (["chmod", "-x", helper], "Permission denied"), (["rm", helper], "No such file or directory"),
            ] {
                _ = try await place.run(damage[0], Array(damage.dropFirst()))
                #expect(!Files.isProgram(helper))
                let start = try await place.run(
                    prefix / "bin/ray", ["session", "start", "--no-command"],
                    variables: ["RAY_PLUGIN_PATH": try #require(TestBed.fixtures) / "quick"])
                #expect(
                    place.plain(start.errors) == """
                        error[plugin]: cannot run `FOLDER/prefix/libexec/ray/ray-plugin-helper`
                          \(cause)
                          hint: install ray again: its bin, lib, libexec and share belong together

                        """)
                #expect(start.status == 1)
                #expect(try place.journal().isEmpty)
                #expect(try place.witnesses("quick") == 0)
            }
        }
    }
}

/// Something that is done to a library, and what ray says of it.
struct LibraryDamage: Sendable, CustomTestStringConvertible {
    var title: String
    /// For bash; LIB is the library.
    var script: String
    /// What is there afterwards, at an offset; nil where it is in the modes.
    var bytes: (offset: Int, bytes: [UInt8])?
    var error: String

    var testDescription: String { title }

    func isThere(in library: [UInt8]) -> Bool {
        bytes.map { library.dropFirst($0.offset).starts(with: $0.bytes) } ?? true
    }

    static func message(of error: String) -> String {
        String(error.dropFirst("error[plugin]: ".count).prefix { $0 != "\n" })
    }

    static let all = [
        LibraryDamage(
            title: "another machine", script: #"printf '\267\0' | dd of="$LIB" bs=1 seek=18 conv=notrunc status=none"#,
            bytes: (18, [183, 0]),
            error: """
                error[plugin]: `PROJECT/broken/libquick.so` is built for aarch64, this machine is x86_64
                  hint: install a build of the plugin for linux-x86_64

                """),
        LibraryDamage(
            title: "32 bits", script: #"printf '\1' | dd of="$LIB" bs=1 seek=4 conv=notrunc status=none"#,
            bytes: (4, [1]),
            error: """
                error[plugin]: `PROJECT/broken/libquick.so` is a 32-bit library, built for x86_64
                  this machine is x86_64
                  hint: build the plugin for linux-x86_64

                """),
        LibraryDamage(
            title: "text", script: #"echo 'this is text' > "$LIB""#, bytes: (0, Array("this is text\n".utf8)),
            error: """
                error[plugin]: `PROJECT/broken/libquick.so` is no ELF file: it begins with `this is text`
                  hint: build the plugin for linux-x86_64, and link it with `-shared`

                """),
        LibraryDamage(
            title: "nothing", script: #": > "$LIB""#, bytes: (0, []),
            error: """
                error[plugin]: `PROJECT/broken/libquick.so` is empty
                  hint: build the plugin for linux-x86_64, and link it with `-shared`

                """),
    ]
}

/// A manifest that would cost much to read.
struct ManifestBomb: Sendable, CustomTestStringConvertible {
    var title: String
    var text: String
    /// To which the file is then enlarged.
    var size: Int?
    var reason: String

    var testDescription: String { title }

    static let all = [
        ManifestBomb(
            title: "100 MB", text: "id: quick\n", size: 100 << 20,
            reason: "PROJECT/broken/plugin.yaml: the manifest has N bytes; the most are 65536"),
        ManifestBomb(
            title: "aliases",
            text: "id: &a0 [x]\n"
                + (1...20).map {
                    "a\($0): &a\($0) [\(Array(repeating: "*a\($0 - 1)", count: 9).joined(separator: ", "))]\n"
                }
                .joined(), reason: "PROJECT/broken/plugin.yaml:5:35: the aliases unfold to more than 10,000 values"),
        ManifestBomb(
            title: "depth", text: String(repeating: "[", count: 20000) + "\n",
            reason: "PROJECT/broken/plugin.yaml:1:65: the file is nested more than 64 levels deep"),
        ManifestBomb(
            title: "keys twice", text: "id: quick\nid: other\n",
            reason: "PROJECT/broken/plugin.yaml:2:1: the key `id` is given twice, first on line 1, column 1"),
    ]
}

extension Workplace {
    /// A project that needs a plugin `quick` in the folder `broken`, about to be damaged.
    fileprivate static func withDamagedPlugin(_ body: (Workplace) async throws -> Void) async throws {
        try await withWitnesses { place in
            try place.makeProject("environment: {quick: x}")
            try await place.copyFixture("quick", to: "broken")
            try await body(place)
        }
    }

    fileprivate var brokenAndGood: [String: String] {
        ["RAY_PLUGIN_PATH": "broken:\(TestBed.fixtures ?? "")/good"]
    }

    /// Checks that the same error comes as JSON.
    fileprivate func expectJSON(_ message: String) async throws {
        let plan = try await ray("environment", "plan", "--json", variables: brokenAndGood)
        let events = try plan.errors.split(separator: "\n").map { try JSONValue(parsing: Data($0.utf8)) }
        #expect(events.map { self.plain($0["message"]?.string ?? "") } == [message])
        #expect(plan.output.isEmpty && plan.status == 1)
    }

    /// Checks that the neighbour works.
    fileprivate func expectGood() async throws {
        try makeProject("environment: {good: x}")
        let run = try await ray("session", "start", "--shell", "echo $GOOD", variables: brokenAndGood)
        #expect(run.output == "1\n")
        #expect(run.status == 0)
    }

    /// One component of each layer of a plan, by plugin.
    fileprivate func component(_ name: String, ofPlan output: String) throws -> [String: String] {
        let layers = try JSONValue(parsing: Data(output.utf8)).array ?? []
        return Dictionary(
            uniqueKeysWithValues: layers.compactMap { layer in
                guard let plugin = layer["plugin"]?.string,
                    let value = layer["components"]?["components"]?[name]?.string
                else { return nil }
                return (plugin, value)
            })
    }
}
