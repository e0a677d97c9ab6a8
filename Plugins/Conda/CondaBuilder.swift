import FoundationEssentials
import PipRequirements
package import PluginKit

/// Builds the key `conda` of `environment`: a conda environment, made by the conda, mamba or micromamba of the node.
package struct CondaBuilder: LockingBuilder, ExplainingBuilder {
    package static let id = "conda"
    package static let version = "1.0.0"

    let variables: [String: String]

    package init() {
        self.init(variables: ProcessInfo.processInfo.environment)
    }

    /// A builder for which `${NAME}` in requirements of pip stands for these variables.
    package init(variables: [String: String]) {
        self.variables = variables
    }

    package func check(_ request: BuilderRequest, _ call: Call) throws -> CheckAnswer {
        guard let document = EnvironmentDocument(request, variables: variables) else { return CheckAnswer() }
        return CheckAnswer(diagnostics: document.diagnostics, files: document.requirements.files)
    }

    package func lock(_ request: BuilderRequest, _ call: Call) throws -> LockAnswer {
        var answer = LockAnswer()
        guard let document = EnvironmentDocument(request, variables: variables) else { return answer }
        answer.diagnostics = document.diagnostics
        answer.files = document.requirements.files
        guard !document.hasError else { return answer }
        guard let tool = CondaTool(request.facts) else {
            answer.diagnostics.append(CondaTool.absence(request))
            return answer
        }
        answer.basis = components(of: document, request)
        answer.basis["variables"] = nil
        document.requirements.add(to: &answer, root: request.project.root)
        answer.secrets = document.requirements.secrets
        let old = request.lock.map(CondaLock.init)
        answer.diagnostics += unknown(request.upgrade?.names ?? [], document, old)
        guard !answer.diagnostics.contains(where: { $0.severity == .error }) else { return answer }
        answer.unreadable = !(old?.diagnostics.isEmpty ?? true)
        if answer.unreadable {
            answer.notes.append("the lock that there was cannot be read: everything is resolved anew")
        } else if request.upgrade?.names.isEmpty == false {
            answer.notes.append("\(tool.kind) resolves everything anew, not only what is named")
        }
        let script = CondaScript(tool: tool, platform: platform(request))
        answer.steps = script.locking(document, title: "resolve \(count(document)) with \(tool.kind)")
        for index in answer.steps.indices { answer.steps[index].place = request.place(of: "/conda") }
        return answer
    }

    package func plan(_ request: BuilderRequest, _ call: Call) throws -> PlanAnswer {
        guard let document = EnvironmentDocument(request, variables: variables) else { return planExisting(request) }
        var answer = PlanAnswer(diagnostics: document.diagnostics, files: document.requirements.files)
        guard !document.hasError else { return answer }
        guard let tool = CondaTool(request.facts) else {
            answer.diagnostics.append(CondaTool.absence(request))
            return answer
        }
        let script = CondaScript(tool: tool, platform: platform(request))
        let lock = request.lock.map(CondaLock.init)
        answer.diagnostics += lock?.diagnostics ?? []
        guard !answer.diagnostics.contains(where: { $0.severity == .error }) else { return answer }
        if let lock, lock.platform == platform(request) {
            fill(&answer, lock, document, script)
        } else {
            fill(&answer, document, request, script)
            if let lock {
                answer.notReproducible.append(
                    "the lock is for \(lock.platform): on \(platform(request)) everything is resolved anew")
            }
        }
        answer.components["platform"] = ["os", "arch", "libc"].compactMap { request.facts[$0] }.joined(separator: " ")
        document.requirements.add(to: &answer)
        document.requirements.addLinked(to: &answer, root: request.project.root)
        if !document.requirements.folders.isEmpty { answer.components["directory"] = document.folder.remote }
        answer.secrets = document.requirements.secrets
        answer.volatile = ["__pycache__"]
        answer.activation = Activation(
            set: document.variables.merging(
                [
                    "CONDA_PREFIX": "${prefix}/env", "CONDA_DEFAULT_ENV": request.project.name, "CONDA_SHLVL": "1",
                    "PYTHONNOUSERSITE": "1",
                ]
            ) { $1 },
            prepend: ["PATH": "${prefix}/env/bin"], unset: ["PYTHONHOME", "VIRTUAL_ENV"],
            file: "${prefix}/activation")
        if !document.unused.isEmpty {
            let keys = document.unused.map { "`\($0)`" }.joined(separator: " and ")
            answer.notes = ["\(keys) of the environment's file \(document.unused.count == 1 ? "is" : "are") not used"]
        }
        return answer
    }

    /// What is resolved when it is built.
    private func fill(
        _ answer: inout PlanAnswer, _ document: EnvironmentDocument, _ request: BuilderRequest, _ script: CondaScript
    ) {
        answer.components = components(of: document, request)
        answer.steps = script.creating(
            document, title: "create the environment of \(count(document)) with \(script.tool.kind)")
        answer.verify = CondaScript.verify
        if request.lock == nil {
            answer.notReproducible = ["nothing is locked: tomorrow there may be other versions of what is asked for"]
        }
    }

    /// Exactly what is locked.
    private func fill(
        _ answer: inout PlanAnswer, _ lock: CondaLock, _ document: EnvironmentDocument, _ script: CondaScript
    ) {
        answer.components["packages"] = lock.packages.map { "\($0.explicit) \($0.sha256 ?? "")" }.sorted()
            .joined(separator: "\n")
        if !document.pip.isEmpty {
            answer.components["pip"] = (lock.pip + document.pipComponent).joined(separator: "\n")
            answer.notReproducible = ["what pip installs has exact versions, and no checksums"]
        }
        if !document.variables.isEmpty { answer.components["variables"] = document.variables.lines }
        let what = lock.packages.count == 1 ? "1 package" : "\(lock.packages.count) packages"
        answer.steps = script.creating(
            lock, document, title: "create the environment of \(what) with \(script.tool.kind)")
        answer.verify = CondaScript.verify(lock)
    }

    /// An environment that somebody else keeps: nothing is built, and what is seen of it counts.
    private func planExisting(_ request: BuilderRequest) -> PlanAnswer {
        var answer = PlanAnswer()
        let name = request.environment["conda"]?.string ?? ""
        guard let prefix = request.facts["conda_prefix"], !prefix.isEmpty else {
            answer.diagnostics = [
                Diagnostic(
                    .input, "there is no conda environment `\(name)`", at: request.place(of: "/conda"),
                    hint: name.contains("/")
                        ? "name the folder of an environment, or an environment.yml"
                        : "`conda env list` shows those that there are; a file's name ends in `.yml` or `.yaml`")
            ]
            return answer
        }
        answer.components = ["environment": prefix, "packages": request.facts["conda_history"] ?? ""]
        answer.steps = [
            Step(
                title: "use the environment `\(name)`", script: CondaScript.activating(prefix.shellQuoted), timeout: 300
            )
        ]
        answer.verify = "[ -d \(prefix.shellQuoted)/conda-meta ]"
        answer.activation = Activation(
            set: ["CONDA_PREFIX": prefix, "CONDA_DEFAULT_ENV": name, "CONDA_SHLVL": "1", "PYTHONNOUSERSITE": "1"],
            prepend: ["PATH": "\(prefix)/bin"], unset: ["PYTHONHOME", "VIRTUAL_ENV"],
            file: "${prefix}/activation")
        answer.notReproducible = ["`\(prefix)` is kept by others, who may change it"]
        return answer
    }

    /// What decides what is resolved.
    private func components(of document: EnvironmentDocument, _ request: BuilderRequest) -> [String: String] {
        var components = ["packages": document.packages.map(\.text).sorted().joined(separator: "\n")]
        if !document.channels.isEmpty {
            components["channels"] = document.channels.map(ToolOutput.withoutCredentials).joined(separator: "\n")
        }
        if !document.pip.isEmpty { components["pip"] = document.pipComponent.joined(separator: "\n") }
        if !document.variables.isEmpty { components["variables"] = document.variables.lines }
        if document.channels.isEmpty || document.channels.contains("defaults"),
            let settings = request.facts["conda_settings"]
        {
            components["settings"] = settings
        }
        return components
    }

    private func platform(_ request: BuilderRequest) -> String {
        let architectures = ["x86_64": "64", "aarch64": "aarch64", "ppc64le": "ppc64le"]
        let arch = request.facts["arch"] ?? ""
        return "\(request.facts["os"] ?? "linux")-\(architectures[arch] ?? arch)"
    }

    private func count(_ document: EnvironmentDocument) -> String {
        document.packages.count == 1 ? "1 package" : "\(document.packages.count) packages"
    }

    /// What is to be upgraded that nobody asks for.
    private func unknown(_ names: [String], _ document: EnvironmentDocument, _ old: CondaLock?) -> [Diagnostic] {
        let known = Set(document.names + (old?.packages.map(\.name) ?? []))
        return names.filter { !known.contains($0.lowercased()) }.map { name in
            Diagnostic(
                .usage, "`\(name)` cannot be upgraded: no package that is asked for or locked has this name",
                hint: suggestion(for: name.lowercased(), among: known.sorted()).map { "did you mean `\($0)`?" })
        }
    }
}

extension EnvironmentDocument {
    /// What decides what pip installs, apart from the contents of files.
    fileprivate var pipComponent: [String] {
        requirements.lines.sorted() + requirements.indexes + requirements.options
    }
}

extension [String: String] {
    fileprivate var lines: String { map { "\($0.key)=\($0.value)" }.sorted().joined(separator: "\n") }
}
