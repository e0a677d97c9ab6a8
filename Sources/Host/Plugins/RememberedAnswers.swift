import FoundationEssentials

/// Answers of plugins and probes, kept while the question and the files they depend on stay as
/// they are, so that an unchanged project starts no process.
package struct RememberedAnswers: Sendable {
    private struct Record: Codable {
        var answer: JSONValue
        /// The files that the answer depends on; nil for one that was not there.
        var files: [String: FileStamp?]
        /// Nanoseconds since 1970, before the question was asked.
        var asked: Int64
    }

    let folder: String

    /// What a question is remembered under.
    static func key(
        plugin: [String], operation: String, request: JSONValue, environment: [String: String]
    ) -> String {
        Digest.of([
            "plugin": .array(plugin.map(JSONValue.string)), "operation": .string(operation), "request": request,
            "environment": .object(lasting(environment)),
        ])
    }

    /// The variables that an answer may depend on: all but those that differ from one terminal to
    /// the next.
    private static func lasting(_ environment: [String: String]) -> [String: JSONValue] {
        let fleeting: Set = ["_", "SHLVL", "PWD", "OLDPWD", "COLUMNS", "LINES", "WINDOWID", "STY", "DISPLAY"]
        return
            environment
            .filter { name, _ in
                !fleeting.contains(name) && !["SSH_", "TERM", "TMUX", "XDG_SESSION_"].contains { name.hasPrefix($0) }
            }
            .mapValues(JSONValue.string)
    }

    func answer(for key: String) -> JSONValue? {
        guard let data = try? Files.read(folder / key), let record = try? JSONDecoder().decode(Record.self, from: data)
        else { return nil }
        for (path, stamp) in record.files {
            let now = FileStamp(path: path)
            guard now == stamp, now.map({ !$0.isRacy(at: record.asked) }) ?? true else { return nil }
        }
        return record.answer
    }

    /// Remembers an answer with the files in its `files`.
    ///
    /// An answer that holds an error is remembered too: it stays true until a file changes.
    func remember(_ answer: JSONValue, for key: String, asked: Int64) {
        let paths = answer["files"]?.array?.compactMap(\.string) ?? []
        let record = Record(
            answer: answer, files: Dictionary(paths.map { ($0, FileStamp(path: $0)) }) { first, _ in first },
            asked: asked)
        guard let data = try? JSONEncoder().encode(record) else { return }
        // Forgetting costs only time.
        try? Files.makeFolder(folder)
        try? Files.replace(folder / key, with: data, durable: false)
    }
}
