import FoundationEssentials

/// Plans and builds the layers of a project's environment on this machine.
package struct EnvironmentSetup: Sendable {
    /// What happens while layers are built, for the journal and for people.
    package protocol Observer: Sendable {
        /// A layer is about to be built; nothing was changed yet.
        func willBuild(_ plan: LayerPlan) async throws
        func willRun(_ step: LayerPlan.Step, number: Int, of plan: LayerPlan) async throws
        func didBuild(_ plan: LayerPlan) async throws
        func didFail(_ plan: LayerPlan, _ failure: Failure) async throws
        func isWaiting(for holder: FileLock.Holder?, _ plan: LayerPlan)
    }

    package let context: Context
    package let plugins: PluginHost
    package let store: EnvironmentStore
    private let probe: FactProbe
    private let digests: DigestMemory
    private let machine = ThisMachine()

    package init(_ context: Context, plugins: PluginHost) {
        self.context = context
        self.plugins = plugins
        store = EnvironmentStore(folders: context.folders)
        probe = FactProbe(folders: context.folders)
        digests = DigestMemory(folders: context.folders)
    }

    /// Asks every builder about its part of the project.
    ///
    /// Returns warnings; throws all errors at once.
    package func check(_ layers: [Layer], of project: Project) async throws -> [Diagnostic] {
        var found: [Diagnostic] = []
        for layer in layers where layer.plugin.manifest.operations["check"] != nil {
            do {
                let answer = try await plugins.answer(layer.plugin, "check", layer.request(for: project))
                found += answer.diagnostics(of: layer.plugin)
            } catch let failure as Failure where !Task.isCancelled { found += failure.diagnostics }
        }
        guard !found.contains(where: { $0.severity == .error }) else { throw Failure(found) }
        return found
    }

    /// Plans all layers and builds those that are not there yet, lowest first.
    ///
    /// With `observer == nil` nothing is built.
    package func layers(
        _ layers: [Layer], of project: Project, observer: (any Observer)?
    ) async throws -> [LayerPlan] {
        var plans: [LayerPlan] = []
        for layer in layers {
            let plan = try await self.plan(layer, of: project, on: plans)
            plans.append(plan)
            if let observer, !store.isBuilt(plan.digest) {
                try await build(plan, on: plans.dropLast(), of: project, observer)
            }
        }
        return plans
    }

    /// The variables inside `plans`, lowest first, on top of those of this process.
    package func environment(inside plans: some Sequence<LayerPlan>) -> [String: String] {
        var environment = context.environment
        for plan in plans { plan.activation.apply(to: &environment) }
        return environment
    }

    /// Facts about what is inside all of `plans`, by a script of the host's own.
    package func facts(_ script: String, inside plans: [LayerPlan], directory: String, who: String) async throws
        -> Facts
    {
        try await probe.facts(
            script, environment: environment(inside: plans), directory: directory, layers: plans.map(\.digest), who: who
        )
    }

    private func plan(_ layer: Layer, of project: Project, on below: [LayerPlan]) async throws -> LayerPlan {
        let facts = try await probe.facts(
            for: layer.plugin, environment: environment(inside: below), directory: project.root,
            layers: below.map(\.digest))
        guard case .object(var request) = layer.request(for: project), case .object(var folder)? = request["project"]
        else { preconditionFailure("a request is an object") }
        folder["node_root"] = .string(project.root)
        request["project"] = .object(folder)
        request["facts"] = .object(facts.mapValues(JSONValue.string))
        request["layers"] = .array(below.map { ["plugin": .string($0.plugin.id), "digest": .string($0.digest)] })
        let answer = try await plugins.answer(layer.plugin, "plan", .object(request))
        let problems = answer.diagnostics(of: layer.plugin)
        guard !problems.contains(where: { $0.severity == .error }) else { throw Failure(problems) }
        return try LayerPlan(answer: answer, of: layer, on: below, store: store, digests: digests)
    }

    private func build(
        _ plan: LayerPlan, on below: some Sequence<LayerPlan>, of project: Project, _ observer: any Observer
    ) async throws {
        let lock = try await FileLock.acquire(
            store.lock(of: plan.digest), purpose: "building \(plan.plugin.id) for `\(project.name)`",
            waiting: { observer.isWaiting(for: $0, plan) })
        // Held to the end of this function: one build of a digest at a time.
        defer { withExtendedLifetime(lock) {} }
        guard !store.isBuilt(plan.digest) else { return }

        let mark = "RAY_LAYER=\(plan.prefix)"
        // Whoever held the lock before may be dead while what it started still writes.
        try await ProcessTable.end(grace: .zero) { $0.family(variable: mark) }
        try await observer.willBuild(plan)
        do {
            try store.clear(plan.digest)
            try Files.makeFolder(store.cache(of: plan.plugin.id))
            try await runSteps(of: plan, environment: environment(inside: below), project, observer)
            try store.publish(plan)
        } catch {
            _ = try? await ProcessTable.end(grace: .zero) { $0.family(variable: mark) }
            store.discard(plan.digest)
            // The failure is what matters, also where it keeps the journal from being written.
            if let failure = error as? Failure { try? await observer.didFail(plan, failure) }
            throw error
        }
        try await observer.didBuild(plan)
    }

    private func runSteps(
        of plan: LayerPlan, environment below: [String: String], _ project: Project, _ observer: any Observer
    ) async throws {
        var variables = below
        variables["RAY_LAYER"] = plan.prefix
        variables["TMPDIR"] = store.temporary(plan.digest)
        variables["RAY_CACHE"] = store.cache(of: plan.plugin.id)
        for (index, step) in plan.steps.enumerated() {
            try await observer.willRun(step, number: index + 1, of: plan)
            try await run(step.script, titled: step.title, .buildFailed, step.timeout, variables, plan, project)
        }
        var inside = variables
        plan.activation.apply(to: &inside)
        // What the stamp vouches for has to be on disk before the stamp is.
        let verify = "(\n\(plan.verify ?? ":")\n)\nsync -f \"$RAY_LAYER\" 2>/dev/null || sync\n"
        try await run(verify, titled: "verify", .verifyFailed, 300, inside, plan, project)
    }

    private func run(
        _ script: String, titled title: String, _ errorClass: ErrorClass, _ timeout: Double?,
        _ variables: [String: String], _ plan: LayerPlan, _ project: Project
    ) async throws {
        let log = store.log(of: plan.digest)
        let terminal = context.terminal
        let hint = "the whole output is in `\(log)`"
        let begin = ContinuousClock.now
        let exit: Exit
        do {
            exit = try await machine.run(
                NodeScript(
                    script, environment: variables, directory: project.root,
                    timeout: .bounded(seconds: timeout ?? 3600),
                    log: log),
                watch: { line in
                    let time = (ContinuousClock.now - begin).forPeople
                    terminal.progress("    \(plan.plugin.id): \(time)\(line.isEmpty ? "" : ", ")\(line)")
                })
        } catch let failure as Failure {
            let reason = failure.diagnostics.first
            throw Failure(
                reason?.errorClass ?? .internal, "\(plan.plugin.id): `\(title)` \(reason?.message ?? "failed")",
                at: plan.place,
                cause: reason?.cause ?? Files.tail(of: log, lines: 10), hint: hint)
        }
        terminal.clearProgress()
        guard exit == .status(0) else {
            throw Failure(
                errorClass, "\(plan.plugin.id): `\(title)` failed with status \(exit.shellStatus)", at: plan.place,
                cause: Files.tail(of: log, lines: 10), hint: hint)
        }
    }
}

extension JSONValue {
    /// The diagnostics in a plugin's answer.
    ///
    /// One that does not fit the contract becomes an error that says so, so that nothing a plugin
    /// found is lost.
    package func diagnostics(of plugin: Plugin) -> [Diagnostic] {
        (self["diagnostics"]?.array ?? []).map { item in
            guard let message = item["message"]?.string else {
                return Diagnostic(
                    .plugin, "plugin `\(plugin.id)` reported a problem without a message",
                    hint: "report it to the author of the plugin in `\(plugin.folder)`")
            }
            let place = item["file"]?.string.map {
                Place(file: $0, line: item["line"]?.int.map(Int.init), column: item["column"]?.int.map(Int.init))
            }
            return Diagnostic(
                item["class"]?.string.flatMap(ErrorClass.init) ?? .input, message, at: place,
                cause: item["cause"]?.string, hint: item["hint"]?.string,
                severity: item["severity"]?.string == "warning" ? .warning : .error)
        }
    }
}
