import FoundationEssentials
import PipRequirements
package import PluginKit

/// Builds the keys `requirements` and `python` of `environment`: a virtual environment with what a
/// requirements file asks for.
package struct PipBuilder: LockingBuilder, ExplainingBuilder {
    package static let id = "pip"
    package static let version = "1.1.0"

    let variables: [String: String]

    package init() {
        self.init(variables: ProcessInfo.processInfo.environment)
    }

    /// A builder for which `${NAME}` stands for these variables.
    package init(variables: [String: String]) {
        self.variables = variables
    }

    package func check(_ request: BuilderRequest, _ call: Call) throws -> CheckAnswer {
        let asked = try read(request)
        var answer = CheckAnswer(diagnostics: asked.requirements.diagnostics, files: asked.requirements.files)
        // A path is looked at on the node, where it may be another.
        if let python = asked.python, python.contains("."), !python.contains("/"),
            python.allSatisfy({ $0.isNumber || $0 == "." }),
            PythonVersion(python) == nil
        {
            answer.diagnostics.append(
                Diagnostic(
                    .input, "`\(python)` is no version of Python", at: request.place(of: "/python"),
                    hint: "write it as in `\"3.11\"` or `\"3.11.7\"`"))
        }
        return answer
    }

    /// What the project asks for.
    struct Asked {
        /// The path of the requirements file; nil where only a Python is asked for.
        var path: String?
        /// The version or path of the Python.
        var python: String?
        var requirements: Requirements
    }

    func read(_ request: BuilderRequest) throws -> Asked {
        if let value = request.environment["python"], value.string == nil {
            throw PluginError(.input, "`python` is neither a version in quotes nor a path")
        }
        let python = request.environment["python"]?.string
        guard let value = request.environment["requirements"] else {
            return Asked(python: python, requirements: Requirements())
        }
        guard let path = value.string else {
            throw PluginError(.input, "`requirements` is not the path of a file")
        }
        let requirements = RequirementsReader.read(
            path, in: request.project.root, place: request.place(of: "/requirements"), variables: variables)
        return Asked(path: path, python: python, requirements: requirements)
    }

    /// The installer for the node, or what is wrong with the node.
    func installer(for asked: Asked, _ request: BuilderRequest) -> Result<Installer, Refusal> {
        var facts = request.facts
        // Without layers below, a Python that is active is the user's own.
        if request.layers.isEmpty { facts["python_below"] = nil }
        return Installer.choose(facts, asked: asked.python).mapError { absence in
            let key = absence.isOfKey || asked.path == nil ? "/python" : "/requirements"
            return Refusal(
                diagnostic: Diagnostic(.toolMissing, absence.message, at: request.place(of: key), hint: absence.hint))
        }
    }

    struct Refusal: Error {
        var diagnostic: Diagnostic
    }

    /// What of pip's settings and of the files decides where packages come from, credentials taken off.
    func indexes(of asked: Asked, _ request: BuilderRequest) -> [String] {
        let outside = LinkFolder.all(in: asked.requirements, root: request.project.root).filter { !$0.isInside }
        return asked.requirements.indexes + (request.facts["indexes"].map { [$0] } ?? []) + outside.flatMap(\.listing)
    }

    /// The names of the variables that may hold a password.
    func secrets(of asked: Asked, _ request: BuilderRequest) -> [String] {
        let ofNode = (request.facts["secrets"] ?? "").split(separator: " ").map(String.init)
        return asked.requirements.secrets + ofNode.filter { !asked.requirements.secrets.contains($0) }
    }
}

extension Installer {
    /// The shell's word for uv; nil where only pip is used.
    var program: String? {
        switch tool {
        case .uv(let path, _): path.shellQuoted
        case .bringsUV: "\"$RAY_CACHE/bin/uv\""
        case .pip: nil
        }
    }

    /// What has to be done before uv can be used.
    var preparation: [Step] {
        guard case .bringsUV = tool, let python else { return [] }
        return [Step(title: "bring uv from the package index", script: BringingUV.script(python), timeout: 300)]
    }

    /// The script of the tool that there is, or that there will be when it runs.
    func script(uv: (UVScript) -> String, pip: (PipScript) -> String) -> String {
        let first = program.map { uv(UVScript(program: $0, installer: self)) }
        let second = python.map { pip(PipScript(python: $0)) }
        if case .bringsUV = tool, let first, let second { return BringingUV.choice(first, second) }
        return first ?? second ?? ""
    }
}
