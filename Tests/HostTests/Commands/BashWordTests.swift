import Testing

@testable import Host

/// What bash replaces of a line, and with what.
@Suite struct BashWordTests {
    @Test(arguments: [
        ("ray a b", ["ray", "a"], "b"), ("ray a ", ["ray", "a"], ""), ("ray  'a b'\tc", ["ray", "a b"], "c"),
        (#"ray "a b" "c d"#, ["ray", "a b"], "c d"), (#"ray a\ b"#, ["ray"], "a b"),
        (#"ray '' "" "#, ["ray", "", ""], ""),
        (#"ray "a\"b\x" 'a\'b"#, ["ray", #"a"b\x"#], #"a\b"#), ("ray é$(x) ", ["ray", "é$(x)"], ""), ("", [], ""),
        (#"ray a\"#, ["ray"], "a"),
    ])
    func `a line is split and unquoted as bash does, and nothing is expanded`(
        line: String, words: [String], last: String
    ) {
        let read = BashLine(line)
        #expect(read.words == words)
        #expect(read.last == last)
    }

    private static let name = #"it's "a:b" $x!*"#

    @Test(arguments: [
        ("ray ", "", #"it\'s\ \"a:b\"\ \$x\!\*"#),
        ("ray it", "it", #"it\'s\ \"a:b\"\ \$x\!\*"#),
        (#"ray it\'s"#, #"it\'s"#, #"it\'s\ \"a:b\"\ \$x\!\*"#),
        ("ray 'it", "it", #"it'\''s "a:b" $x!*"#),
        (#"ray "it"#, "it", #"it's \"a:b\" \$x"\!"*"#),
        (#"ray it\'s\ \"a:"#, "", #"b\"\ \$x\!\*"#),
        (#"ray it"'s"#, "'s", #"'s \"a:b\" \$x"\!"*"#),
    ])
    func `a name is quoted as what stands before it asks, from where bash replaces`(
        line: String, replaced: String, reply: String
    ) throws {
        let word = try #require(BashWord(BashLine(line), replaced: replaced))
        #expect(word.replacement(Self.name) == reply)
    }

    @Test func `names that do not begin as what is typed are left out`() throws {
        let word = try #require(BashWord(BashLine("ray tr"), replaced: "tr"))
        #expect(word.replacement("train") == "train")
        #expect(word.replacement("retrain") == nil)
        #expect(word.replacement("t") == nil)
    }

    @Test func `what bash says it replaces must be the end of the line`() {
        #expect(BashWord(BashLine("ray train"), replaced: "other") == nil)
    }

    @Test func `a tilde is a folder only at the beginning`() throws {
        let word = try #require(BashWord(BashLine("ray "), replaced: ""))
        #expect(word.replacement("~a~") == #"\~a~"#)
    }
}
