import FoundationEssentials
import Host
import Testing

/// Plugins that a test builds itself, where how they are linked is the point.
extension Workplace {
    private static let sources = #filePath.parentPath.parentPath.parentPath / "Fixtures/plugins"
    private static let flags = [
        "-std=c11", "-D_GNU_SOURCE", "-I", sources / "../../../Sources/PluginAPI/include", "-I", sources, "-fPIC",
        "-fvisibility=hidden",
    ]

    /// Runs the C compiler in the project's folder.
    func compile(_ arguments: [String], with compiler: String = "cc") async throws {
        // Some compilers keep their settings at home.
        let outcome = try await run(compiler, arguments, variables: ["HOME": TestBed.variable("HOME") ?? "/"])
        #expect(outcome.errors.isEmpty && outcome.status == 0, "\(outcome.errors)")
    }

    /// Builds one of the faulty fixtures anew, linked with `arguments`.
    func compileFault(_ name: String, to folder: String, _ arguments: [String]) async throws {
        try await compile(
            Self.flags + ["-shared", Self.sources / "faults/\(name).c", "-o", "\(folder)/lib\(name).so"] + arguments)
    }

    /// Makes a plugin in a folder of its id, with the body of its source after the fixtures' header.
    ///
    /// It is compiled to an object first, so that another compiler may link it.
    func makePlugin(
        _ id: String, _ body: String, _ arguments: [String] = [], linker: String = "cc"
    ) async throws {
        let fixtures = try #require(TestBed.fixtures)
        let manifest = try String(decoding: #require(try Files.read(fixtures / "quick/plugin.yaml")), as: UTF8.self)
        try write("\(id)/plugin.yaml", manifest.replacing("quick", with: id))
        try write("\(id)/plugin.c", "#include \"fixture.h\"\n\(body)\nFIXTURE(\"\(id)\")\n")
        try await compile(Self.flags + ["-c", "\(id)/plugin.c", "-o", "\(id)/plugin.o"])
        try await compile(["-shared", "\(id)/plugin.o", "-o", "\(id)/lib\(id).so"] + arguments, with: linker)
        try allow([(id: id, folder: project / id)])
    }
}
