import PluginKit

/// One command of `shell`, and where it stands.
struct Command: Sendable {
    /// The script, as the user wrote it.
    var text: String
    /// Its number among all of the list, from 1; nil for one that is no list.
    var number: Int?
    var place: Place?
    var givenTitle: String?
    /// nil where none are named: then nobody knows what it reads.
    var inputs: [NamedPath]?
    var outputs: [NamedPath] = []

    /// What messages call it.
    var name: String { number.map { "command \($0) of `shell`" } ?? "`shell`" }

    var isBlank: Bool { text.allSatisfy(\.isWhitespace) }

    var emptiness: Diagnostic {
        Diagnostic(.input, "\(name) is empty", at: place, hint: "remove it", severity: .warning)
    }

    func absence(of output: NamedPath) -> String { "\(name) did not make its output `\(output.text)`" }

    /// The title it was given, or the first line with something in it, cut where it would not fit
    /// beside a progress bar.
    var title: String {
        let lines = (givenTitle ?? text).split(whereSeparator: \.isNewline).map { $0.drop(while: \.isWhitespace) }
        let line = lines.first { !$0.isEmpty } ?? ""
        return line.count > 60 ? line.prefix(59) + "…" : String(line)
    }
}

extension Command {
    /// The commands of a request, those with nothing in them included.
    ///
    /// The host has held them against the schema: what does not fit it is refused, not reported.
    static func all(in request: BuilderRequest) throws -> [Command] {
        switch request.environment["shell"] {
        case nil, .null:
            return []
        case .string(let text):
            return [Command(text: text, place: request.place(of: "/shell"))]
        case .array(let items):
            return try items.enumerated().map { try Command($1, number: $0 + 1, in: request) }
        default:
            throw PluginError(.input, "`shell` is neither a string nor a list")
        }
    }

    private init(_ item: JSONValue, number: Int, in request: BuilderRequest) throws {
        let pointer = "/shell/\(number - 1)"
        self.number = number
        place = request.place(of: pointer)
        if let text = item.string {
            self.text = text
            return
        }
        text = item["run"]?.string ?? ""
        guard let members = item.object, members["run"]?.string != nil else {
            throw PluginError(.input, "\(name) is neither a string nor a mapping with `run`")
        }
        givenTitle = members["title"]?.string
        inputs = try Self.paths("inputs", of: members, name, at: pointer, in: request)
        outputs = try Self.paths("outputs", of: members, name, at: pointer, in: request) ?? []
    }

    private static func paths(
        _ key: String, of members: [String: JSONValue], _ name: String, at pointer: String, in request: BuilderRequest
    ) throws -> [NamedPath]? {
        guard let value = members[key] else { return nil }
        guard let items = value.array else { throw PluginError(.input, "`\(key)` of \(name) is not a list") }
        return try items.enumerated().map { index, item in
            guard let text = item.string, !text.isEmpty else {
                throw PluginError(.input, "`\(key)` of \(name) has an item that is not a path")
            }
            return NamedPath(text, in: request.project.root, at: request.place(of: "\(pointer)/\(key)/\(index)"))
        }
    }
}
