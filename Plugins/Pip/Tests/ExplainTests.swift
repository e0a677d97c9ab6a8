import FoundationEssentials
import Pip
import PluginKit
import Testing

@Suite struct ExplainTests {
    @Test(arguments: capturedOutputs.map(\.name))
    func dump(name: String) throws {
        let captured = try #require(capturedOutputs.first { $0.name == name })
        let project = try ProjectFolder(["r.txt": "# what is needed\n" + captured.requirements + "\n"])
        for f in ["bad", "badc"] { try FileManager.default.createDirectory(atPath: project.path(f), withIntermediateDirectories: true) }
        for f in ["wl-1.0-py3-none-any.whl", "wlb-1.0-py3-none-any.whl"] { try Data().write(to: URL(filePath: project.path(f))) }
        var request = project.request("r.txt", facts: ProjectFolder.uvFacts)
        request.failure = StepFailure(operation: "lock", step: 0, status: 1, output: captured.output)
        let d = try PipBuilder(variables: [:]).explain(request, .unobserved).diagnostics
        var s = "=== \(name)\n"
        for x in d { s += "  [\(x.errorClass.rawValue)] \(x.file?.split(separator: "/").last ?? "-"):\(x.line ?? 0):\(x.column ?? 0) \(x.message)\n    hint: \(x.hint ?? "-")\n    cause: \(x.cause?.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\n           ") ?? "-")\n" }
        try Data(s.utf8).write(to: URL(filePath: "/tmp/pw/dump/\(name)"))
    }
}
