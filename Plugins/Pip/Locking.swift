import FoundationEssentials
import PipRequirements
package import PluginKit

extension PipBuilder {
    package func lock(_ request: BuilderRequest, _ call: Call) throws -> LockAnswer {
        let asked = try read(request)
        let requirements = asked.requirements
        var answer = LockAnswer()
        answer.diagnostics = requirements.diagnostics
        answer.files = requirements.files
        answer.secrets = secrets(of: asked, request)
        guard !requirements.hasError, let path = asked.path else { return answer }
        let installer: Installer
        switch self.installer(for: asked, request) {
        case .success(let chosen): installer = chosen
        case .failure(let refusal):
            answer.diagnostics.append(refusal.diagnostic)
            return answer
        }
        fill(&answer, asked, request)
        guard let program = installer.program else {
            answer.notes = ["nothing is locked: that takes uv, and there is none"]
            return answer
        }
        let old = request.lock.map(LockText.init)
        let upgrade = request.upgrade ?? Upgrade()
        answer.diagnostics += unknown(upgrade.names, requirements, old)
        guard !answer.diagnostics.contains(where: { $0.severity == .error }) else { return answer }
        let isReadable = old?.diagnostics.isEmpty ?? true
        answer.unreadable = !isReadable
        if !isReadable { answer.notes.append("the lock that there was cannot be read: everything is resolved anew") }
        let what = requirements.count == 1 ? "1 requirement" : "\(requirements.count) requirements"
        answer.steps =
            installer.preparation + [
                Step(
                    title: "resolve \(what) with \(installer.toolName)",
                    script: lockScript(program, ShellText.path(path), upgrade, isReadable, asked, request, installer),
                    timeout: 1800, place: request.place(of: "/requirements"))
            ]
        return answer
    }

    /// The project's own words: the platform, the exact Python and what one machine says about indexes are not
    /// among them, for a lock is for all machines.
    private func fill(_ answer: inout LockAnswer, _ asked: Asked, _ request: BuilderRequest) {
        let requirements = asked.requirements
        answer.basis["requirements"] = requirements.lines.sorted().joined(separator: "\n")
        if !requirements.indexes.isEmpty {
            answer.basis["indexes"] = requirements.indexes.joined(separator: "\n")
        }
        if !requirements.options.isEmpty {
            answer.basis["options"] = requirements.options.sorted().joined(separator: "\n")
        }
        if let python = asked.python.flatMap(PythonVersion.init) { answer.basis["python"] = python.minorText }
        requirements.add(to: &answer, root: request.project.root)
    }

    private func lockScript(
        _ program: String, _ file: String, _ upgrade: Upgrade, _ keeps: Bool, _ asked: Asked,
        _ request: BuilderRequest, _ installer: Installer
    ) -> String {
        let script = UVScript(program: program, installer: installer).locking(
            of: file, upgrade: upgrade, keeps: keeps,
            PipSettings(request.facts, choosesIndex: asked.requirements.choosesIndex),
            SourceFile(asked.requirements, request.project))
        guard case .bringsUV = installer.tool else { return script }
        // A lock with nothing in it is none.
        return BringingUV.choice(
            script,
            "echo 'nothing is locked: that takes uv, and there is none' >> \"${RAY_NOTES:-/dev/null}\"\n: > \"$RAY_LOCK\"\n"
        )
    }

    /// What is to be upgraded that nobody asks for.
    private func unknown(_ names: [String], _ requirements: Requirements, _ old: LockText?) -> [Diagnostic] {
        let known = Set(requirements.items.compactMap { $0.requirement?.packageName })
            .union(old?.entries.compactMap(\.name) ?? [])
        return names.filter { !known.contains(Requirement.normalised($0)) }.map { name in
            let nearest = suggestion(for: Requirement.normalised(name), among: known.sorted())
            return Diagnostic(
                .usage, "`\(name)` cannot be upgraded: no requirement and no locked package has this name",
                hint: nearest.map { "did you mean `\($0)`?" })
        }
    }
}
