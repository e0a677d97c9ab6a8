import FoundationEssentials
import Glibc
import Testing

@testable import Host

@Suite struct SystemTests {
    @Test func `paths join and split as the system reads them`() {
        #expect("/a" / "b" == "/a/b")
        #expect("/a/" / "b" == "/a/b")
        #expect("/a" / "/b" == "/b")
        #expect("/a/b".parentPath == "/a")
        #expect("/a".parentPath == "/")
        #expect("a".parentPath == ".")
        #expect("/a/b".lastPathName == "b")
    }

    @Test(arguments: ["", "plain", "it's", "a b", "$x", "ünï", "-n", "a\nb", "~", "*"])
    func `a quoted word is one word of a shell`(word: String) async throws {
        let (exit, text, _) = try await ThisMachine().output(
            of: NodeScript(
                "printf %s \(word.shellQuoted)", environment: [:], directory: "/", timeout: .seconds(60), log: ""))
        #expect(exit == .status(0))
        #expect(text == word)
    }

    @Test func `time is written as ISO 8601 with milliseconds`() {
        #expect(Timestamp.text(1_700_000_000_012_345_678) == "2023-11-14T22:13:20.012Z")
    }

    @Test func `a process is known by its start, and is gone when it has ended`() async throws {
        let mine = try #require(ProcessIdentity(running: getpid()))
        #expect(mine.isRunning)
        #expect(!ProcessIdentity(pid: mine.pid, started: mine.started + 1).isRunning)
    }

    @Test func `a replaced file is never half there, and leaves nothing beside it`() throws {
        var template = Array("/tmp/ray files XXXXXX".utf8CString)
        let folder = try #require(mkdtemp(&template).map { String(cString: $0) })
        defer { try? Files.remove(folder) }
        try Files.replace(folder / "f", with: Data("one".utf8))
        try Files.replace(folder / "f", with: Data("two".utf8), durable: false)
        #expect(try Files.read(folder / "f") == Data("two".utf8))
        #expect(Files.names(in: folder) == ["f"])
        #expect(try Files.read(folder / "none") == nil)
        #expect(throws: Failure.self) { try Files.replace(folder / "no/f", with: Data()) }
    }

    @Test func `a script that runs too long is ended with all it started`() async throws {
        var template = Array("/tmp/ray script XXXXXX".utf8CString)
        let folder = try #require(mkdtemp(&template).map { String(cString: $0) })
        defer { try? Files.remove(folder) }
        let script = NodeScript(
            "sleep 1000 & echo $! > pid; wait", environment: ["PATH": "/usr/bin:/bin"], directory: folder,
            timeout: .milliseconds(500), log: folder / "log")
        let failure = await #expect(throws: Failure.self) { try await ThisMachine().run(script) }
        #expect(failure?.diagnostics.first?.errorClass == .deadline)
        let text = String(decoding: try #require(try Files.read(folder / "pid")), as: UTF8.self)
        #expect(ProcessIdentity(running: try #require(Int32(text.filter(\.isNumber)))) == nil)
    }
}
