import FoundationEssentials
import Pip
import PluginKit

/// A folder with files, that is there for as long as this value is.
final class ProjectFolder {
    let root: URL

    init(_ files: [String: String]) throws {
        root = FileManager.default.temporaryDirectory.appending(path: "pip-tests-\(UUID().uuidString)")
        for (name, text) in files { try write(text, to: name) }
    }

    func write(_ text: String, to name: String) throws {
        let file = root.appending(path: name)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }

    deinit {
        try? FileManager.default.removeItem(at: root)
    }

    func path(_ name: String) -> String { root.appending(path: name).path }

    /// Where `requirements:` stands in the project file.
    var place: Place { Place(file: path("project.yaml"), line: 3, column: 17) }

    /// Where `python:` stands in the project file.
    var pythonPlace: Place { Place(file: path("project.yaml"), line: 4, column: 11) }

    func request(_ requirements: String, facts: [String: String] = [:]) -> BuilderRequest {
        BuilderRequest(
            environment: ["requirements": .string(requirements)], places: ["/requirements": place],
            project: Project(name: "p", root: root.path, nodeRoot: "/home/u/p"), facts: facts)
    }

    func check(_ requirements: String = "r.txt", variables: [String: String] = [:]) throws -> CheckAnswer {
        try PipBuilder(variables: variables).check(request(requirements), .unobserved)
    }

    func plan(
        _ requirements: String = "r.txt", facts: [String: String] = ProjectFolder.uvFacts,
        variables: [String: String] = [:]
    ) throws -> PlanAnswer {
        try PipBuilder(variables: variables).plan(request(requirements, facts: facts), .unobserved)
    }

    static let pipFacts = [
        "os": "linux", "arch": "x86_64", "libc": "glibc-2.36", "python": "/usr/bin/python3",
        "python_executable": "/usr/bin/python3.11", "python_version": "3.11.2", "python_venv": "yes",
        "python_wheels": "/usr/share/python-wheels", "python_bundled": "pip==23.0.1 setuptools==66.1.1",
        "python_requested": "", "uv_requested": "no",
    ]
    static let uvFacts = pipFacts.merging(["uv": "/opt/uv", "uv_version": "0.13.9", "uv_requested": ""]) { $1 }
}
