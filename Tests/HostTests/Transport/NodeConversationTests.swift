import FoundationEssentials
import Glibc
import Host
import Testing

/// What the agent does is tested by Tests/NodeAgent; this is the host's part.
struct NodeConversationTests {
    private func with(_ body: (NodeConversation) async throws -> Void) async throws {
        var template = Array("/tmp/ray-conversation-XXXXXX".utf8CString)
        let folder = try #require(mkdtemp(&template).map { String(cString: $0) })
        defer { try? Files.remove(folder) }
        let conversation = try await NodeConversation(
            node: "n", words: ["/bin/sh", repository / "node-agent.sh", folder / "state"],
            environment: ["PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": folder])
        do { try await body(conversation) } catch {
            await conversation.close()
            throw error
        }
        await conversation.close()
    }

    @Test func `a script that takes too long is ended, and others are not`() async throws {
        try await with { conversation in
            async let other = conversation.run("sleep 0.5; echo done", timeout: .seconds(60))
            let result = try await conversation.run("echo begun; sleep 100", timeout: .milliseconds(200))
            #expect(result.status == "timeout")
            #expect(String(decoding: result.output, as: UTF8.self) == "begun\n")
            #expect(try await other.status == "0")
            #expect(String(decoding: try await other.output, as: UTF8.self) == "done\n")
            let next = try await conversation.run("echo no >&2; exit 3", timeout: .seconds(60))
            #expect(next.status == "3")
            #expect(String(decoding: next.errors, as: UTF8.self) == "no\n")
        }
    }

    @Test func `a script that nobody on the node ends any more is given up`() async throws {
        let conversation = try await NodeConversation(
            node: "n", words: ["/bin/sh", "-c", "echo ready 1; cat >/dev/null"], environment: ["PATH": "/usr/bin:/bin"])
        let result = try await conversation.run("true", timeout: .milliseconds(50))
        await conversation.close()
        #expect(result.status == "timeout")
    }

    @Test func `a machine that cannot be given back is told`() async throws {
        let answers = "echo ready 1; read -r verb id owner; echo err $id ZnVsbA==; echo end $id 1; cat >/dev/null"
        let conversation = try await NodeConversation(
            node: "n", words: ["/bin/sh", "-c", answers], environment: ["PATH": "/usr/bin:/bin"])
        let failure = await #expect(throws: Failure.self) { try await conversation.release(owner: "o") }
        await conversation.close()
        #expect(failure?.diagnostics.first?.message == "cannot give up the claim to node `n`")
        #expect(failure?.diagnostics.first?.cause == "full")
    }
}
