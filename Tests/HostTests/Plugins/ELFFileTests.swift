import FoundationEssentials
import Glibc
import Testing

@testable import Host

@Suite struct `A library's headers` {
    @Test func `say what it is and what it shares`() throws {
        let library = try Library(
            """
            #include <math.h>
            #include <stdio.h>
            const void *rayp_entry_v1(void) { printf("%f", cos(getchar())); return 0; }
            int counted; __attribute__((weak)) void nobody(void);
            void call(void) { if (nobody) nobody(); }
            """, "-lm", "-Wl,-soname,libx.so.1", "-Wl,-rpath,/opt/lib:/srv/lib")
        let file = try library.file()
        #expect(file.is64Bit && file.isLittleEndian && file.type == 3 && !file.isTruncated && !file.isProgram)
        #expect(file.soname == "libx.so.1")
        #expect(file.runpath == ["/opt/lib", "/srv/lib"])
        #expect(file.needed == ["libm.so.6", "libc.so.6"])
        #expect(
            file.symbols.exports.filter { !$0.key.hasPrefix("_") } == [
                "rayp_entry_v1": .function, "call": .function, "counted": .data,
            ])
        #expect(file.symbols.export("rayp_entry_v1") == .function)
        #expect(file.symbols.export("rayp_entry_v2") == nil)
        let cosine = try #require(file.symbols.undefined.first { $0.name == "cos" })
        #expect(cosine == ELFSymbols.Undefined(name: "cos", library: "libm.so.6", version: cosine.version))
        #expect(cosine.version?.hasPrefix("GLIBC_2.") == true)
        #expect(file.symbols.weak.map(\.name).contains("nobody"))
        #expect(!file.hasExecutableStack && !file.hasTextRelocations && !file.hasStaticTLS)
        #expect(try library.refusals(resolving: true) == [])
    }

    @Test func `tell of stacks that run code, of static thread storage and of debug information`() throws {
        let plain = try Library.entry()
        #expect(try !plain.file().hasStaticTLS)
        #expect(try !plain.sections().contains(".debug_info"))
        let odd = try Library(
            "__thread int here; const void *rayp_entry_v1(void) { here++; return 0; }", "-g", "-z", "execstack",
            "-ftls-model=initial-exec")
        #expect(try odd.file().hasExecutableStack)
        #expect(try odd.file().hasStaticTLS)
        #expect(try odd.sections().contains(".debug_info"))
    }

    @Test func `are read also where only the older hash table is there`() throws {
        let library = try Library(
            "int a(void){return 1;} const void *rayp_entry_v1(void) { return 0; }", "-Wl,--hash-style=sysv")
        #expect(try library.file().symbols.export("a") == .function)
        #expect(try library.refusals() == [])
    }

    /// The seeds are fixed, so that a fault stays a fault.
    @Test(arguments: 1...4) func `may be any bytes at all`(seed: UInt64) throws {
        let library = try Library("#include <stdio.h>\nconst void *rayp_entry_v1(void) { puts(\"\"); return 0; }")
        let good = try #require(try Files.read(library.path))
        let symbols = good.firstRange(of: Data("rayp_entry_v1".utf8))?.lowerBound ?? 0
        var generator = SplitMix(seed: seed)
        for number in 0..<200 {
            var bytes = good
            for _ in 0...generator.below(6) {
                // Where the headers, the tables of symbols and the dynamic section are.
                let start =
                    [0, 64, max(0, symbols - 1024), good.count - 4096, 0x2d00].randomElement(using: &generator) ?? 0
                let position = min(max(0, start + generator.below(1024)), bytes.count - 8)
                let odd: [UInt8] = [0, 1, 0x7F, 0x80, 0xFF, UInt8(generator.below(256))]
                for index in 0..<[1, 4, 8][generator.below(3)] {
                    bytes[position + index] = generator.pick(odd) ?? 0
                }
            }
            try Files.replace(library.path, with: bytes, durable: false)
            guard let file = try? library.file() else { continue }
            _ = try library.refusals(resolving: number % 8 == 0)
            _ = try (file.symbols.exports, file.symbols.weak, library.sections())
        }
    }
}

@Suite struct `A library is refused` {
    @Test func `when it is no ELF file`() throws {
        for (text, message, cause) in [
            ("#!/bin/sh\necho", "`X` is no ELF file: it begins with `#!/bin/sh`", "it is a script"),
            ("hello", "`X` is no ELF file: it begins with `hello`", nil),
            ("\u{1}\u{2}\u{3}", "`X` is no ELF file: it begins with the bytes 01 02 03", nil),
            ("", "`X` is empty", nil),
        ] {
            let folder = try TemporaryFolder(["x.so": text])
            let failure = #expect(throws: Failure.self) { try ELFFile(path: folder.path / "x.so") }
            let expected = Failure(
                .plugin, message.replacing("X", with: folder.path / "x.so"), cause: cause,
                hint: "build the plugin for \(Manifest.platform), and link it with `-shared`")
            #expect(failure == expected)
        }
        #expect(problems { _ = try ELFFile(path: "/nowhere") } == ["cannot open `/nowhere`"])
    }

    @Test func `when it is for another machine`() throws {
        let library = try Library.entry()
        try library.patch(at: 18, [183, 0])
        #expect(try library.messages() == ["`X` is built for aarch64, this machine is x86_64"])
        try library.patch(at: 18, [250, 0])
        #expect(try library.messages() == ["`X` is built for machine 250, this machine is x86_64"])
        try library.patch(at: 18, [3, 0])
        try library.patch(at: 4, [1])
        #expect(try library.messages() == ["`X` is a 32-bit library, built for i386"])
        try library.patch(at: 4, [2, 2])
        try library.patch(at: 18, [0, 22])
        #expect(try library.messages() == ["`X` is built for s390x (big-endian), this machine is x86_64"])
    }

    @Test func `when it is something else than a library`() throws {
        let source = "const void *rayp_entry_v1(void) { return 0; } int main(void) { return 0; }"
        #expect(
            try Library(source, shared: false, "-c").messages() == [
                "`X` is no shared library: it is an object file, not yet linked"
            ])
        #expect(try Library(source, shared: false).messages() == ["`X` is no shared library: it is a program"])
        let bare = try Library.entry()
        let headers = try bare.file().segmentHeader(of: 2)
        try bare.patch(at: headers, [0x55])
        #expect(try bare.messages() == ["`X` has no dynamic section, so that it cannot be loaded"])
    }

    @Test(arguments: [5, 63, 64, 100, 400, 4096, 8200, 12300])
    func `when it is cut off, with what is missing`(length: Int) throws {
        let library = try Library.entry()
        let whole = try library.file().end
        try library.cut(to: length)
        let refusals = try library.refusals()
        #expect(refusals.map(\.code) == [.elfTruncated])
        let message = refusals[0].diagnostic.message
        #expect(message.hasPrefix("`\(library.path)` is cut off: "))
        if length > 4096 {
            #expect(message == "`\(library.path)` is cut off: \(Int(whole) - length) of its \(whole) bytes are missing")
        }
    }

    @Test func `when the exported function is not there, with what is there instead`() throws {
        let without = try Library("int a; int rayp_entry_v2(void) { return 0; }")
        #expect(
            try without.refusals().map(\.diagnostic) == [
                Diagnostic(
                    .plugin, "`\(without.path)` does not export the function `rayp_entry_v1`",
                    cause: "it exports `rayp_entry_v2`",
                    hint: "define the function that <ray/plugin.h> declares, with C linkage and default visibility")
            ])
        let data = try Library("int rayp_entry_v1;")
        #expect(try data.messages() == ["`X` exports `rayp_entry_v1` as data, not as a function"])
        let hidden = try Library("const void *rayp_entry_v1(void) { return 0; }", "-fvisibility=hidden")
        let finding = try #require(try hidden.refusals().first)
        #expect(finding.code == .elfEntry)
        #expect(finding.diagnostic.cause == "it exports nothing")
        #expect(finding.diagnostic.hint?.hasPrefix("it has the function, hidden") == true)
    }

    @Test func `when a library that it needs is nowhere`() throws {
        let folder = TemporaryFolder()
        try cc("void other(void) {}", "-shared", "-Wl,-soname,libother.so.3", to: folder.path / "libother.so")
        let library = try Library(
            "void other(void); const void *rayp_entry_v1(void) { other(); return 0; }", "-L\(folder.path)", "-lother",
            "-Wl,-rpath,/opt/nowhere")
        let finding = try #require(try library.refusals(resolving: true).first)
        #expect(finding.code == .elfNeeded)
        #expect(
            finding.diagnostic.message
                == "`\(library.path)` needs the library `libother.so.3`, which is not on this machine")
        #expect(finding.diagnostic.cause?.hasPrefix("looked for in /opt/nowhere, ") == true)
    }

    @Test func `when symbols are defined nowhere, which are all named`() throws {
        let library = try Library(
            "void one(void); void two(void); const void *rayp_entry_v1(void) { one(); two(); return 0; }")
        #expect(try library.refusals() == [])
        let finding = try #require(try library.refusals(resolving: true).first)
        #expect(finding.code == .elfUndefined)
        #expect(
            finding.diagnostic.message == "`\(library.path)` uses 2 symbols that no library it needs defines")
        #expect(finding.diagnostic.cause == "`one`\n`two`")
    }

    @Test func `when it was built against newer libraries`() throws {
        let folder = TemporaryFolder()
        let path = folder.path / "libother.so"
        for version in ["OTHER_2", "OTHER_1"] {
            try folder.write("map", "\(version) { global: other; };")
            try cc(
                "void other(void) {}", "-shared", "-Wl,-soname,libother.so", "-Wl,--version-script,\(folder.path)/map",
                to: version == "OTHER_2" ? path : path + ".old")
        }
        let library = try Library(
            "void other(void); const void *rayp_entry_v1(void) { other(); return 0; }", path,
            "-Wl,-rpath,\(folder.path)")
        #expect(try library.refusals(resolving: true) == [])
        #expect(rename(path + ".old", path) == 0)
        let findings = try library.refusals(resolving: true)
        #expect(findings.map(\.code) == [.elfVersion])
        #expect(
            findings.map(\.diagnostic.message) == [
                "`\(library.path)` needs OTHER_2 of `libother.so`, which this machine's is too old for"
            ])
    }
}

/// A library made by the compiler of this machine.
private struct Library: ~Copyable {
    private let folder = TemporaryFolder()
    var path: String { folder.path / "lib.so" }

    init(_ source: String, shared: Bool = true, _ flags: String...) throws {
        try cc(source, flags + (shared ? ["-shared"] : []), to: folder.path / "lib.so")
    }

    /// Read once: this machine does not change while the tests run.
    private static let search = LibrarySearch()

    static func entry() throws -> Library { try Library("const void *rayp_entry_v1(void) { return 0; }") }

    func file() throws -> ELFFile { try ELFFile(path: path) }

    /// The refusals but for the folder that tests have libraries looked for in.
    func refusals(resolving: Bool = false) throws -> [Finding] {
        let descriptor = open(path, O_RDONLY)
        defer { close(descriptor) }
        return try file().refusals(
            for: "linux-x86_64", descriptor: descriptor, search: Self.search, resolving: resolving
        ).filter { $0.code != .elfRunpath }
    }

    func messages() throws -> [String] {
        try refusals().map { $0.diagnostic.message.replacing(path, with: "X") }
    }

    func sections() throws -> Set<String> {
        let descriptor = open(path, O_RDONLY)
        defer { close(descriptor) }
        return try file().sectionNames(descriptor)
    }

    func patch(at offset: Int, _ bytes: [UInt8]) throws {
        let descriptor = open(path, O_WRONLY)
        defer { close(descriptor) }
        #expect(pwrite(descriptor, bytes, bytes.count, off_t(offset)) == bytes.count)
    }

    func cut(to length: Int) throws { #expect(truncate(path, off_t(length)) == 0) }
}

extension ELFFile {
    /// Where in the file the header of the first segment of a type lies.
    fileprivate func segmentHeader(of type: UInt32) throws -> Int {
        let data = try #require(try Files.read(path))
        return try #require(
            stride(from: 64, to: 64 + 56 * 20, by: 56).first { data[$0] == UInt8(type) && data[$0 + 1] == 0 })
    }
}

/// Compiles C; what it says goes to standard error.
func cc(_ source: String, _ flags: String..., to path: String) throws { try cc(source, flags, to: path) }

func cc(_ source: String, _ flags: [String], to path: String) throws {
    try Files.replace(path + ".c", with: Data(source.utf8), durable: false)
    let words = ["cc", "-std=c11", "-D_GNU_SOURCE", "-fPIC", "-o", path, path + ".c"] + flags
    let status = system(words.map(\.shellQuoted).joined(separator: " "))
    try #require(status == 0)
}
