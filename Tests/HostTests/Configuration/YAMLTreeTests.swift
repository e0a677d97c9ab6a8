import Host
import Testing

@Suite struct `A document to write` {
    @Test func `keeps the order of its keys`() {
        let tree = YAMLTree.mapping([
            ("name", .text("p")), ("none", .scalar(.null)), ("empty", .list([])), ("nothing", .mapping([])),
            ("tags", .texts(["a", "b: c"])),
            (
                "commands",
                .list([.mapping([("name", .text("x")), ("ports", .list([.scalar(1)]))]), .list([.text("z")])])
            ),
            ("yes", .mapping([("deep", .scalar(true))])),
        ])
        #expect(
            tree.yaml == """
                name: p
                none: null
                empty: []
                nothing: {}
                tags:
                  - a
                  - "b: c"
                commands:
                  - name: x
                    ports:
                      - 1
                  - - z
                "yes":
                  deep: true
                """)
    }

    @Test(arguments: [
        "", " ", "a ", " a", "a b", "yes", "No", "y", "null", "~", "012", "1.5", "1e3", "2024-01-01", ".5", ".inf",
        ".NaN",
        "...", "..", ".", "---", "-", "- a", "? a", "a: b", "a:", "a #b", "#", "*a", "&a", "!a", "%a", "@a", "`a",
        "{a}",
        "[a]", "a,b", "a]", "\"", "'", "|", ">", "<<", "=", "a\nb", "a\tb", "\r", "\u{7F}", "\u{85}", "\u{FEFF}", "é√😀",
        "/a/b.yaml", ".rayproject/x.txt", "../x", "us-west-2", "s3://x", "{{x}}", "0x10", "1:30", "+1", "1_000",
    ])
    func `is read back as it was`(text: String) throws {
        let tree = YAMLTree.mapping([(text, .list([.text(text), .mapping([("k", .text(text))])]))])
        #expect(try YAMLNode.parse(tree.yaml, file: "f").json == tree.json)
    }

    @Test(arguments: [0, 1.5, -3, 1e-7, 1e300, 30])
    func `keeps numbers`(number: Double) throws {
        let node = try YAMLNode.parse(YAMLTree.mapping([("n", .scalar(.number(number)))]).yaml, file: "f")
        #expect(node["n"]?.number == number)
    }

    @Test func `quotes only what needs it`() {
        let plain = ["/a/b.yaml", ".rayproject/x.txt", "us-west-2", "pip 1.0.0", "a"]
        #expect(plain.map { YAMLText.scalar(.string($0)) } == plain)
        #expect(YAMLText.scalar("1.0") == "\"1.0\"")
    }
}
