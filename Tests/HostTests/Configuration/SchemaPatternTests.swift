import Testing

@testable import Host

@Suite struct `A pattern of a schema` {
    @Test(arguments: [
        "^[a-z][a-z0-9-]*$", "^[A-Za-z0-9_][A-Za-z0-9_-]*$", "^[a-z][a-z0-9_]*$", "^[ab]*[bc]*$", "^[ab]*b$", "^[a-]$",
        "^(/.*)?$", "^[0-9]+\\.[0-9]+$", "[a-z]", "^[^/]+$",
    ])
    func `matches what the regular expression matches`(pattern: String) throws {
        let expression = try Regex(pattern).matchingSemantics(.unicodeScalar)
        let compiled = try SchemaPattern(pattern)
        for text in [
            "", "a", "b", "ab", "abc", "a-b", "-", "9", "1.0", "a_b", "A", "\u{FC}", "a b", "bbcc", "/x", "a\n", "aab",
        ] {
            #expect(compiled.matches(text) == text.contains(expression), "\(text) and \(pattern)")
        }
    }
}
