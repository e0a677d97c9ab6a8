import FoundationEssentials
import Glibc
import PluginKit
import Shell
import Testing

@Suite struct `What commands make` {
    @Test func `the host is told of it as it is on the node`() throws {
        let project = try ProjectFolder([])
        let shell: JSONValue = [
            ProjectFolder.command(nil, outputs: ["b/", "./a/../it's"]), " ",
            ProjectFolder.command([], outputs: ["/opt//x"]),
        ]
        let answer = try project.plan(shell)
        #expect(answer.outputs == ["/home/u/p/b", "/home/u/p/it's", "/opt/x"])
        #expect(answer.components["outputs of command 1"] == "b\n'it'\\''s'")
        #expect(answer.components["outputs of command 2"] == "/opt/x")
        #expect(answer.inputs == [])
        #expect(try project.plan("make").outputs == [])
        #expect(try project.plan("make").verify == nil)
    }

    @Test func `a layer is not usable without it`() throws {
        let project = try ProjectFolder(["made"])
        try project.link("broken", to: "nowhere")
        let request = project.request([
            ProjectFolder.command(nil, outputs: ["made", "broken", "not 'made'", "nor this"])
        ])
        var here = request
        here.project.nodeRoot = project.root
        let script = try #require(try ShellBuilder().plan(here, .unobserved).verify)
        let (status, errors) = try project.run(script)
        #expect(status == 1)
        #expect(
            errors == """
                command 1 of `shell` did not make its output `not 'made'`
                command 1 of `shell` did not make its output `nor this`

                """)
        #expect(
            try explained(request, errors) == [
                "10:22: command 1 of `shell` did not make its output `not 'made'`",
                "10:23: command 1 of `shell` did not make its output `nor this`",
            ])
        #expect(try explained(request, errors, step: 0).isEmpty)
        #expect(try explained(request, errors, of: "lock").isEmpty)
        #expect(try explained(request, "no space left").isEmpty)
        try project.write("not 'made'")
        try project.write("nor this/x")
        #expect(try project.run(script) == (0, ""))
    }
}

private func explained(
    _ request: BuilderRequest, _ output: String, step: Int = 1, of operation: String = "plan"
) throws -> [String] {
    var request = request
    request.failure = StepFailure(operation: operation, step: step, status: 1, output: "before\n\(output)")
    return try ShellBuilder().explain(request, .unobserved).diagnostics.map {
        #expect($0.errorClass == .verifyFailed)
        #expect($0.hint == "make it there, or take it out of `outputs`")
        return "\($0.line ?? 0):\($0.column ?? 0): \($0.message)"
    }
}

extension ProjectFolder {
    /// Runs a script as the host does, and returns its status and what it wrote to standard error.
    fileprivate func run(_ script: String) throws -> (status: Int32, errors: String) {
        try write("script", script)
        let status = system("sh -e \(path("script").shellQuoted) 2>\(path("errors").shellQuoted)")
        return (status >> 8, try String(contentsOf: URL(filePath: path("errors")), encoding: .utf8))
    }
}
