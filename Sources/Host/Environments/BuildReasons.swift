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
