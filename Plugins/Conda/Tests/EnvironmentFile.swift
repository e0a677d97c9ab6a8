import Conda
import PluginKit

/// A request with a document whose values stand in environment.yml, as a host makes it.
enum EnvironmentFile {
    static let file = "/home/u/p/environment.yml"
    static let facts = [
        "os": "linux", "arch": "x86_64", "libc": "glibc-2.36", "conda_tool": "/opt/conda/bin/conda",
        "conda_kind": "conda",
        "conda_requested": "", "conda_searched": "/home/u/miniforge3/bin",
    ]

    /// `dependencies`, each on a line of its own from line 10; the entries of `pip` follow from line 50.
    static func request(
        _ dependencies: [String], pip: [String] = [], channels: [String] = ["file:///c", "nodefaults"],
        facts: [String: String] = facts, other: [String: JSONValue] = [:], root: String = "/home/u/p"
    ) -> BuilderRequest {
        var document = other
        document["channels"] = .array(channels.map(JSONValue.string))
        var items = dependencies.map(JSONValue.string)
        var places = ["/conda": Place(file: file, line: 1, column: 1)]
        for index in dependencies.indices {
            places["/conda/dependencies/\(index)"] = Place(file: file, line: 10 + index, column: 5)
        }
        if !pip.isEmpty {
            for index in pip.indices {
                places["/conda/dependencies/\(items.count)/pip/\(index)"] = Place(
                    file: file, line: 50 + index, column: 7)
            }
            items.append(.object(["pip": .array(pip.map(JSONValue.string))]))
        }
        document["dependencies"] = .array(items)
        return BuilderRequest(
            environment: ["conda": .object(document)], places: places,
            project: Project(name: "p", root: root, nodeRoot: root), facts: facts)
    }
}

extension Diagnostic {
    /// As people read it, in short.
    var told: String {
        let position = line.map { ":\($0):\(column ?? 0)" } ?? ""
        return "[\(errorClass.rawValue)]\(position) \(message)" + (cause.map { "\ncause: \($0)" } ?? "")
            + (hint.map { "\nhint: \($0)" } ?? "")
    }
}
