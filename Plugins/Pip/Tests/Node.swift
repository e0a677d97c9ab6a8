import FoundationEssentials
import Pip
import PluginKit

/// A machine with a project, on which answers of the builder are carried out as a host does it.
final class Node {
    /// The real uv to test with; nil where there is none.
    static let uv = ProcessInfo.processInfo.environment["RAY_TEST_UV"]

    let project: ProjectFolder
    /// What is outside of the project: caches, layers, homes.
    let place: ProjectFolder
    var variables: [String: String]
    var environment: [String: JSONValue]
    private(set) var layers = 0

    init(
        _ files: [String: String], variables: [String: String] = [:],
        environment: [String: JSONValue] = ["requirements": "r.txt"]
    ) throws {
        project = try ProjectFolder(files)
        place = try ProjectFolder(["home/x": "", "tmp/x": ""])
        self.environment = environment
        let own = ProcessInfo.processInfo.environment
        self.variables = own.filter { name, _ in
            name.hasSuffix("_PROXY") || name.hasSuffix("_proxy") || name.hasPrefix("SSL_CERT")
                || name.hasSuffix("_CA_BUNDLE") || ["PIP_CERT", "PIP_INDEX_URL", "UV_DEFAULT_INDEX"].contains(name)
        }
        self.variables["PATH"] = own["PATH"]
        self.variables["HOME"] = place.path("home")
        self.variables["PYENV_ROOT"] = own["PYENV_ROOT"] ?? own["HOME"].map { "\($0)/.pyenv" }
        self.variables["PIP_CONFIG_FILE"] = "/dev/null"
        self.variables["RAY_UV"] = Node.uv
        self.variables["RAY_CACHE"] = place.path("cache")
        self.variables["UV_CACHE_DIR"] = own["RAY_TEST_UV_CACHE"]
        self.variables.merge(variables) { $1 }
    }

    /// The facts that the probe of the manifest prints.
    func facts(shell: [String] = ["/bin/sh"]) throws -> [String: String] {
        var variables = variables
        for (key, value) in environment { variables["RAY_KEY_\(key)"] = value.string }
        let run = try ScriptRun(Probe.script(), shell: shell, in: project.root.path, variables: variables)
        var facts = ["os": "linux", "arch": "x86_64", "libc": "glibc-2.36"]
        for line in run.output.split(separator: "\n") where !line.hasPrefix("depends=") {
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2, facts[String(parts[0])] == nil { facts[String(parts[0])] = String(parts[1]) }
        }
        return facts
    }

    func request(_ facts: [String: String]? = nil) throws -> BuilderRequest {
        var request = BuilderRequest(
            environment: environment, places: ["/requirements": project.place, "/python": project.pythonPlace],
            project: Project(name: "p", root: project.root.path, nodeRoot: project.root.path))
        request.facts = try facts ?? self.facts()
        return request
    }

    var builder: PipBuilder { PipBuilder(variables: variables) }

    /// What is left of the steps: their last status, all they printed, the files they wrote.
    struct Outcome {
        var status: Int32 = 0
        var output = ""
        var notes = ""
        var step = 0
        var layer = ""
        var lock = ""

        var python: String { "\(layer)/venv/bin/python" }
    }

    func run(_ steps: [Step], lock: String = "", extra: [String: String] = [:], shell: [String] = ["/bin/sh", "-e"])
        throws -> Outcome
    {
        layers += 1
        var outcome = Outcome(layer: place.path("layer\(layers)"))
        let temporary = place.path("tmp/\(layers)")
        for folder in [outcome.layer, temporary, place.path("cache")] {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        }
        let lockFile = "\(temporary)/the.lock"
        let notes = "\(temporary)/notes"
        try Data(lock.utf8).write(to: URL(filePath: lockFile))
        var variables = variables
        variables["RAY_LAYER"] = outcome.layer
        variables["TMPDIR"] = temporary
        variables["RAY_LOCK"] = lockFile
        variables["RAY_NOTES"] = notes
        variables.merge(extra) { $1 }
        for (index, step) in steps.enumerated() where outcome.status == 0 {
            let run = try ScriptRun(step.script, shell: shell, in: project.root.path, variables: variables)
            outcome.status = run.status
            outcome.output += run.output
            outcome.step = index
        }
        outcome.lock = (try? String(contentsOf: URL(filePath: lockFile), encoding: .utf8)) ?? ""
        outcome.notes = (try? String(contentsOf: URL(filePath: notes), encoding: .utf8)) ?? ""
        return outcome
    }

    /// What the project locks.
    func lock(_ old: String = "", upgrade: Upgrade? = nil) throws -> Outcome {
        var request = try request()
        if !old.isEmpty { request.lock = lockValue(old) }
        request.upgrade = upgrade
        return try run(try builder.lock(request, .unobserved).steps, lock: old)
    }

    func lockValue(_ text: String) -> Lock {
        Lock(text: text, place: Place(file: project.path("environment.lock"), line: 10))
    }

    func plan(_ lock: String? = nil, facts: [String: String]? = nil) throws -> PlanAnswer {
        var request = try request(facts)
        request.lock = lock.map(lockValue)
        return try builder.plan(request, .unobserved)
    }

    /// What the Python of a layer prints.
    func python(_ outcome: Outcome, _ code: String) throws -> String {
        let command = "\"\(outcome.python)\" -I -B - <<'CODE'\n\(code)\nCODE\n"
        return try ScriptRun(command, in: project.root.path, variables: variables).output
    }
}

/// The probe of the manifest, as it is.
enum Probe {
    static func script() throws -> String {
        let manifest = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "plugin.yaml")
        let lines = try String(contentsOf: manifest, encoding: .utf8).split(
            separator: "\n", omittingEmptySubsequences: false)
        let body = lines.drop { $0 != "probe: |" }.dropFirst().prefix { $0.isEmpty || $0.hasPrefix("  ") }
        return body.map { $0.dropFirst(2) }.joined(separator: "\n") + "\n"
    }
}
