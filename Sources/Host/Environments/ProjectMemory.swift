import FoundationEssentials

/// What each project's environment was made of when it was last built, so that the next plan can say
/// what has changed, and so that nothing removes what projects need.
package struct ProjectMemory: Sendable {
    package struct Record: Sendable {
        package var root: String
        /// Digest and components by the id of the plugin.
        package var layers: [String: (digest: String, components: JSONValue)]
    }

    private let folder: String

    package init(folders: Folders) {
        folder = folders.cache / "projects"
    }

    package func record(of project: Project) -> Record? {
        record(inFile: file(of: project.root))
    }

    /// The digests that projects which are still there were last built from.
    package var needed: Set<String> {
        var digests: Set<String> = []
        for name in Files.names(in: folder) {
            guard let record = record(inFile: folder / name), Files.exists(record.root) else { continue }
            digests.formUnion(record.layers.values.map(\.digest))
        }
        return digests
    }

    func remember(_ plans: [LayerPlan], of project: Project) {
        let layers = plans.map { plan -> (String, JSONValue) in
            (plan.plugin.id, ["digest": .string(plan.digest), "components": plan.components])
        }
        let record: JSONValue = [
            "root": .string(project.root), "layers": .object(Dictionary(layers) { first, _ in first }),
        ]
        let (data, path) = (record.canonical, file(of: project.root))
        guard Files.readOwn(path) != data else { return }
        Files.writeOwn(path, data)
    }

    private func file(of root: String) -> String { folder / String(Digest.of(root).prefix(32)) }

    private func record(inFile path: String) -> Record? {
        guard let data = Files.readOwn(path), let value = try? JSONValue(parsing: data),
            let root = value["root"]?.string,
            let layers = value["layers"]?.object
        else { return nil }
        return Record(
            root: root,
            layers: layers.compactMapValues { layer in
                layer["digest"]?.string.map { ($0, layer["components"] ?? [:]) }
            })
    }
}

extension EnvironmentSetup {
    /// Why a layer is built, in one sentence; nil when it is there and whole.
    package func reason(for plan: LayerPlan, in project: Project, _ check: LayerCheckLevel = .quick) -> String? {
        let last = memory.record(of: project)?.layers[plan.plugin.id]
        if plan.isSettled {
            if let stamp = store.stamp(of: plan.digest) {
                let damage = (try? store.check(stamp, check)) ?? []
                return damage.isEmpty ? nil : "it is damaged: \(damage.sentence)"
            }
            if store.isUnfinished(plan.digest) {
                return FileLock.isHeld(store.lock(of: plan.digest))
                    ? "it is being built now" : "its last build did not finish"
            }
        }
        guard let last else { return "it was never built" }
        guard plan.isSettled else {
            return plan.pendingLock == nil ? "a layer below it changes" : "its lock is to be made"
        }
        if last.digest == plan.digest { return "it was removed" }
        let changes = LayerDifference(from: last.components, to: plan.components).sentences
        return changes.isEmpty ? "something that goes into it has changed" : changes.joined(separator: "; ")
    }
}

extension LockPlan {
    /// Why the lock does not count.
    func reason(_ entry: EnvironmentLock.Entry?) -> String {
        guard let entry else { return "it was never locked" }
        let changes = LayerDifference.ofValues(entry.basis, basis)
        return changes.isEmpty ? "an upgrade is asked for" : changes.joined(separator: "; ")
    }

    /// The error where the lock must not be made.
    func staleness(_ entry: EnvironmentLock.Entry?, _ layer: Layer, _ file: String) -> Diagnostic {
        let hint = "`ray environment lock` writes it; commit it"
        guard let entry else {
            return Diagnostic(
                .lockStale, "`--locked` needs a lock of `\(layer.plugin.id)`, and `\(file)` has none", at: layer.place,
                hint: hint)
        }
        return Diagnostic(
            .lockStale, "the lock of `\(layer.plugin.id)` is not of what the project asks for", at: entry.place,
            cause: reason(entry), hint: hint)
    }
}
