import FoundationEssentials
import Host
import Testing

/// The cases that a host of plugins is measured by, and where each is tested.
@Suite struct PluginFaultCoverageTests {
    private struct Case {
        var number: Int
        var title: String
        /// Names of faulty fixtures that PluginFault.all runs, or that the test of those that answer does.
        var fixtures: [String] = []
        /// Names of tests.
        var tests: [String] = []
    }

    private static let damaged = "a damaged library is refused in ray's own words"
    private static let inside = "inside ray a plugin that answers wrongly costs no more"

    private static let cases = [
        Case(number: 1, title: "no entry symbol", fixtures: ["no-entry"]),
        Case(number: 2, title: "wrong magic", fixtures: ["wrong-table"]),
        Case(number: 3, title: "newer major version", fixtures: ["newer-major"]),
        Case(number: 4, title: "newer minor version, new argument", fixtures: ["needs-newer", "likes-newer"]),
        Case(number: 5, title: "size smaller or larger than known", fixtures: ["small-table", "large-table"]),
        Case(number: 6, title: "another machine", tests: [damaged]),
        Case(number: 7, title: "32 bits", tests: [damaged]),
        Case(number: 8, title: "text", tests: [damaged]),
        Case(number: 9, title: "cut off", tests: ["a library that is cut off anywhere is refused before it is mapped"]),
        Case(number: 10, title: "undefined symbols", fixtures: ["undefined"]),
        Case(
            number: 11, title: "missing library",
            tests: ["a library that needs another which is not there is told apart"]),
        Case(number: 12, title: "constructor crashes", fixtures: ["crashes-loading"]),
        Case(number: 13, title: "constructor exits", fixtures: ["exits-loading"]),
        Case(number: 14, title: "constructor hangs", fixtures: ["hangs-loading"]),
        Case(number: 15, title: "abort", fixtures: ["aborts"]),
        // Only a handler inside the helper could tell these two apart, and it would be the plugin's to replace.
        Case(number: 16, title: "segfault, stack overflow", fixtures: ["segfaults", "overflows"]),
        Case(number: 17, title: "double free", fixtures: ["frees-twice"]),
        Case(number: 18, title: "exit with success", fixtures: ["exits"]),
        Case(number: 19, title: "deaf to SIGTERM", fixtures: ["hangs"]),
        Case(
            number: 20, title: "exceptions, traps, panics", fixtures: ["traps"],
            tests: ["what another language says at its end is told"]),
        Case(
            number: 21, title: "prints", fixtures: ["chats", "prints"], tests: ["what a plugin prints goes to its log"]),
        Case(number: 22, title: "garbage", fixtures: ["garbage"], tests: [inside]),
        Case(
            number: 23, title: "endless answers and logs", fixtures: ["huge", "logs-forever", "logs-much"],
            tests: [inside]),
        Case(number: 24, title: "changes its process", fixtures: ["changes-state"]),
        Case(
            number: 25, title: "leaks", tests: ["a plugin that leaks comes to its own end, and is begun anew"]),
        Case(number: 26, title: "threads, and stops that hang", fixtures: ["leaves-worker", "hangs-stopping"]),
        Case(
            number: 27, title: "forged answers and handles", fixtures: ["wrong-call"],
            tests: [
                "a second answer to one call is not taken for one to the next",
                "what a plugin was lent for a call serves nobody after it",
            ]),
        Case(
            number: 28, title: "children with the socket", fixtures: ["forks", "forks-answers"],
            tests: ["children of a plugin end with it"]),
        Case(number: 29, title: "writable by others", tests: ["a plugin that others can change is refused"]),
        Case(
            number: 30, title: "swapped after the check",
            tests: [
                "a library that is replaced after it was judged is not loaded",
                "a library that is replaced all the time runs only where it is the allowed one",
            ]),
        Case(number: 31, title: "manifest and library disagree", fixtures: ["mismatched", "reordered", "mistyped"]),
        Case(
            number: 32, title: "two exports of one name",
            tests: [
                "two plugins that export the same name each call their own",
                "inside ray each of two plugins calls its own function of one name",
            ]),
        Case(
            number: 33, title: "two libraries of one name",
            tests: ["two plugins with a library of the same name each bring none"]),
        Case(
            number: 34, title: "manifest bombs",
            tests: ["a manifest that is a bomb is refused, and its neighbour found"]),
        Case(number: 35, title: "no helper", tests: ["without a helper that runs, no plugin is loaded"]),
        Case(
            number: 36, title: "cancels and killed hosts",
            tests: [
                "a cancel that meets the answer leaves exactly one of them",
                "a plugin and its children end with a host that is killed",
            ]),
    ]

    @Test func `every case has a test that exists`() throws {
        #expect(Self.cases.map(\.number) == Array(1...36))
        let folder = #filePath.parentPath
        let sources = try Files.names(in: folder).filter { $0.hasPrefix("PluginFault") && !$0.contains("Coverage") }
            .map { String(decoding: try Files.read(folder / $0) ?? Data(), as: UTF8.self) }.joined()
        let run = Set(PluginFault.all.map(\.plugin)).union(PluginFaultTests.answering)
        for item in Self.cases {
            #expect(!item.fixtures.isEmpty || !item.tests.isEmpty, "\(item.number): \(item.title)")
            for fixture in item.fixtures { #expect(run.contains(fixture), "\(item.number): \(fixture)") }
            for test in item.tests { #expect(sources.contains("func `\(test)`("), "\(item.number): \(test)") }
        }
        let named = Set(Self.cases.flatMap(\.fixtures))
        #expect(run.subtracting(named) == ["failing"], "what fails as it should is no fault")
    }
}
