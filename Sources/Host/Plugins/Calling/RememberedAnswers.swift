import FoundationEssentials

/// Answers of plugins and probes, kept while the question and the files they depend on stay as
/// they are, so that an unchanged project starts no process.
package struct RememberedAnswers: Sendable {
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
        guard let data = Files.readOwn(folder / key), let record = RememberedAnswer(data), record.isStillTrue else {
            return nil
        }
        return try? JSONValue(parsing: record.answer)
    }

    /// Remembers an answer with the files in its `files`.
    ///
    /// An answer that holds an error is remembered too: it stays true until a file changes. One that holds a name and
    /// a password is not: they are where the user has put them, and nowhere else.
    func remember(_ answer: JSONValue, for key: String, asked: Int64) {
        let paths = answer["files"]?.array?.compactMap(\.string) ?? []
        let text = answer.canonical
        guard !Redaction.finds(credentialsIn: String(decoding: text, as: UTF8.self)) else { return }
        let record = RememberedAnswer(answer: text, paths: paths, asked: asked)
        // A name that cannot be written in one line is so rare that nothing is remembered.
        guard !paths.contains(where: { $0.contains("\n") }) else { return }
        Files.writeOwn(folder / key, record.data)
    }
}

/// An answer and the stamps of the files that it depends on.
///
/// As text: when it was asked, the answer, and a line for each file. This is read on every call of
/// the program, and decoding as much JSON would take longer than all the rest.
private struct RememberedAnswer {
    var answer: Data
    /// nil for a file that was not there.
    var files: [(path: String, stamp: FileStamp?)]
    /// Nanoseconds since 1970, before the question was asked.
    var asked: Int64

    init(answer: Data, paths: [String], asked: Int64) {
        self.answer = answer
        self.asked = asked
        files = Set(paths).sorted().map { ($0, FileStamp(path: $0)) }
    }

    init?(_ data: Data) {
        let lines = data.split(separator: UInt8(ascii: "\n"))
        guard lines.count >= 2, let asked = Int64(String(decoding: lines[0], as: UTF8.self)) else { return nil }
        self.asked = asked
        answer = lines[1]
        files = []
        for line in lines.dropFirst(2) {
            let text = String(decoding: line, as: UTF8.self)
            guard let space = text.firstIndex(of: " ") else { return nil }
            let (stamp, path) = (text[..<space], String(text[text.index(after: space)...]))
            if stamp == "-" {
                files.append((path, nil))
            } else if let stamp = FileStamp(text: stamp) {
                files.append((path, stamp))
            } else {
                return nil
            }
        }
    }

    var data: Data {
        let lines = files.map { "\($0.stamp?.text ?? "-") \($0.path)\n" }
        return Data("\(asked)\n".utf8) + answer + Data(("\n" + lines.joined()).utf8)
    }

    var isStillTrue: Bool {
        files.allSatisfy { path, stamp in
            let now = FileStamp(path: path)
            return now == stamp && now.map { !$0.isRacy(at: asked) } ?? true
        }
    }
}
