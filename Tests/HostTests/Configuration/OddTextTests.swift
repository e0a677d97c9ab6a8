import Host
import Testing

@Suite struct `A text that is no YAML` {
    @Test(arguments: [
        ("a: 'x' y\n", "f:1:8: this follows a value that has ended (put the whole text into quotes)"),
        ("{a: 1} b\n", "f:1:8: this follows a value that has ended (put the whole text into quotes)"),
        ("- \"a\" b\n", "f:1:7: this follows a value that has ended (put the whole text into quotes)"),
        (
            "a:\n  b: 1\n c: 2\n",
            "f:3:2: this does not line up with the keys before it (check the indentation and the quotes)"
        ),
        (
            "a: [1]\n b: 2\n",
            "f:2:2: this does not line up with the keys before it (check the indentation and the quotes)"
        ),
        (
            "- a\nb: c\n",
            "f:2:1: this does not line up with the list before it (begin every item with `- ` in one column)"
        ),
        (
            #"a: "C:\q""#,
            #"f:1:7: this `\` begins nothing that YAML knows (write `\\`, or put the text in single quotes)"#
        ),
        ("a: |x\n b\n", "f:1:5: this cannot follow a `|` or `>` (begin the text in the next line)"),
        ("a: &\n", "f:1:5: this is not YAML: did not find expected alphabetic or numeric character"),
        ("%YAML 9.9\n---\na: 1\n", "f:1:1: this is not YAML: found incompatible YAML document"),
    ])
    func `is told in a sentence`(text: String, expected: String) throws {
        #expect(problems { _ = try YAMLNode.parse(text, file: "f") } == [expected])
    }
}
