import FoundationEssentials
import Glibc
import Testing

@testable import Host

@Suite struct `A manifest is judged` {
    private static let good = """
        id: x
        version: 1.0.0
        api: "1.0"
        kind: environment
        libraries: {linux-x86_64: libx.so, linux-aarch64: libx.so}
        keys: {x: {type: string}}
        operations:
          check: {parameters: [{name: request, type: json, from: ""}, {name: out, type: sink}]}
          plan: {parameters: [{name: request, type: json, from: ""}, {name: out, type: sink}]}

        """

    /// Read once: it is long.
    private static let schema = Result {
        try PluginSchema(parsing: ConfigurationFile.read(repository / "plugin-schema.json")).manifest()
    }

    /// What is found when a part of a good manifest is replaced.
    private func findings(_ part: String = "", _ replacement: String = "", in text: String = good) throws -> [String] {
        let folder = try TemporaryFolder([
            "plugin.yaml": part.isEmpty ? text : text.replacing(part, with: replacement), "libx.so": "",
        ])
        return ManifestChecks(folder: folder.path, schema: try Self.schema.get()).findings.map { finding in
            "\(finding.code.rawValue): \(line(finding.diagnostic))".replacing(folder.path + "/", with: "")
                .replacing(folder.path, with: "FOLDER")
        }
    }

    @Test func `and a good one has no findings`() throws {
        #expect(try findings() == [])
    }

    @Test func `by its form`() throws {
        let unknown = try findings("version: 1.0.0", "versoin: 1.0.0")
        #expect(
            unknown == [
                "manifest-unknown-key: plugin.yaml:2:1: `versoin` is not a key of the manifest (did you mean `version`?)"
            ])
        #expect(
            try findings("version: 1.0.0", "version: 1").first?.hasPrefix("manifest-value: plugin.yaml:2:10: ") == true)
        #expect(try findings("kind: environment", "kind: [").first?.hasPrefix("manifest-syntax: plugin.yaml:") == true)
        #expect(try findings("\"1.0\"", "\"2.0\"").first?.hasPrefix("manifest-api: plugin.yaml:3:6: ") == true)
        #expect(
            try findings("linux-x86_64: libx.so, ", "").first?.hasPrefix("library-none: plugin.yaml:5:12: ") == true)
        #expect(try findings("linux-x86_64: libx", "linux-x86_64: liby").first?.hasPrefix("library-none: ") == true)
    }

    @Test func `by its schemas`() throws {
        let found = try findings("{type: string}", "{type: strong}")
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix("manifest-schema: plugin.yaml:6:8: the schema of `x`") == true, "\(found)")
    }

    @Test func `by its operations`() throws {
        #expect(
            try findings("  plan:", "  paln:") == [
                "manifest-operation-missing: plugin.yaml:7:1: plugin `x` lacks the operation `plan`, which every environment builder has (install a release of the plugin that has it)",
                "manifest-operation-unknown: plugin.yaml:9:3: no environment builder has an operation `paln` (did you mean `plan`?)",
            ])
        #expect(
            try findings("  plan: {parameters: [{name: request, type: json, from: \"\"}, {name: out, type: sink}]}", "")
                == [
                    "manifest-operation-missing: plugin.yaml:7:1: plugin `x` lacks the operation `plan`, which every environment builder has (install a release of the plugin that has it)"
                ])
        #expect(
            try findings(
                "plan: {parameters: [{name: request, type: json, from: \"\"}, {name: out, type: sink}]}",
                "plan: {parameters: []}")
                == [
                    "manifest-sink: plugin.yaml:9:3: the operation `plan` must have one parameter of type sink (add `{name: out, type: sink}` to its parameters)"
                ])
        let extra = "\n  mend: {parameters: [{name: out, type: sink}]}\n"
        #expect(
            try findings(in: Self.good + extra.dropFirst()) == [
                "manifest-operation-unknown: plugin.yaml:10:3: no environment builder has an operation `mend` (the operations are `check`, `plan`, `lock`, `explain`)"
            ])
    }

    @Test func `by where its parameters come from`() throws {
        #expect(
            try findings("name: request, type: json, from: \"\"", "name: arch, type: text, from: /fact/arch").first
                == "manifest-pointer: plugin.yaml:8:24: the parameter `arch` of `check` comes from `/fact/arch`, which the request does not have (there are `/environment`, `/places`, `/project`, `/host`)"
        )
        #expect(
            try findings("name: request, type: json, from: \"\"", "name: projct, type: json, optional: true").last
                == "manifest-pointer: plugin.yaml:9:23: warning: the parameter `projct` of `plan` comes from `/projct`, which the request does not have (did you mean `/project`?)"
        )
    }

    @Test func `by its probe and its other libraries`() throws {
        let found = try findings(in: Self.good + "probe: |\n  if true; then echo\n")
        #expect(
            found == [
                "manifest-probe: plugin.yaml:10:8: the probe is no POSIX shell script (`sh -n` reads a script without running it)"
            ])
        #expect(
            try findings("linux-aarch64: libx", "linux-aarch64: liby") == [
                "library-platform: plugin.yaml:5:51: warning: the library `liby.so` for linux-aarch64 is not in the folder (build it, or leave the platform out until there is one)"
            ])
        #expect(try findings(in: Self.good + "probe: echo a=b\n") == [])
    }
}

@Suite struct `A library is judged` {
    /// What is found in a library made with these flags, beside a manifest.
    private func findings(_ source: String, _ flags: String..., mode: mode_t = 0o644) throws -> [String] {
        let folder = try TemporaryFolder(["plugin.yaml": ""])
        let path = folder.path / "libx.so"
        try cc(source, flags + ["-shared"], to: path)
        chmod(path, mode)
        chmod(folder.path / "plugin.yaml", 0o644)
        return Self.findings(in: folder.path)
    }

    private static func findings(in folder: String) -> [String] {
        let manifest = Manifest(
            id: "x", version: "1", api: "1.0", kind: .environment, libraries: [Manifest.platform: "libx.so"],
            operations: [:])
        return LibraryChecks(Plugin(manifest: manifest, folder: folder, manifestDigest: "")).findings.map {
            "\($0.code.rawValue): \(line($0.diagnostic))".replacing(folder + "/libx.so", with: "X")
        }
    }

    private let entry = "__attribute__((visibility(\"default\"))) const void *rayp_entry_v1(void) { return 0; }\n"

    @Test func `and a good one has no findings`() throws {
        #expect(try findings(entry) == [])
    }

    @Test func `by what it asks of the process`() throws {
        #expect(
            try findings(entry, "-z", "execstack") == [
                "elf-stack: `X` asks for a stack that can run code (link it with `-Wl,-z,noexecstack`; an object made from assembler may lack a `.note.GNU-stack`)"
            ])
        #expect(
            try findings(
                "static __thread int a; int f(void) { return ++a; }" + entry, "-ftls-model=initial-exec",
                "-fvisibility=hidden")
                == [
                    "elf-static-tls: warning: `X` takes thread storage that only a few libraries of a process can have (compile it with `-ftls-model=global-dynamic`, or link nothing that was compiled otherwise)"
                ])
        let relocated = "__asm__(\".text\\n.globl g\\n.hidden g\\ng: .quad rayp_entry_v1\\n\");"
        #expect(
            try findings(entry + relocated, "-Wl,-z,notext") == [
                "elf-text-relocations: warning: `X` changes its own code while it is loaded (compile all of it with `-fPIC`)"
            ])
    }

    @Test func `by its surroundings`() throws {
        #expect(
            try findings(entry, "-Wl,-rpath,/opt/x:/opt/y") == [
                "elf-runpath: `X` takes libraries from `/opt/x:/opt/y` (link it without `-rpath`, and its libraries by name or statically)"
            ])
        #expect(
            try findings(entry, "-Wl,-rpath,odd:").first
                == "elf-runpath: `X` takes libraries from `odd:.` (link it without `-rpath`, and its libraries by name or statically)"
        )
        #expect(try findings(entry, "-Wl,-rpath,$ORIGIN") == [])
        #expect(
            try findings(entry + "int a, b; void c(void) {} void d(void) {}") == [
                "elf-exports: warning: `X` exports 4 symbols beside `rayp_entry_v1` (compile it with `-fvisibility=hidden`, or link it with an export map)"
            ])
        #expect(
            try findings(entry + "int a;") == [
                "elf-exports: warning: `X` exports a symbol beside `rayp_entry_v1` (compile it with `-fvisibility=hidden`, or link it with an export map)"
            ])
    }

    @Test func `by who may write it`() throws {
        #expect(
            try findings(entry, mode: 0o666) == [
                "file-mode: `X` may be written by others: its mode is 666 (`chmod go-w X`)"
            ])
        let folder = TemporaryFolder()
        #expect(
            Self.findings(in: folder.path) == [
                "library-none: the library `X` cannot be read (build the plugin, and make the file readable)"
            ])
        try folder.write("libx.so", "hello")
        #expect(Self.findings(in: folder.path).first?.hasPrefix("elf-none: `X` is no ELF file") == true)
    }
}
