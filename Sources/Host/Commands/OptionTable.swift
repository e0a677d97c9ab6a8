import ArgumentParser
import FoundationEssentials

/// The options and arguments of a command, as its type declares them.
///
/// ArgumentParser has no other public way to ask for them than the JSON it makes for tools; that of
/// one command without subcommands takes a fraction of a millisecond.
package struct OptionTable: Sendable {
    package struct Option: Sendable, Equatable {
        /// With their dashes: `--json`, `-q`.
        package var names: [String]
        /// What the help calls its value; nil for a flag.
        package var valueName: String?
        /// The values that its type has; empty where it has no end of them.
        package var values: [String] = []
        /// Whether it may be given more than once.
        package var isRepeatable: Bool
        package var help: String
        /// Whether the help leaves it out.
        package var isHidden: Bool

        package var takesValue: Bool { valueName != nil }
    }

    /// What is given without a name.
    package struct Argument: Sendable, Equatable {
        package var valueName: String
        package var values: [String] = []
        package var isRepeatable: Bool
        package var help: String
        package var isHidden: Bool
    }

    /// In the order of their declaration, `--help` the last.
    package var options: [Option] = []
    package var arguments: [Argument] = []

    init(of command: any ParsableCommand.Type) {
        // ArgumentParser wrote it this very moment, in a format that has a version.
        guard let tool = try? JSONDecoder().decode(Tool.self, from: Data(command._dumpHelp().utf8)) else { return }
        for row in tool.command.arguments ?? [] {
            let valueName = row.valueName ?? "value"
            if row.kind == "positional" {
                arguments.append(
                    Argument(
                        valueName: valueName, values: row.allValues ?? [], isRepeatable: row.isRepeating,
                        help: row.abstract ?? "",
                        isHidden: !row.shouldDisplay))
            } else {
                options.append(
                    Option(
                        names: (row.names ?? []).map(\.text), valueName: row.kind == "option" ? valueName : nil,
                        values: row.allValues ?? [],
                        isRepeatable: row.isRepeating, help: row.abstract ?? "", isHidden: !row.shouldDisplay))
            }
        }
    }

    /// The names that the help shows.
    var visibleNames: [String] { options.filter { !$0.isHidden }.flatMap(\.names) }

    /// The option that a word names: `--name`, `--name=value` or `-n`.
    package func option(_ word: String) -> Option? {
        let name = word.hasPrefix("--") ? String(word.prefix { $0 != "=" }) : word
        return options.first { $0.names.contains(name) }
    }
}

/// The part of ArgumentParser's `ToolInfoV0` that is used here.
private struct Tool: Decodable {
    struct Command: Decodable {
        var arguments: [Row]?
    }

    struct Row: Decodable {
        var kind: String
        var shouldDisplay: Bool
        var isRepeating: Bool
        var names: [Name]?
        var valueName: String?
        var allValues: [String]?
        var abstract: String?
    }

    struct Name: Decodable {
        var kind: String
        var name: String

        var text: String { (kind == "long" ? "--" : "-") + name }
    }

    var command: Command
}
