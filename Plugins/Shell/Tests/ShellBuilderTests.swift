import FoundationEssentials
import PluginKit
import Shell
import Testing

@Suite struct ShellBuilderTests {
    private func request(_ shell: JSONValue) -> BuilderRequest {
        BuilderRequest(
            environment: ["shell": shell],
            places: [
                "/shell": Place(file: "/p/project.yaml", line: 4, column: 10),
                "/shell/1": Place(file: "/p/project.yaml", line: 6, column: 7),
            ],
            project: Project(name: "p", root: "/p", nodeRoot: "/home/u/p"))
    }

    private func plan(_ shell: JSONValue) throws -> PlanAnswer {
        try ShellBuilder().plan(request(shell), .unobserved)
    }

    @Test func `each command of a list is a step`() throws {
        let answer = try plan(["make data", "make -C lib"])
        #expect(answer.steps.map(\.script) == ["make data", "make -C lib"])
        #expect(
            answer.components == [
                "command 1": "make data", "command 2": "make -C lib", "directory": "/home/u/p",
            ])
        #expect(answer.activation == Activation())
        #expect(answer.diagnostics.isEmpty)
    }

    @Test func `a single string is one step, however many lines it has`() throws {
        let answer = try plan("\n  make data\nmake check\n")
        #expect(answer.steps.map(\.title) == ["make data"])
        #expect(answer.steps.map(\.script) == ["\n  make data\nmake check\n"])
        #expect(answer.steps.map(\.place) == [Place(file: "/p/project.yaml", line: 4, column: 10)])
    }

    @Test func `a title is no longer than sixty characters`() throws {
        let title = try #require(try plan(.string(String(repeating: "x", count: 200))).steps.first?.title)
        #expect(title == String(repeating: "x", count: 59) + "…")
    }

    @Test func `a command may have a title, which is not a part of what is built`() throws {
        let (with, without) = (try plan([["run": "make", "title": "build it"]]), try plan([["run": "make"]]))
        #expect(with.steps.map(\.title) == ["build it"])
        #expect(with.steps.map(\.script) == ["make"])
        #expect(without.steps.map(\.title) == ["make"])
        #expect(with.components == without.components)
    }

    @Test func `without inputs nobody knows when to run it again, and that is said`() throws {
        let when = "only when its text or a layer below changes"
        let whenMany = "only when their text or a layer below changes"
        #expect(try plan("make").notReproducible == ["`shell` names no inputs: it runs again \(when)"])
        #expect(
            try plan([["run": "a", "inputs": []], "b"]).notReproducible == [
                "command 2 of `shell` names no inputs: it runs again \(when)"
            ])
        #expect(
            try plan(["a", " ", "b"]).notReproducible == [
                "commands 1 and 3 of `shell` name no inputs: they run again \(whenMany)"
            ])
        #expect(
            try plan(["a", "b", "c"]).notReproducible == [
                "commands 1, 2 and 3 of `shell` name no inputs: they run again \(whenMany)"
            ])
        #expect(try plan([["run": "a", "inputs": []]]).notReproducible == [])
        #expect(try plan("a").notes == [])
    }

    @Test func `an empty command is a warning and no step`() throws {
        let warning = Diagnostic(
            .input, "command 2 of `shell` is empty", at: Place(file: "/p/project.yaml", line: 6, column: 7),
            hint: "remove it", severity: .warning)
        #expect(try ShellBuilder().check(request(["make", " \n"]), .unobserved).diagnostics == [warning])
        let answer = try plan(["make", " \n"])
        #expect(answer.diagnostics == [warning])
        #expect(answer.steps.map(\.script) == ["make"])
    }

    @Test func `what the schema forbids is refused`() {
        let neither = PluginError(.input, "command 1 of `shell` is neither a string nor a mapping with `run`")
        for item: JSONValue in [1, [:], ["run": 1]] { #expect(throws: neither) { try plan([item]) } }
        #expect(throws: PluginError(.input, "`shell` is neither a string nor a list")) { try plan(1) }
        #expect(throws: PluginError(.input, "`inputs` of command 1 of `shell` is not a list")) {
            try plan([["run": "make", "inputs": "src"]])
        }
        for item: JSONValue in [1, ""] {
            #expect(throws: PluginError(.input, "`outputs` of command 1 of `shell` has an item that is not a path")) {
                try plan([["run": "make", "outputs": [item]]])
            }
        }
        let request = BuilderRequest(
            environment: ["shell": "make"], places: [:], project: Project(name: "p", root: "/p"))
        #expect(throws: PluginError(.internal, "`project.node_root` is missing from the request")) {
            _ = try ShellBuilder().plan(request, .unobserved)
        }
    }

    @Test func `the manifest states the same id and version`() throws {
        let manifest = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "plugin.yaml")
        let lines = try String(contentsOf: manifest, encoding: .utf8).split(whereSeparator: \.isNewline)
        #expect(lines.contains("id: \(ShellBuilder.id)"))
        #expect(lines.contains("version: \(ShellBuilder.version)"))
    }
}
