import FoundationEssentials

/// The command that runs in the layer with this digest, and its session; nil where there is none.
package typealias LayerUsage = @Sendable (_ digest: String) -> (session: String, command: String)?

/// Builds one layer on this machine, or waits for whoever builds it.
struct LayerBuild: Sendable {
    let context: Context
    let plugins: PluginHost
    let store: EnvironmentStore
    let project: Project
    let plan: LayerPlan
    let below: [LayerPlan]
    /// The variables inside the layers below.
    let variables: [String: String]
    let usage: LayerUsage
    let observer: any EnvironmentSetup.Observer

    /// Ends what builds of this layer have started, also one that was killed.
    private func endProcesses() async throws {
        let mark = "RAY_LAYER=\(plan.prefix)"
        try await ProcessTable.end(grace: .zero) { $0.family(variable: mark) }
    }

    /// Makes the layer be there, and keeps it for as long as the result is.
    func run(check: LayerCheckLevel) async throws -> LayerHold? {
        let path = store.lock(of: plan.digest)
        var isTold = false
        while true {
            if let hold = try use(check) { return hold }
            if let lock = try FileLock.acquireNow(path, purpose: "building \(plan.plugin.id) for `\(project.name)`") {
                try await buildUnlessWhole(check)
                lock.share()
                return LayerHold(lock)
            }
            if !isTold { observer.isWaiting(for: FileLock.holder(of: path), plan) }
            isTold = true
            // A layer that is there and not whole is looked at closely each time.
            try await Task.sleep(for: .milliseconds(store.isBuilt(plan.digest) ? 50 : 5))
        }
    }

    /// The layer as it is, if it is whole; nobody is waited for.
    private func use(_ check: LayerCheckLevel) throws -> LayerHold? {
        guard store.isBuilt(plan.digest), let lock = FileLock.shareNow(store.lock(of: plan.digest)),
            try damage(check)?.isEmpty ?? false
        else { return nil }
        store.use(plan.digest)
        return LayerHold(lock)
    }

    /// Builds the layer if it is not there, as somebody else may have done meanwhile, or is damaged.
    private func buildUnlessWhole(_ check: LayerCheckLevel) async throws {
        let damage = try damage(check)
        guard damage?.isEmpty != true else { return }
        if let (session, command) = usage(plan.digest) {
            throw Failure(
                .conflict,
                "\(plan.plugin.id): the environment has to be built again, and a command of session `\(session)` runs in it: \(command.prefix(60))",
                at: plan.place, cause: damage?.sentence,
                hint: "wait for the command to end, or run `ray session stop \(session.shellQuoted)` first")
        }
        if let damage {
            observer.note("it is damaged (\(damage.sentence)): building it again", plan.plugin)
        }
        try await build()
    }

    /// What is damaged, as far as it is looked at; nil where the layer is not there.
    private func damage(_ level: LayerCheckLevel) throws -> [LayerDamage]? {
        try store.stamp(of: plan.digest).map { try store.check($0, level) }
    }

    private func build() async throws {
        try DiskSpace.requireLeast(in: store.root, for: plan.plugin.id, at: plan.place)
        if try withdrawChangedLayers() != nil { throw LayerBelowChanged() }
        try await observer.willBuild(plan)
        do {
            try Files.remove(store.log(of: plan.digest))
            try await retryingNetwork(told: { observer.note($0, plan.plugin) }) {
                let damaged = try await attempt(damaged: [])
                if !damaged.isEmpty { try await repair(damaged) }
            }
        } catch {
            try? await endProcesses()
            // Without a stamp it is never used: what cannot be removed now is removed before the next build.
            try? store.discard(plan.digest)
            _ = try? withdrawChangedLayers()
            // The failure is what matters, also where it keeps the journal from being written.
            if let failure = error as? Failure { try? await observer.didFail(plan, failure) }
            throw error
        }
        try await observer.didBuild(plan)
    }

    /// Builds once more, from clean sources.
    private func repair(_ damaged: EnvironmentStore.Damaged) async throws {
        let files = damaged.flatMap(\.files)
        observer.note(
            "the tool's cache is damaged (\(files.map { LayerDamage(.changed, $0) }.sentence)): building once more without it",
            plan.plugin)
        let still = try await attempt(damaged: damaged)
        guard !still.isEmpty else { return }
        throw Failure(
            .verifyFailed, "\(plan.plugin.id): what was built is not what its own checksums say", at: plan.place,
            cause: still.prefix(5).map { "\($0.record): \($0.files.prefix(3).joined(separator: ", "))" }
                .joined(separator: "\n"),
            hint: "remove `\(store.cache(of: plan.plugin.id))` and try again")
    }

    private func attempt(damaged: EnvironmentStore.Damaged) async throws -> EnvironmentStore.Damaged {
        try await endProcesses()
        try store.clear(plan.digest)
        try Files.makeFolder(store.cache(of: plan.plugin.id))
        var variables = variables
        variables["RAY_LAYER"] = plan.prefix
        variables["TMPDIR"] = store.temporary(plan.digest)
        variables["RAY_CACHE"] = store.cache(of: plan.plugin.id)
        variables["RAY_DAMAGED"] = damaged.isEmpty ? nil : damaged.map(\.record).joined(separator: "\n")
        let steps = StepRun(
            context, plugins, plan.plugin, operation: "plan", request: plan.request, variables: variables,
            directory: project.root, log: store.log(of: plan.digest), place: plan.place, secrets: plan.secrets,
            folder: plan.prefix, notes: { observer.note($0, plan.plugin) })
        for (number, step) in plan.steps.enumerated() {
            try await observer.willRun(step, number: number + 1, of: plan)
            try await steps.run(step, number: number)
        }
        // What they leave running would go on writing.
        try await endProcesses()
        // Both only read: neither has to wait for the other.
        async let contents = store.contents(plan.digest, plan.publication)
        if let verify = plan.verify {
            var inside = steps
            plan.activation.apply(to: &inside.variables)
            let step = LayerPlan.Step(title: "verify", script: verify, timeout: 300)
            try await inside.run(step, number: plan.steps.count, .verifyFailed)
        }
        try checkOutputs()
        try checkLayersBelow()
        return try await store.publish(plan.digest, contents, plan.publication)
    }

    /// Refuses a build that has changed what other environments are made of too.
    private func checkLayersBelow() throws {
        // Another build that stands on the same one was refused: what this one has seen is not known.
        guard below.allSatisfy({ store.isBuilt($0.digest) }) else { throw LayerBelowChanged() }
        guard let (lower, damage) = try withdrawChangedLayers() else { return }
        throw Failure(
            .verifyFailed, "\(plan.plugin.id): it changes the layer of `\(lower.plugin.id)` below it", at: plan.place,
            cause: damage.sentence,
            hint:
                "put what it installs into the layer below, or elsewhere: layers are shared, and stay as they were built"
        )
    }

    /// Lets nobody new use a layer below that is no longer as it was built; returns the first.
    private func withdrawChangedLayers() throws(Failure) -> (layer: LayerPlan, damage: [LayerDamage])? {
        var first: (LayerPlan, [LayerDamage])?
        for lower in below {
            guard let stamp = store.stamp(of: lower.digest), case let damage = try store.changes(since: stamp),
                !damage.isEmpty
            else { continue }
            try store.withdraw(lower.digest)
            first = first ?? (lower, damage)
        }
        return first
    }

    private func checkOutputs() throws(Failure) {
        for output in plan.publication.outputs where !Files.exists(output) {
            throw Failure(
                .buildFailed, "\(plan.plugin.id): the output `\(output.relative(to: project.root))` was not made",
                at: plan.place, hint: "correct its name, or leave it out of `outputs`")
        }
    }
}

/// A layer below is not as it was built, by no fault of the one that is built: both have to be made anew.
struct LayerBelowChanged: Error {}
