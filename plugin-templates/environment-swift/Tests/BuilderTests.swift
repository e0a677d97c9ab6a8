import @TYPE@Plugin
import PluginKit
import Testing

@Suite struct BuilderTests {
    private func request(_ text: String) -> BuilderRequest {
        BuilderRequest(
            environment: ["@ID@": .string(text)],
            places: ["/@ID@": Place(file: "/p/project.yaml", line: 7, column: 9)],
            project: Project(name: "p", root: "/p"))
    }

    @Test func `a line of text is right`() throws {
        #expect(try Builder().check(request("hello"), .unobserved) == CheckAnswer())
    }

    @Test(arguments: [(" ", "the text is empty"), ("a\nb", "the text has more than one line")])
    func `what is wrong is told with its place`(text: String, message: String) throws {
        let diagnostic = try #require(try Builder().check(request(text), .unobserved).diagnostics.first)
        #expect(diagnostic.message == message)
        #expect([diagnostic.line, diagnostic.column] == [7, 9])
    }

    @Test func `the text goes into the layer`() throws {
        let answer = try Builder().plan(request("hello"), .unobserved)
        #expect(answer.components == ["text": "hello"])
        #expect(answer.activation.set == ["@VARIABLE@_TEXT": "hello"])
        #expect(try Builder().plan(request("hello"), .unobserved) == answer)
    }
}
