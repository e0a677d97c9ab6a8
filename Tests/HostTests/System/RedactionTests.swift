import FoundationEssentials
import Glibc
import Testing

@testable import Host

@Suite struct RedactionTests {
    private func redacted(_ text: String, _ environment: [String: String] = [:], named: [String] = []) -> String {
        Redaction(environment: environment, home: "/nowhere", named: named).redacted(text)
    }

    @Test(arguments: [
        ("see https://user:s3cret@host/x and http://token@h:80", "see https://****@host/x and http://****@h:80"),
        ("https://host/a@b", "https://host/a@b"), ("mail a@b", "mail a@b"), ("'https://u:p@h'", "'https://****@h'"),
        ("https://", "https://"), ("a://b c://d:e@f", "a://b c://****@f"),
    ])
    func `credentials in URLs are nobody's business`(text: String, expected: String) {
        #expect(redacted(text) == expected)
    }

    @Test(arguments: [
        ("see https://user:s3cret@host/x", true), (#""url":"http://token@h:80\n""#, true), ("https://host/a@b", false),
        ("git+ssh://git@host/x and mail a@b", false), ("https://${TOKEN}@host/x", false), ("https://", false),
        ("ssh://git@h/ https://u:p@h", true), ("http://a/ 'u@b'", false),
    ])
    func `an answer with credentials is found`(text: String, expected: Bool) {
        #expect(Redaction.finds(credentialsIn: text) == expected)
    }

    @Test func `values of variables are secret where their name or a plugin says so`() {
        let environment = [
            "PYPI_TOKEN": "abcdefgh", "PLAIN": "abcdefgh-x", "NAMED": "hush", "PIP_INDEX_URL": "https://me:pass1@h/",
            "SHORT_TOKEN": "abc",
        ]
        #expect(redacted("abcdefgh hush pass1 abc", environment, named: ["NAMED"]) == "**** **** **** abc")
        #expect(redacted("hush", environment) == "hush")
    }

    @Test func `the longest secret is taken out first`() {
        #expect(redacted("abcdefghij", ["A_TOKEN": "abcdefgh", "B_TOKEN": "abcdefghij"]) == "****")
    }

    @Test func `passwords of the netrc are secret`() throws {
        var template = Array("/tmp/ray-netrc-XXXXXX".utf8CString)
        let folder = try #require(mkdtemp(&template).map { String(cString: $0) })
        defer { try? Files.remove(folder) }
        try Files.replace(folder / ".netrc", with: Data("machine h\n  login me password hunter22\n".utf8))
        #expect(Redaction(environment: [:], home: folder).redacted("me hunter22") == "me ****")
        let other = Redaction(environment: ["NETRC": folder / "none"], home: folder)
        #expect(other.redacted("hunter22") == "hunter22")
    }

    @Test func `a log behind a pipe holds no secret, whole lines at a time`() async throws {
        var template = Array("/tmp/ray-log-XXXXXX".utf8CString)
        let folder = try #require(mkdtemp(&template).map { String(cString: $0) })
        defer { try? Files.remove(folder) }
        let redaction = Redaction(environment: ["TOKEN": "s3cr3t-value"], home: "/nowhere")
        let script = NodeScript(
            "printf 'a s3cr3t'; sleep 0.1; printf -- '-value b\\n'; seq 20000; printf 'end s3cr3t-value'",
            environment: ["PATH": "/usr/bin:/bin"], directory: "/", timeout: .seconds(20), log: folder / "sub/log",
            redaction: redaction)
        #expect(try await ThisMachine().run(script) == .status(0))
        let text = String(decoding: try #require(try Files.read(folder / "sub/log")), as: UTF8.self)
        let lines = text.split(separator: "\n")
        #expect(lines.first == "a **** b")
        #expect(lines.count == 20002)
        #expect(lines.last == "end ****")
    }

    @Test func `nothing waits for what a script leaves running`() async throws {
        var template = Array("/tmp/ray-log-XXXXXX".utf8CString)
        let folder = try #require(mkdtemp(&template).map { String(cString: $0) })
        defer { try? Files.remove(folder) }
        let script = NodeScript(
            "sleep 600 & echo $!", environment: ["PATH": "/usr/bin:/bin"], directory: "/", timeout: .seconds(60),
            log: folder / "log", redaction: Redaction(environment: [:], home: "/nowhere"))
        #expect(try await ThisMachine().run(script) == .status(0))
        let text = String(decoding: try #require(try Files.read(folder / "log")), as: UTF8.self)
        let pid = try #require(Int32(text.prefix { $0.isNumber }))
        #expect(kill(pid, SIGKILL) == 0)
    }

    @Test(
        arguments: [
            (0, "0 B"), (999, "999 B"), (1000, "1 kB"), (1500, "1.5 kB"), (9949, "9.9 kB"), (84_000_000, "84 MB"),
            (12_300_000_000, "12 GB"), (5_000_000_000_000, "5 TB"),
        ] as [(Int64, String)])
    func `bytes are told in units`(count: Int64, text: String) {
        #expect(ByteCount.text(count) == text)
    }

    @Test(
        arguments: [
            ("0", 0), ("20GB", 20_000_000_000), ("500 MB", 500_000_000), ("1.5k", 1500), ("1GiB", 1_073_741_824),
            ("x", nil),
            ("", nil), ("-1", nil), ("1 XB", nil), ("1..2", nil), ("99999999999TB", nil),
        ] as [(String, Int64?)])
    func `sizes are read with their units`(text: String, count: Int64?) {
        #expect(ByteCount.parse(text) == count)
    }

    @Test func `the space of a folder is that of its mount`() throws {
        let space = try #require(DiskSpace(of: "/proc/nowhere/at/all"))
        #expect(space.mount == "/proc")
        #expect(space.sentence == "`/proc` has 0 B of 0 B free")
        #expect(try #require(DiskSpace(of: "/tmp")).free > 0)
    }
}
