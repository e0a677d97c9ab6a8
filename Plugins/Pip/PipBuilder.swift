import FoundationEssentials
package import PluginKit

/// Builds the key `requirements` of `environment`: a virtual environment with what a requirements
/// file asks for.
package struct PipBuilder: EnvironmentBuilder {
    package static let id = "pip"
    package static let version = "1.0.0"

    private let variables: [String: String]

    package init() {
        self.init(variables: ProcessInfo.processInfo.environment)
    }

    /// A builder for which `${NAME}` stands for these variables.
    package init(variables: [String: String]) {
        self.variables = variables
    }

    package func check(_ request: BuilderRequest, _ call: Call) throws -> CheckAnswer {
        let requirements = try read(request).requirements
        return CheckAnswer(diagnostics: requirements.diagnostics, files: requirements.files)
    }

    package func plan(_ request: BuilderRequest, _ call: Call) throws -> PlanAnswer {
        let (path, requirements) = try read(request)
        var answer = PlanAnswer(diagnostics: requirements.diagnostics, files: requirements.files)
        guard !requirements.hasError else { return answer }
        let installer: Installer
        switch Installer.choose(request.facts) {
        case .success(let chosen):
            installer = chosen
        case .failure(let absence):
            answer.diagnostics.append(
                Diagnostic(
                    .toolMissing, absence.message, at: request.place(of: "/requirements"), hint: absence.hint))
            return answer
        }
        answer.components = components(of: requirements, request, installer)
        answer.inputs = requirements.inputs
        answer.steps = installer.steps(for: path, requirements)
        answer.activation = Activation(
            set: ["VIRTUAL_ENV": "${prefix}/venv"], prepend: ["PATH": "${prefix}/venv/bin"], unset: ["PYTHONHOME"])
        answer.verify = #""$RAY_LAYER/venv/bin/python" -I -c 'import sys; sys.exit(sys.prefix == sys.base_prefix)'"#
        answer.notes = installer.notes
        return answer
    }

    private func read(_ request: BuilderRequest) throws -> (path: String, requirements: Requirements) {
        guard let path = request.environment["requirements"]?.string else {
            throw PluginError(.input, "`requirements` is not the path of a file")
        }
        let requirements = RequirementsReader.read(
            path, in: request.project.root, place: request.place(of: "/requirements"), variables: variables)
        return (path, requirements)
    }

    /// What decides what is built.
    ///
    /// The installer does not: either makes the same thing for whoever uses it, and a uv that was
    /// installed since is no reason to build everything again.
    private func components(
        of requirements: Requirements, _ request: BuilderRequest, _ installer: Installer
    ) -> [String: String] {
        let facts = request.facts
        var components = [
            "requirements": requirements.lines.sorted().joined(separator: "\n"),
            "python": installer.interpreter,
            "platform": ["os", "arch", "libc"].compactMap { facts[$0] }.joined(separator: " "),
        ]
        let indexes = requirements.indexes + (facts["indexes"].map { [$0] } ?? [])
        if !indexes.isEmpty { components["indexes"] = indexes.joined(separator: "\n") }
        if !requirements.options.isEmpty { components["options"] = requirements.options.joined(separator: "\n") }
        if requirements.namesFolder { components["directory"] = request.project.nodeRoot ?? request.project.root }
        return components
    }
}
