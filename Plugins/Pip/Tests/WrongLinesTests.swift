import PluginKit
import Testing

/// A line that pip refuses, and what is said about it.
struct WrongLine: CustomTestStringConvertible, Sendable {
    var line: String
    var column: Int
    var message: String
    var hint: String?
    var severity = Diagnostic.Severity.error

    init(
        _ line: String, _ column: Int, _ message: String, _ hint: String? = nil, severity: Diagnostic.Severity = .error
    ) {
        self.line = line
        self.column = column
        self.message = message
        self.hint = hint
        self.severity = severity
    }

    var testDescription: String { line }
}

private let noName = "a name begins with an ASCII letter or digit"

private let wrongLines = [
    WrongLine("rich=13.9", 5, "`=` is no comparison", "did you mean `rich==13.9`?"),
    WrongLine("rich => 13", 6, "`=>` is no comparison", "did you mean `>=`?"),
    WrongLine("  Numpy==", 8, "no version follows `numpy==`"),
    WrongLine("foo>=1 <2", 8, "a comma is missing before `<2`"),
    WrongLine("foo bar", 5, "unexpected `bar`", "each requirement has a line of its own"),
    WrongLine("foo~=1", 4, "`~=1` needs a version of two numbers at least", "as in `~=1.0`"),
    WrongLine(
        "foo==abc", 4, "`==abc` is not as PEP 440 wants it: uv and pip 24.1 or newer refuse it", severity: .warning),
    WrongLine(
        "foo>=1.*", 4, "`>=1.*` is not as PEP 440 wants it: uv and pip 24.1 or newer refuse it", severity: .warning),
    WrongLine("(foo)", 1, "`(foo)` is no package name", noName),
    WrongLine("été==1", 1, "`été==1` is no package name", noName),
    WrongLine(
        String(repeating: "x", count: 201), 1,
        "`\(String(repeating: "x", count: 60))…` is too long for a package name"),
    WrongLine(
        String(repeating: "=", count: 201), 1, "`\(String(repeating: "=", count: 60))…` is no package name", noName),
    WrongLine("foo-", 1, "`foo-` is no package name", "a name ends with an ASCII letter or digit"),
    WrongLine("foo[bar", 4, "`[` is never closed"),
    WrongLine("foo[bar,]", 9, "the name of an extra is missing"),
    WrongLine("foo (>=1", 5, "`(` is never closed"),
    WrongLine("foo @", 5, "no URL follows `@`"),
    WrongLine("foo \\ ", 5, "a space follows the `\\` that should continue the line", "remove it"),
    WrongLine(#"foo; python_version < "3"#, 23, "the quote is never closed"),
    WrongLine(#"foo; python_version = "3""#, 21, "`=` is no comparison", "did you mean `==`?"),
    WrongLine(
        #"foo; pyton_version < "3""#, 6, "`pyton_version` is no marker variable", "did you mean `python_version`?"),
    WrongLine("foo; os_name == posix", 17, "`posix` is no marker variable", "put text in quotes"),
    WrongLine("foo; os_name", 13, "the marker lacks a comparison", #"as in `python_version < "3.9"`"#),
    WrongLine(#"foo; (os_name == "x""#, 6, "`(` is never closed"),
    WrongLine(
        #"foo; os_name == "x" y"#, 21, "unexpected `y` in the marker"),
    WrongLine(#"foo; "x" not os_name"#, 10, "`not` without `in` in the marker"),
    WrongLine("foo; == 'x'", 6, "the marker lacks a name or a quoted text", #"as in `python_version < "3.9"`"#),
    WrongLine("--foo bar", 1, "unknown option `--foo`", "a requirements file takes only some of pip's options"),
    WrongLine("--index-ulr https://h", 1, "unknown option `--index-ulr`", "did you mean `--index-url`?"),
    WrongLine(
        "foo==1 --upgrade", 8, "unknown option `--upgrade`", "a requirements file takes only some of pip's options"),
    WrongLine("-r", 1, "no value follows `-r`"),
    WrongLine("-i 'https://h", 4, "the quote is never closed"),
    WrongLine(
        "--index-url https://u:${TOKEN}@h/simple", 23, "`${TOKEN}` is not set",
        "set it before starting, or write its value"),
]

@Suite struct WrongLinesTests {
    @Test(arguments: wrongLines)
    func `a wrong line is reported at its place`(_ wrong: WrongLine) throws {
        let project = try ProjectFolder(["r.txt": "# comment\n\(wrong.line)\n"])
        let place = Place(file: project.path("r.txt"), line: 2, column: wrong.column)
        let expected = Diagnostic(.input, wrong.message, at: place, hint: wrong.hint, severity: wrong.severity)
        #expect(try project.check().diagnostics == [expected])
    }

    @Test func `all wrong lines of all files are reported at once`() throws {
        let project = try ProjectFolder([
            "r.txt": "a=1\nb\n\n-r sub/inner.txt\nc==\n", "sub/inner.txt": "ok\n# no\n\tx y\n",
        ])
        let found = try project.check().diagnostics
        #expect(found.map(\.line) == [1, 3, 5])
        #expect(found.map(\.column) == [2, 4, 2])
        #expect(found.map(\.file) == ["r.txt", "sub/inner.txt", "r.txt"].map(project.path))
    }

    @Test func `the column in a continued line is that of its own line`() throws {
        let project = try ProjectFolder(["r.txt": "foo \\\n  >=1 \\\r\n  <2\n"])
        let found = try #require(try project.check().diagnostics.first)
        #expect((found.line, found.column) == (3, 3))
    }

    @Test func `a variable cannot end an option with a backslash`() throws {
        let project = try ProjectFolder(["r.txt": "-i ${INDEX}"])
        let found = try project.check(variables: ["INDEX": "https://h\\"]).diagnostics
        #expect(found.map(\.message) == ["nothing follows the `\\`"])
    }

    @Test func `a column counts characters, not bytes`() throws {
        let project = try ProjectFolder(["r.txt": #"foo; os_name == "é" or x"#])
        #expect(try project.check().diagnostics.map(\.column) == [24])
    }
}
