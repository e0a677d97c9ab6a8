import FoundationEssentials
import PipRequirements
import PluginKit

/// What makes the virtual environment on a node: uv where there is one, or can be one, otherwise Python
/// itself.
struct Installer {
    enum Tool {
        /// A uv that is there.
        case uv(path: String, version: String)
        /// A uv that Python's own pip brings from the package index.
        case bringsUV
        case pip
    }

    /// Why nothing on the node can make a virtual environment, and the cure.
    struct Absence: Error {
        var message: String
        var hint: String
        var isOfKey = false
    }

    struct Python {
        var path: String
        var version: String
        /// The folder with the pip that Python brings along.
        var wheels: String?
        /// What of that folder an environment gets, as `pip==23.2.1`.
        var bundled: [String]
        /// Whether it belongs to a layer below, whose packages the environment then sees.
        var isBelow: Bool

        /// The option that lets an environment see what is below.
        var seeing: String { isBelow ? " --system-site-packages" : "" }
    }

    let tool: Tool
    /// The interpreter; nil where uv brings one.
    let python: Python?
    /// The version that is asked of uv, where it brings one.
    let wanted: String?
    let facts: [String: String]

    /// What uv makes environments of where there is no Python and nothing says which.
    private static let usualPython = "3.12"

    /// Chooses by the facts that the probe found on the node.
    static func choose(_ facts: [String: String], asked: String?) -> Result<Installer, Absence> {
        let uv =
            isTooOld(facts) ? nil : filled(facts["uv"]).map { Tool.uv(path: $0, version: facts["uv_version"] ?? "") }
        let python = filled(facts["python_executable"]).map {
            Python(
                path: $0, version: facts["python_version"] ?? "", wheels: filled(facts["python_wheels"]),
                bundled: (facts["python_bundled"] ?? "").split(separator: " ").map(String.init),
                isBelow: facts["python_below"] == "yes")
        }
        let managed = filled(facts["python_managed"])
        if let absence = absence(facts, asked: asked, python: python, hasUV: uv != nil, managed: managed) {
            return .failure(absence)
        }
        let canBring = facts["uv_requested"] == nil && python?.wheels != nil
        let tool = uv ?? (canBring ? .bringsUV : .pip)
        return .success(
            Installer(
                tool: tool, python: python, wanted: python == nil ? managed ?? usualPython : nil, facts: facts))
    }

    /// Whether the uv that is there cannot lock for every platform, as this plugin needs it.
    private static func isTooOld(_ facts: [String: String]) -> Bool {
        guard let version = filled(facts["uv_version"]).flatMap(PythonVersion.init) else { return false }
        return (version.major, version.minor) < (0, 5)
    }

    private static func filled(_ text: String?) -> String? { text.flatMap { $0.isEmpty ? nil : $0 } }

    private static func absence(
        _ facts: [String: String], asked: String?, python: Python?, hasUV: Bool, managed: String?
    ) -> Absence? {
        if let requested = filled(facts["uv_requested"]), requested != "no", facts["uv"] == nil {
            return Absence(
                message: "`RAY_UV` names `\(requested)`, which is no uv that runs",
                hint: "name a uv in `RAY_UV`, unset it, or set it to `no` to use pip")
        }
        if let python, python.version.prefix(while: { $0 != "." }) == "2" {
            let name = facts["python"] ?? python.path
            return asked == nil
                ? Absence(
                    message: "`\(name)` is Python \(python.version)",
                    hint: "put a Python 3 on PATH, or name one in `RAY_PYTHON`")
                : Absence(
                    message: "`\(name)` is Python \(python.version)", hint: "name a Python 3 here", isOfKey: true)
        }
        if python == nil, managed == nil, let absence = unfoundPython(facts, asked: asked) { return absence }
        if hasUV { return nil }
        guard python != nil else {
            return Absence(
                message: "there is neither Python nor uv",
                hint: "install Python 3 or uv, or name a Python in `RAY_PYTHON`")
        }
        guard facts["python_venv"] == "yes" else {
            let name = facts["python"] ?? "python3"
            return Absence(
                message: "`\(name)` cannot make virtual environments: its `venv` is not installed",
                hint: "`apt install python3-venv`, or install uv")
        }
        return nil
    }

    private static func unfoundPython(_ facts: [String: String], asked: String?) -> Absence? {
        let others = (facts["pythons"] ?? "").split(separator: " ").joined(separator: ", ")
        if let asked {
            let there = others.isEmpty ? "there is no other Python" : "there is Python \(others)"
            return PythonVersion(asked) != nil || Int(asked) != nil
                ? Absence(
                    message: "there is no Python \(asked): \(there)",
                    hint: others.isEmpty
                        ? "install it, or install uv, which brings any Python"
                        : "name one of these, or install uv, which brings any Python", isOfKey: true)
                : Absence(
                    message: "`\(asked)` is no Python that runs: \(there)",
                    hint: "name a version, as in `\"3.11\"`, or the path of a Python", isOfKey: true)
        }
        return filled(facts["python_requested"]).map {
            Absence(
                message: "`RAY_PYTHON` names `\($0)`, which is no Python that runs",
                hint: "name a Python 3 in `RAY_PYTHON`, or unset it")
        }
    }
}

extension Installer {
    /// The version and place of the interpreter that the environment will be of.
    var interpreter: String {
        python.map { "\($0.version) \($0.path)" } ?? "\(wanted ?? "") chosen by uv"
    }

    var version: PythonVersion? { PythonVersion(python?.version ?? wanted ?? "") }

    var markerValues: MarkerValues {
        MarkerValues(
            python: version, implementation: facts["python_implementation"] ?? "cpython", os: facts["os"],
            machine: facts["arch"])
    }

    /// What uses this tool, for the titles of steps.
    var toolName: String {
        switch tool {
        case .uv(_, let version): version.isEmpty ? "uv" : "uv \(version)"
        case .bringsUV: "uv"
        case .pip: "pip"
        }
    }

    var notes: [String] {
        if Installer.isTooOld(facts), let uv = facts["uv"], let version = facts["uv_version"] {
            let instead =
                if case .bringsUV = tool { "a newer one is brought from the package index" } else {
                    "using python -m venv and pip, which takes longer"
                }
            return ["`\(uv)` is uv \(version), which is older than 0.5: \(instead)"]
        }
        return switch tool {
        case .pip where facts["uv_requested"] == "no":
            ["`RAY_UV` is `no`: using python -m venv and pip, which takes longer"]
        case .pip: ["uv is not on PATH: using python -m venv and pip, which takes longer"]
        case .bringsUV: ["uv is not on PATH: it is brought from the package index"]
        case .uv(_, let version):
            python != nil
                ? []
                : [
                    facts["python_managed"].map { "there is no Python \($0): uv \(version) brings it" }
                        ?? "there is no Python on PATH: uv \(version) brings one"
                ]
        }
    }
}
