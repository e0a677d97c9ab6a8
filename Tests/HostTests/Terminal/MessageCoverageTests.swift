import Glibc
import Host
import Testing

/// A sentence of the sources that tells people that something is wrong.
private struct Message: CustomStringConvertible {
    var file: String
    var line: Int
    var text: String

    /// What makes an error or a warning, or words for one.
    private static let makers: Set = [
        "Failure", "Diagnostic", "PluginError", "ValidationError", "Refusal", "Absence", "Problem", "complain",
        "finding", "Finding", "init",
    ]
    private static let labels: Set = ["message", "sentence"]

    static func all() throws -> [Message] {
        try ["Sources/Host", "Sources/PluginKit", "Plugins"].flatMap { folder in
            try texts(below: folder, endingWith: ".swift").filter { !$0.path.contains("/Tests/") }
        }.flatMap { file in
            SwiftLiteral.all(in: file.text).filter(isMessage).map {
                Message(file: file.path, line: $0.line, text: $0.text)
            }
        }.filter { $0.parts.contains { $0.count > 3 } }
    }

    private static func isMessage(_ literal: SwiftLiteral) -> Bool {
        if let label = literal.label { return labels.contains(label) }
        return makers.contains(literal.callee ?? "") || labels.contains(literal.assignee ?? "")
    }

    /// What stands between the interpolations.
    var parts: [String] { text.split(separator: SwiftLiteral.gap).map(String.init) }

    var description: String { "\(file):\(line): \(parts.joined(separator: "…"))" }
}

/// Everything that tests say the program prints: their strings and the lines of the transcripts.
private final class TestTexts {
    private let text: UnsafeMutablePointer<CChar>

    init() throws {
        let tests =
            try texts(below: "Tests", endingWith: ".swift")
            + texts(below: "Plugins", endingWith: ".swift").filter { $0.path.contains("/Tests/") }
        let strings = tests.filter { !$0.path.hasSuffix("MessageCoverageTests.swift") }
            .flatMap { SwiftLiteral.all(in: $0.text).map(\.text) }
        let transcripts = try texts(below: "Tests/EndToEndTests/Transcripts", endingWith: ".txt").map(\.text)
        let all = (strings + transcripts).joined(separator: "\n")
        guard let copy = strdup(all) else { throw Failure(.internal, "no memory") }
        text = copy
    }

    /// Whether one line holds all of these in this order.
    func hasLine(with parts: [String]) -> Bool {
        guard let first = parts.first else { return false }
        var start = UnsafePointer(text)
        while let found = strstr(start, first) {
            let end = strchr(found, Int32(UInt8(ascii: "\n"))) ?? found + strlen(found)
            if Self.line(from: found, to: end, holds: parts) { return true }
            start = UnsafePointer(found + 1)
        }
        return false
    }

    private static func line(
        from start: UnsafeMutablePointer<CChar>, to end: UnsafeMutablePointer<CChar>, holds parts: [String]
    ) -> Bool {
        var position = start
        for part in parts {
            guard let found = strstr(position, part), found < end else { return false }
            position = found + part.utf8.count
        }
        return position <= end
    }

    deinit { free(text) }
}

@Suite struct `Every message` {
    /// Messages that no test can meet, and why.
    private static let excused: [String: String] = [
        "something that should not happen did": "every error of ours is a `Failure`",
        "a YAML value was expected here": "libyaml gives no other event there",
        "there is no memory to read `\u{FFFC}`": "malloc does not fail on Linux",
        "`\u{FFFC}` is no manifest": "the schema lets nothing through that cannot be decoded",
        "another build keeps changing a layer that this environment stands on":
            "two builds would have to change a layer in turn, twice",
        "cannot listen at `\u{FFFC}`": "its folder is the user's own, and was just looked at",
        "cannot make a pipe": "pipe fails only where descriptors have run out",
        "cannot start a plugin": "socketpair and pipe fail only where descriptors have run out",
        "cannot end \u{FFFC}": "a process outlives SIGKILL only inside the kernel",
        "this plugin has no operation `\u{FFFC}`": "the kit gives every plugin of a kind all of its operations",
    ]

    @Test func `stands in a test, word for word`() throws {
        let tests = try TestTexts()
        let messages = try Message.all()
        #expect(messages.count > 200)
        let missing = messages.filter { Self.excused[$0.text] == nil && !tests.hasLine(with: $0.parts) }
        #expect(missing.map(\.description).joined(separator: "\n").isEmpty)
    }

    @Test func `that is excused exists and is met nowhere`() throws {
        let tests = try TestTexts()
        let texts = Set(try Message.all().map(\.text))
        for text in Self.excused.keys {
            #expect(texts.contains(text))
            #expect(!tests.hasLine(with: text.split(separator: SwiftLiteral.gap).map(String.init)))
        }
    }
}
