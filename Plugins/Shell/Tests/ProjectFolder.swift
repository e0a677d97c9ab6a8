import FoundationEssentials
import PluginKit
import Shell

/// A folder with files, that is there for as long as this value is.
final class ProjectFolder {
    let root: String

    init(_ files: [String]) throws {
        root = FileManager.default.temporaryDirectory.appending(path: "shell-tests-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
        for name in files { try write(name) }
    }

    deinit {
        try? FileManager.default.removeItem(atPath: root)
    }

    func path(_ name: String) -> String { "\(root)/\(name)" }

    func write(_ name: String, _ text: String = "x") throws {
        let file = URL(filePath: path(name))
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }

    func link(_ name: String, to target: String) throws {
        try FileManager.default.createSymbolicLink(atPath: path(name), withDestinationPath: target)
    }

    /// A command that reads and makes these.
    static func command(_ inputs: [String]?, outputs: [String] = [], run: String = "make") -> JSONValue {
        var members: [String: JSONValue] = ["run": .string(run)]
        members["inputs"] = inputs.map { .array($0.map(JSONValue.string)) }
        if !outputs.isEmpty { members["outputs"] = .array(outputs.map(JSONValue.string)) }
        return .object(members)
    }

    /// Item I of list K of command C stands in line 10 C, column 10 K + I, where K is 1 for inputs.
    func request(_ shell: JSONValue) -> BuilderRequest {
        var places = ["/shell": Place(file: path("project.yaml"), line: 5, column: 1)]
        for (number, item) in (shell.array ?? []).enumerated() {
            places["/shell/\(number)"] = place(number + 1, 0)
            for (key, list) in [("inputs", 1), ("outputs", 2)] {
                for index in (item[key]?.array ?? []).indices {
                    places["/shell/\(number)/\(key)/\(index)"] = place(number + 1, list * 10 + index)
                }
            }
        }
        return BuilderRequest(
            environment: ["shell": shell], places: places,
            project: Project(name: "p", root: root, nodeRoot: "/home/u/p"))
    }

    func place(_ command: Int, _ column: Int) -> Place {
        Place(file: path("project.yaml"), line: command * 10, column: column)
    }

    func check(_ shell: JSONValue, maximumInputs: Int = 1000) throws -> CheckAnswer {
        try ShellBuilder(maximumInputs: maximumInputs).check(request(shell), .unobserved)
    }

    func plan(_ shell: JSONValue) throws -> PlanAnswer {
        try ShellBuilder().plan(request(shell), .unobserved)
    }

    /// The names of the inputs of one command that is asked with these.
    func names(_ inputs: String...) throws -> String? {
        let answer = try plan([Self.command(inputs)])
        return answer.diagnostics.isEmpty ? answer.components["inputs of command 1"] ?? "" : nil
    }

    /// What is wrong, one line each: its place, its sentence and its hint.
    func problems(_ shell: JSONValue, maximumInputs: Int = 1000) throws -> [String] {
        let answer = try check(shell, maximumInputs: maximumInputs)
        return answer.diagnostics.map { problem in
            let cause = problem.cause.map { " {\($0)}" } ?? ""
            let hint = problem.hint.map { " (\($0))" } ?? ""
            return "\(problem.line ?? 0):\(problem.column ?? 0): \(problem.message)\(cause)\(hint)"
                .replacing(root, with: "ROOT")
        }
    }
}
