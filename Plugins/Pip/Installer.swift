import FoundationEssentials
import PluginKit

/// What makes the virtual environment on a node: uv where there is one, otherwise Python itself.
struct Installer {
    /// Why nothing on the node can make a virtual environment, and the cure.
    struct Absence: Error {
        var message: String
        var hint: String
    }

    private struct Tool {
        var path: String
        var version: String
    }

    private let uv: Tool?
    private let python: Tool?
    /// The folder with the pip that Python brings along.
    private let wheels: String?

    /// Chooses by the facts that the probe found on the node.
    static func choose(_ facts: [String: String]) -> Result<Installer, Absence> {
        let installer = Installer(
            uv: tool(facts, "uv", "uv_version"), python: tool(facts, "python_executable", "python_version"),
            wheels: facts["python_wheels"].flatMap { $0.isEmpty ? nil : $0 })
        if let python = installer.python, python.version.prefix(while: { $0 != "." }) == "2" {
            return .failure(
                Absence(
                    message: "`\(facts["python"] ?? python.path)` is Python \(python.version)",
                    hint: "put a Python 3 on PATH, or name one in `RAY_PYTHON`"))
        }
        if let requested = facts["python_requested"], !requested.isEmpty, installer.python == nil {
            return .failure(
                Absence(
                    message: "`RAY_PYTHON` names `\(requested)`, which is no Python that runs",
                    hint: "name a Python 3 in `RAY_PYTHON`, or unset it"))
        }
        if installer.uv != nil { return .success(installer) }
        guard installer.python != nil else {
            return .failure(
                Absence(
                    message: "there is neither Python nor uv",
                    hint: "install Python 3 or uv, or name a Python in `RAY_PYTHON`"))
        }
        guard facts["python_venv"] == "yes" else {
            let name = facts["python"] ?? "python3"
            return .failure(
                Absence(
                    message: "`\(name)` cannot make virtual environments: its `venv` is not installed",
                    hint: "`apt install python3-venv`, or install uv"))
        }
        return .success(installer)
    }

    private static func tool(_ facts: [String: String], _ path: String, _ version: String) -> Tool? {
        guard let path = facts[path], !path.isEmpty else { return nil }
        return Tool(path: path, version: facts[version] ?? "")
    }

    /// The version and place of the interpreter that the environment will be of.
    var interpreter: String {
        python.map { "\($0.version) \($0.path)" } ?? "chosen by uv"
    }

    var notes: [String] {
        guard let uv else { return ["uv is not on PATH: using python -m venv and pip, which takes longer"] }
        return python == nil ? ["there is no Python on PATH: uv \(uv.version) brings one"] : []
    }

    func steps(for path: String, _ requirements: Requirements) -> [Step] {
        let version = (uv?.version).map { $0.isEmpty ? "uv" : "uv \($0)" }
        let what = requirements.count == 1 ? "1 requirement" : "\(requirements.count) requirements"
        // A path that begins with a hyphen would be taken for an option.
        let file = (path.hasPrefix("-") ? "./\(path)" : path).shellQuoted
        let scripts =
            uv.map { UVScript(uv: $0.path, python: python?.path, pythonVersion: python?.version, wheels: wheels) }
            .map { ($0.creation, $0.installation(of: file, translatesIndex: !requirements.choosesIndex)) }
            ?? (PipScript.creation(python?.path ?? "python3"), PipScript.installation(of: file))
        return [
            Step(title: "create the virtual environment with \(version ?? "venv")", script: scripts.0, timeout: 300),
            Step(title: "install \(what) with \(version ?? "pip")", script: scripts.1, timeout: 3600),
        ]
    }
}
