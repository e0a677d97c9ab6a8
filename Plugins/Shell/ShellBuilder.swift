package import PluginKit

/// Builds the key `shell` of `environment`: commands that run in the project's folder.
package struct ShellBuilder: EnvironmentBuilder {
    package static let id = "shell"
    package static let version = "1.0.0"

    package init() {}

    package func check(_ request: BuilderRequest, _ call: Call) throws -> CheckAnswer {
        CheckAnswer(diagnostics: try commands(of: request).filter(\.isBlank).map(\.emptiness))
    }

    package func plan(_ request: BuilderRequest, _ call: Call) throws -> PlanAnswer {
        let all = try commands(of: request)
        let commands = all.filter { !$0.isBlank }
        var answer = PlanAnswer(diagnostics: all.filter(\.isBlank).map(\.emptiness))
        guard let directory = request.project.nodeRoot else {
            throw PluginError(.internal, "`project.node_root` is missing from the request")
        }
        answer.components = [
            "commands": commands.enumerated().map { "\($0 + 1): \($1.text)" }.joined(separator: "\n"),
            // What the commands do, they mostly do to the files of the project.
            "directory": directory,
        ]
        answer.steps = commands.map { Step(title: $0.title, script: $0.text, timeout: 3600) }
        if !commands.isEmpty {
            answer.notes = ["`shell` commands run again only when their text or a layer below them changes"]
        }
        return answer
    }

    private func commands(of request: BuilderRequest) throws -> [Command] {
        switch request.environment["shell"] {
        case nil, .null:
            return []
        case .string(let text):
            return [Command(text: text, name: "`shell`", place: request.place(of: "/shell"))]
        case .array(let items):
            return try items.enumerated().map { index, item in
                guard let text = item.string else {
                    throw PluginError(.input, "command \(index + 1) of `shell` is not a string")
                }
                return Command(
                    text: text, name: "command \(index + 1) of `shell`",
                    place: request.place(of: "/shell/\(index)"))
            }
        default:
            throw PluginError(.input, "`shell` is neither a string nor a list of strings")
        }
    }
}

/// One command, and where it stands.
private struct Command {
    var text: String
    var name: String
    var place: Place?

    var isBlank: Bool { text.allSatisfy(\.isWhitespace) }

    var emptiness: Diagnostic {
        Diagnostic(.input, "\(name) is empty", at: place, hint: "remove it", severity: .warning)
    }

    /// The first line with something in it, cut where it would not fit beside a progress bar.
    var title: String {
        let lines = text.split(whereSeparator: \.isNewline).map { $0.drop(while: \.isWhitespace) }
        let line = lines.first { !$0.isEmpty } ?? ""
        return line.count > 60 ? line.prefix(59) + "…" : String(line)
    }
}
