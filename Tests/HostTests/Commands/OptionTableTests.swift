import ArgumentParser
import Testing

@testable import Host

@Suite struct OptionTableTests {
    private struct Sample: ParsableCommand {
        struct Shared: ParsableArguments {
            @Option(name: .customLong("folder-path"), help: ArgumentHelp("Look here.", valueName: "folder"))
            var paths: [String] = []
        }

        enum Action: String, CaseIterable, ExpressibleByArgument { case stop, terminate }

        @OptionGroup var shared: Shared
        @Flag(name: [.short, .long], help: "Say less.") var quiet = false
        @Option(help: ArgumentHelp("The same.", visibility: .hidden)) var name: String?
        @Option(help: "What to do.") var action: Action?
        @Argument(parsing: .allUnrecognized, help: ArgumentHelp("What to run.", valueName: "command"))
        var words: [String] = []
    }

    private let table = OptionTable(of: Sample.self)

    @Test func `options are those of the type and its groups, in their order, with their help`() {
        #expect(
            table.options == [
                .init(
                    names: ["--folder-path"], valueName: "folder", isRepeatable: true, help: "Look here.",
                    isHidden: false),
                .init(
                    names: ["-q", "--quiet"], valueName: nil, isRepeatable: false, help: "Say less.", isHidden: false),
                .init(names: ["--name"], valueName: "name", isRepeatable: false, help: "The same.", isHidden: true),
                .init(
                    names: ["--action"], valueName: "action", values: ["stop", "terminate"], isRepeatable: false,
                    help: "What to do.", isHidden: false),
                .init(
                    names: ["-h", "--help"], valueName: nil, isRepeatable: false, help: "Show help information.",
                    isHidden: false),
            ])
        #expect(
            table.arguments == [
                .init(valueName: "command", isRepeatable: true, help: "What to run.", isHidden: false)
            ])
    }

    @Test(arguments: [
        ("--quiet", "-q"), ("-q", "-q"), ("--folder-path=/x y", "--folder-path"), ("--name", "--name"),
    ])
    func `a word names an option by any of its names, with a value attached or not`(word: String, first: String) {
        #expect(table.option(word)?.names.first == first)
    }

    @Test(arguments: ["quiet", "--quie", "-", "--", "", "-qx"])
    func `other words name none`(word: String) {
        #expect(table.option(word) == nil)
    }
}
