import FoundationEssentials
import PipRequirements
package import PluginKit

extension PipBuilder {
    package func plan(_ request: BuilderRequest, _ call: Call) throws -> PlanAnswer {
        let asked = try read(request)
        let requirements = asked.requirements
        var answer = PlanAnswer(diagnostics: requirements.diagnostics, files: requirements.files)
        guard !requirements.hasError else { return answer }
        let installer: Installer
        switch self.installer(for: asked, request) {
        case .success(let chosen): installer = chosen
        case .failure(let refusal):
            answer.diagnostics.append(refusal.diagnostic)
            return answer
        }
        if let lock = request.lock, lock.text.contains(where: { !$0.isWhitespace }) {
            plan(lock, asked, request, installer, &answer)
        } else {
            planUnlocked(asked, request, installer, &answer)
        }
        guard !answer.diagnostics.contains(where: { $0.severity == .error }) else { return answer }
        complete(&answer, asked, request, installer)
        return answer
    }

    /// A package without a record is one that nobody can vouch for: uv installs what its cache has left of
    /// it and says nothing.
    private static let verify = #"""
        for info in "$RAY_LAYER"/venv/lib/python*/site-packages/*.dist-info; do
            [ -d "$info" ] && [ ! -e "$info/RECORD" ] || continue
            name=${info##*/}
            name=${name%.dist-info}
            echo "ray: no record of ${name%-*}" >&2
            damaged=yes
        done
        [ -z "${damaged:-}" ]
        "$RAY_LAYER/venv/bin/python" -I -B -c 'import sys; sys.exit(sys.prefix == sys.base_prefix)'
        """#

    /// What every plan has.
    ///
    /// The installer is no component: each makes the same thing for whoever uses it, and a uv that was
    /// installed since is no reason to build everything again.
    private func complete(_ answer: inout PlanAnswer, _ asked: Asked, _ request: BuilderRequest, _ installer: Installer)
    {
        let facts = request.facts
        answer.components["python"] = installer.interpreter
        if installer.python?.isBelow == true { answer.components["packages below"] = "seen" }
        answer.components["platform"] = ["os", "arch", "libc"].compactMap { facts[$0] }.joined(separator: " ")
        if !asked.requirements.folders.isEmpty {
            answer.components["directory"] = request.project.nodeRoot ?? request.project.root
        }
        asked.requirements.add(to: &answer)
        answer.activation = Activation(
            set: ["VIRTUAL_ENV": "${prefix}/venv"], prepend: ["PATH": "${prefix}/venv/bin"], unset: ["PYTHONHOME"])
        answer.verify = PipBuilder.verify
        answer.checksums = ["venv/lib/python*/site-packages/*.dist-info/RECORD"]
        answer.volatile = ["__pycache__"]
        answer.secrets = secrets(of: asked, request)
        answer.notes = installer.notes
    }

    /// Plans what the requirements will be found to mean when it is built.
    private func planUnlocked(
        _ asked: Asked, _ request: BuilderRequest, _ installer: Installer, _ answer: inout PlanAnswer
    ) {
        let requirements = asked.requirements
        let settings = PipSettings(request.facts, choosesIndex: requirements.choosesIndex)
        let sources = SourceFile(requirements, request.project)
        guard let path = asked.path else {
            answer.steps =
                installer.preparation + [
                    Step(
                        title: "create the virtual environment with \(installer.toolName)",
                        script: installer.script(uv: \.empty, pip: \.empty), timeout: 600)
                ]
            return
        }
        answer.components["requirements"] = requirements.lines.sorted().joined(separator: "\n")
        let indexes = indexes(of: asked, request)
        if !indexes.isEmpty { answer.components["indexes"] = indexes.joined(separator: "\n") }
        if !requirements.options.isEmpty {
            answer.components["options"] = requirements.options.joined(separator: "\n")
        }
        requirements.addLinked(to: &answer, root: request.project.root)
        let file = ShellText.path(path)
        let what = requirements.count == 1 ? "1 requirement" : "\(requirements.count) requirements"
        let script = installer.script(
            uv: { $0.installation(of: file, folders: requirements.folderLines, settings, sources) },
            pip: { $0.installation(of: file) })
        answer.steps =
            installer.preparation
            + [Step(title: "install \(what) with \(installer.toolName)", script: script, timeout: 3600)]
        answer.notReproducible = requirements.doubts
    }

    /// Plans exactly what is locked.
    private func plan(
        _ lock: Lock, _ asked: Asked, _ request: BuilderRequest, _ installer: Installer, _ answer: inout PlanAnswer
    ) {
        let text = LockText(lock)
        answer.diagnostics += text.diagnostics
        if let needed = text.python, let version = installer.version, version.isOlderMinor(than: needed) {
            answer.diagnostics.append(
                Diagnostic(
                    .lockStale,
                    "the lock is for Python \(needed.minorText) or newer, and this is Python \(version.text)",
                    at: lock.place(ofLine: 1),
                    hint: "\(LockText.cure), or choose a Python with `python` in `environment`"))
        }
        let packages = LockedPackages(
            text.entries(for: installer.markerValues), asked.requirements, lock, root: request.project.root)
        answer.diagnostics += packages.diagnostics
        guard !answer.diagnostics.contains(where: { $0.severity == .error }) else { return }
        let names = Set(packages.entries.compactMap(\.name))
        answer.components["requirements"] = packages.entries.map(\.shown).sorted().joined(separator: "\n")
        answer.components["hashes"] = packages.entries.filter { !$0.hashes.isEmpty }
            .map { "\($0.name ?? $0.shown) \($0.hashes.sorted().joined(separator: " "))" }.sorted()
            .joined(separator: "\n")
        // What is locked may be a wheel and a source of the same version.
        let choices =
            asked.requirements.options.filter { $0.hasPrefix("--no-binary") || $0.hasPrefix("--only-binary") }
            + [request.facts["packaging"]].compactMap { $0 }
        if !choices.isEmpty { answer.components["options"] = choices.joined(separator: "\n") }
        asked.requirements.addLinked(to: &answer, root: request.project.root, named: names)
        let settings = PipSettings(request.facts, choosesIndex: asked.requirements.choosesIndex)
        let sources = SourceFile(asked.requirements, request.project)
        let what = packages.entries.count == 1 ? "1 package" : "\(packages.entries.count) packages"
        let script =
            packages.writing(sources)
            + installer.script(
                uv: { $0.installation(of: packages, sources, settings) },
                pip: { $0.installation(of: packages, sources) })
        answer.steps =
            installer.preparation
            + [Step(title: "install \(what) with \(installer.toolName)", script: script, timeout: 3600)]
    }
}

extension Requirements {
    /// The folders as lines of a requirements file.
    var folderLines: [String] {
        items.filter { !$0.isConstraint }.compactMap { item in
            if let editable = item.editable, LocalReference.path(of: editable) != nil { return "-e \(editable)" }
            switch item.requirement?.target {
            case .path(let path, let extras) where !LocalReference.isArchive(path): return path + extras
            case .url(let name, let url)
            where LocalReference.path(of: url).map { !LocalReference.isArchive($0) } ?? false:
                return name.map { "\($0) @ \(url)" } ?? url
            default: return nil
            }
        }
    }

    /// Why the same lines may mean something else tomorrow.
    var doubts: [String] {
        let installed = items.filter { !$0.isConstraint }
        let loose = installed.compactMap { item -> String? in
            guard case .package(let name, _)? = item.requirement?.target, item.requirement?.pinned == nil else {
                return nil
            }
            return name
        }
        var doubts: [String] = []
        if !loose.isEmpty {
            let names = loose.prefix(5).map { "`\($0)`" }.joined(separator: ", ")
            let rest = loose.count > 5 ? " and \(loose.count - 5) more" : ""
            doubts.append("nothing is locked, and no exact version is asked for of \(names)\(rest)")
        } else if installed.contains(where: { $0.requirement?.pinned != nil }) {
            doubts.append("nothing is locked: what the requirements need themselves may be another version tomorrow")
        }
        for item in installed {
            guard case .url(_, let url)? = item.requirement?.target else { continue }
            let shown = LocalReference.withoutCredentials(url)
            if url.hasPrefix("git+"), !Requirements.namesCommit(url) {
                doubts.append("`\(shown)` names no commit")
            } else if url.hasPrefix("http"), item.hashes.isEmpty, !url.contains("#sha256=") {
                doubts.append("`\(shown)` has no hash")
            }
        }
        return doubts + remote.map { "`\($0.text)` is read from another host" }
    }

    private static func namesCommit(_ url: String) -> Bool {
        let path = LocalReference.withoutCredentials(url).prefix { $0 != "#" }
        guard let at = path.lastIndex(of: "@") else { return false }
        let commit = path[path.index(after: at)...]
        return commit.count == 40 && commit.allSatisfy(\.isHexDigit)
    }
}
