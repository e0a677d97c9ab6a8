import FoundationEssentials
import Testing

@testable import Host

@Suite struct ArgumentsTests {
    private func plugin(_ parameters: [Manifest.Parameter]) -> Plugin {
        let manifest = Manifest(
            id: "x", version: "1", api: "1.0", kind: .environment, libraries: [:],
            operations: ["plan": Manifest.Operation(deadline: nil, parameters: parameters)])
        return Plugin(manifest: manifest, folder: "/x", manifestDigest: "")
    }

    private let request: JSONValue = [
        "facts": ["arch": "arm", "cores": 4, "gpu": false, "none": .null], "a": ["b", -1],
    ]

    @Test func `arguments are picked by pointer and take their type's bytes`() throws {
        let arguments = try PluginArguments(
            of: "plan",
            for: plugin([
                Manifest.Parameter(name: "arch", type: .text, from: "/facts/arch"),
                Manifest.Parameter(name: "cores", type: .u64, from: "/facts/cores"),
                Manifest.Parameter(name: "gpu", type: .bool, from: "/facts/gpu"),
                Manifest.Parameter(name: "a", type: .json),
                Manifest.Parameter(name: "less", type: .i64, from: "/a/1"),
                Manifest.Parameter(name: "later", type: .text, optional: true),
                Manifest.Parameter(name: "none", type: .text, from: "/facts/none", optional: true),
                Manifest.Parameter(name: "out", type: .sink),
            ]), from: request)
        #expect(arguments.values.map(\.name) == ["arch", "cores", "gpu", "a", "less", "later", "none"])
        #expect(
            arguments.values.map(\.value) == [
                Data("arm".utf8), Data([4, 0, 0, 0, 0, 0, 0, 0]), Data(count: 8), Data(#"["b",-1]"#.utf8),
                Data(repeating: 255, count: 8),
                nil, nil,
            ])
    }

    @Test func `a required parameter that this host does not pass is refused by name`() {
        let failure = #expect(throws: Failure.self) {
            try PluginArguments(
                of: "plan", for: plugin([Manifest.Parameter(name: "later", type: .text)]), from: request)
        }
        #expect(
            failure?.diagnostics.first?.message == "plugin `x` 1 needs `later` for `plan`, which this ray does not pass"
        )
        #expect(
            failure?.diagnostics.first?.cause
                == "its manifest, written for API 1.0, takes the required parameter from `/later`; ray \(rayVersion) serves API 1.1"
        )
    }

    @Test(arguments: [
        (Manifest.Parameter(name: "p", type: .text, from: "/facts/cores"), "text", "a number"),
        (Manifest.Parameter(name: "p", type: .u64, from: "/a/1"), "u64", "a number"),
        (Manifest.Parameter(name: "p", type: .bool, from: "/facts"), "bool", "an object"),
    ])
    func `a value that does not fit its type is refused before the call`(
        parameter: Manifest.Parameter, type: String, kind: String
    ) {
        let failure = #expect(throws: Failure.self) {
            try PluginArguments(of: "plan", for: plugin([parameter]), from: request)
        }
        #expect(
            failure?.diagnostics == [
                Diagnostic(
                    .plugin, "the parameter `p` of `plan` of plugin `x` must be \(type)",
                    cause: "`\(parameter.from ?? "")` of the request is \(kind)",
                    hint: "correct the parameter's type in the plugin's manifest")
            ])
    }
}
