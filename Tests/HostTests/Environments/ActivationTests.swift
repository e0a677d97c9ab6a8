import FoundationEssentials
import Glibc
import Subprocess
import SystemPackage
import Testing

@testable import Host

@Suite struct ActivationTests {
    @Test func `an activation sets, prepends and unsets, with the layer's folder filled in`() throws {
        var activation = Activation()
        activation.set = ["HOME_OF": "${prefix}/x"]
        activation.prepend = ["PATH": "${prefix}/bin", "NEW": "${prefix}"]
        activation.unset = ["GONE"]
        var environment = ["PATH": "/bin", "GONE": "1", "KEPT": "2"]
        activation.located(at: "/l").apply(to: &environment)
        #expect(environment == ["PATH": "/l/bin:/bin", "NEW": "/l", "HOME_OF": "/l/x", "KEPT": "2"])
    }

    @Test func `what a build has found out is applied after the rest, here and in a shell`() async throws {
        var template = Array("/tmp/ray activation XXXXXX".utf8CString)
        let folder = try #require(mkdtemp(&template).map { String(cString: $0) })
        defer { try? Files.remove(folder) }
        try Files.replace(
            folder / "found", with: Data("PATH+=/found\nA=x+=\"y\" $z\n-GONE\nNEW+=/n\nE=\n".utf8), durable: false)
        var activation = Activation()
        activation.file = "${prefix}/found"
        activation.prepend = ["PATH": "${prefix}/bin"]
        let located = activation.located(at: folder)
        var environment = ["PATH": "/bin", "GONE": "1"]
        located.apply(to: &environment)
        let expected = ["PATH": "/found:\(folder)/bin:/bin", "A": "x+=\"y\" $z", "NEW": "/n", "E": ""]
        #expect(environment == expected)
        let text =
            "PATH=/bin GONE=1\n\(located.shellText)printf '%s|' \"$PATH\" \"$A\" \"$NEW\" \"${E-none}\" \"${GONE-none}\""
        for shell in ["/bin/sh", "/bin/bash"] {
            let result = try await Subprocess.run(
                .path(FilePath(shell)), arguments: ["-c", text], output: .string(limit: 1 << 16))
            #expect(result.standardOutput == "\(expected["PATH"] ?? "")|x+=\"y\" $z|/n||none|")
        }
    }

    @Test func `absent parts of an answer are empty`() throws {
        #expect(try JSONDecoder().decode(Activation.self, from: Data("{}".utf8)) == Activation())
    }
}
