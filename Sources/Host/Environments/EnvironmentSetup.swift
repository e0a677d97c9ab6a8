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
        /// Something worth knowing while the layer of this plugin is locked or built.
        func note(_ text: String, _ plugin: Plugin)
    }

    /// How layers come about.
    package struct Options: Sendable {
        /// Whether a lock that is missing or stale is an error.
        package var isLocked = false
        package var check = LayerCheckLevel.quick
        /// What of the lock shall not stay as it is.
        package var upgrade: Upgrade?
        /// Whether the lock is what is wanted: one that its plugin cannot read is made anew, and one that cannot
        /// be made or kept is an error.
        package var isForLock = false
        /// Who would lose a layer that is built again.
        package var usage: LayerUsage

        package init(
            isLocked: Bool = false, check: LayerCheckLevel = .quick, upgrade: Upgrade? = nil,
            isForLock: Bool = false, usage: @escaping LayerUsage = { _ in nil }
        ) {
            self.isLocked = isLocked
            self.check = check
            self.upgrade = upgrade
            self.isForLock = isForLock
            self.usage = usage
        }
    }

    /// What of a lock shall not stay as it is.
    package struct Upgrade: Sendable {
        package var all: Bool
        package var names: [String]

        package init(all: Bool, names: [String]) {
            self.all = all
            self.names = names
        }
    }

    package let context: Context
    package let plugins: PluginHost
    package let store: EnvironmentStore
    package let memory: ProjectMemory
    private let options: Options
    private let probe: FactProbe
    private let digests: DigestMemory
    private let shared = SharedAnswers()

    package init(_ context: Context, plugins: PluginHost, _ options: Options = Options()) {
        self.context = context
        self.plugins = plugins
        self.options = options
        store = EnvironmentStore(folders: context.folders)
        memory = ProjectMemory(folders: context.folders)
        probe = FactProbe(folders: context.folders, consulted: { await plugins.consult($0) })
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
        // Whether a lock is stale is known before anything is started.
        if options.isLocked { _ = try await self.layers(layers, of: project, observer: nil) }
        return found
    }

    /// Plans all layers and builds those that are not there yet, lowest first.
    ///
    /// With `observer == nil` nothing is built, and a lock that is missing is not made. Nothing removes a
    /// layer while the plan with its `hold` is there.
    package func layers(
        _ layers: [Layer], of project: Project, observer: (any Observer)?
    ) async throws -> [LayerPlan] {
        try await buildingAnew(layers) { try await layersOnce(layers, of: project, observer: observer) }
    }

    /// Begins once more where a layer below turns out to be changed, which is then made anew.
    private func buildingAnew<Result>(_ layers: [Layer], _ body: () async throws -> Result) async throws -> Result {
        do { return try await body() } catch is LayerBelowChanged {}
        do { return try await body() } catch is LayerBelowChanged {
            throw Failure(
                .conflict, "another build keeps changing a layer that this environment stands on",
                at: layers.first?.place, hint: "wait for it to end, and try again")
        }
    }

    private func layersOnce(
        _ layers: [Layer], of project: Project, observer: (any Observer)?
    ) async throws -> [LayerPlan] {
        var lock = try EnvironmentLock(besides: project.file)
        var plans: [LayerPlan] = []
        for layer in layers {
            var plan = try await plan(layer, of: project, on: plans, &lock, observer)
            if let observer { plan.hold = try await build(plan, of: project, on: plans, observer) }
            plans.append(plan)
        }
        if observer != nil { memory.remember(plans, of: project) }
        return plans
    }

    /// Makes the lock of every layer that has one and needs it, without building more than that takes.
    package func lock(_ layers: [Layer], of project: Project, observer: any Observer) async throws -> EnvironmentLock {
        try await buildingAnew(layers) { try await lockOnce(layers, of: project, observer: observer) }
    }

    private func lockOnce(
        _ layers: [Layer], of project: Project, observer: any Observer
    ) async throws -> EnvironmentLock {
        var lock =
            try options.isForLock
            ? EnvironmentLock(replacing: project.file) : EnvironmentLock(besides: project.file)
        var plans: [LayerPlan] = []
        for (index, layer) in layers.enumerated() {
            // What is resolved above has to see what is below.
            guard layers[(index + 1)...].contains(where: \.hasLock) else {
                guard layer.hasLock else { continue }
                var request = try await request(for: layer, of: project, on: plans)
                _ = try await locked(layer, of: project, on: plans, &request, &lock, observer)
                continue
            }
            var plan = try await plan(layer, of: project, on: plans, &lock, observer)
            plan.hold = try await build(plan, of: project, on: plans, observer)
            plans.append(plan)
        }
        return lock
    }

    private func build(
        _ plan: LayerPlan, of project: Project, on below: [LayerPlan], _ observer: any Observer
    ) async throws -> LayerHold? {
        try await LayerBuild(
            context: context, plugins: plugins, store: store, project: project, plan: plan, below: below,
            variables: environment(inside: below), usage: options.usage, observer: observer
        ).run(check: options.check)
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

    private func plan(
        _ layer: Layer, of project: Project, on below: [LayerPlan], _ lock: inout EnvironmentLock,
        _ observer: (any Observer)?
    ) async throws -> LayerPlan {
        var request = try await request(for: layer, of: project, on: below)
        let pending =
            layer.hasLock ? try await locked(layer, of: project, on: below, &request, &lock, observer) : nil
        let answer = try await answer(layer, "plan", request)
        var plan = try LayerPlan(
            answer: answer, to: .object(request), of: layer, on: below, store: store, digests: digests)
        plan.pendingLock = pending
        plan.isSettled = pending == nil && below.allSatisfy(\.isSettled)
        await plugins.consult(plan.inputs + [lock.file])
        return plan
    }

    /// Makes the lock of a layer where one is to be made, and puts it into the request.
    ///
    /// Returns how it would be made where nothing may be.
    private func locked(
        _ layer: Layer, of project: Project, on below: [LayerPlan], _ request: inout [String: JSONValue],
        _ lock: inout EnvironmentLock, _ observer: (any Observer)?
    ) async throws -> LockPlan? {
        let plan = try await lockPlan(layer, request, &lock, observer)
        if let plan {
            guard let observer else { return plan }
            let making = LockMaking(
                context: context, plugins: plugins, store: store, project: project, layer: layer, plan: plan,
                below: environment(inside: below), observer: observer, mustKeep: options.isForLock)
            lock.entries[layer.plugin.id] = try await making.run(
                replaces: options.upgrade != nil || plan.isUnreadable)
        }
        request["lock"] = lock.entries[layer.plugin.id]?.json
        return nil
    }

    /// How the lock of a layer is to be made; nil when there is none to make.
    ///
    /// Throws where one has to be made and must not. Takes out of `lock` what no longer belongs there.
    private func lockPlan(
        _ layer: Layer, _ request: [String: JSONValue], _ lock: inout EnvironmentLock, _ observer: (any Observer)?
    ) async throws -> LockPlan? {
        let id = layer.plugin.id
        var asked = request
        if let entry = lock.entries[id] { asked["lock"] = entry.json }
        if let upgrade = options.upgrade {
            asked["upgrade"] = ["all": .bool(upgrade.all), "names": .array(upgrade.names.map(JSONValue.string))]
        }
        let answer = try await answer(layer, "lock", asked)
        let plan = try LockPlan(answer: answer, to: .object(asked), of: layer, digests: digests)
        let isReplaced = options.isForLock && plan.isUnreadable
        if options.upgrade == nil, !isReplaced, lock.entries[id]?.basis == plan.basis { return nil }
        guard !plan.basis.isEmpty || !plan.steps.isEmpty else {
            lock.entries[id] = nil
            return nil
        }
        guard !options.isLocked else { throw Failure([plan.staleness(lock.entries[id], layer, lock.file)]) }
        guard plan.steps.isEmpty else { return plan }
        // There is something to lock and nothing here that could.
        guard !options.isForLock else {
            throw Failure(
                .toolMissing, "\(id): the lock cannot be made here", at: layer.place,
                cause: plan.notes.joined(separator: "\n"), hint: "make it where there is what it takes, and commit it")
        }
        for note in plan.notes { observer?.note(note, layer.plugin) }
        lock.entries[id] = nil
        return nil
    }

    /// What builders are asked with, on top of the layers below.
    private func request(
        for layer: Layer, of project: Project, on below: [LayerPlan]
    ) async throws -> [String: JSONValue] {
        let facts = try await probe.facts(
            for: layer, environment: environment(inside: below), directory: project.root, layers: below.map(\.digest))
        return request(for: layer, of: project, on: below, facts, directory: project.root)
    }

    /// `directory` is the project's folder on the node that the facts are of.
    private func request(
        for layer: Layer, of project: Project, on below: [LayerPlan], _ facts: Facts, directory: String
    ) -> [String: JSONValue] {
        guard case .object(var request) = layer.request(for: project), case .object(var folder)? = request["project"]
        else { preconditionFailure("a request is an object") }
        folder["node_root"] = .string(directory)
        request["project"] = .object(folder)
        request["facts"] = .object(facts.mapValues(JSONValue.string))
        request["layers"] = .array(below.map { ["plugin": .string($0.plugin.id), "digest": .string($0.digest)] })
        return request
    }

    /// Plans a layer for a node elsewhere, with what is locked already.
    func plan(
        _ layer: Layer, of project: Project, on below: [LayerPlan], _ lock: EnvironmentLock, at place: NodePlace
    ) async throws -> LayerPlan {
        let facts = try await place.facts(for: layer, inside: below)
        var wanted = request(for: layer, of: project, on: below, facts, directory: place.directory)
        if layer.hasLock { wanted["lock"] = lock.entries[layer.plugin.id]?.json }
        let request = wanted
        let asked = JSONValue.object(request)
        let answer = try await shared.answer(to: ["plugin": .string(layer.plugin.id), "request": asked]) {
            try await self.answer(layer, "plan", request)
        }
        return try LayerPlan(
            answer: answer, to: asked, of: layer, on: below, store: place.store, digests: digests)
    }

    private func answer(
        _ layer: Layer, _ operation: String, _ request: [String: JSONValue]
    ) async throws -> JSONValue {
        let answer = try await plugins.answer(layer.plugin, operation, .object(request))
        let problems = answer.diagnostics(of: layer.plugin)
        guard !problems.contains(where: { $0.severity == .error }) else { throw Failure(problems) }
        return answer
    }
}

extension EnvironmentSetup.Observer {
    func isWaiting(for holder: FileLock.Holder?, _ plan: LayerPlan) {
        isWaiting(for: holder, plan.plugin)
    }

    func isWaiting(for holder: FileLock.Holder?, _ plugin: Plugin) {
        let who = holder.map { holder in
            let host = holder.host.map { $0 == ProcessIdentity.machine ? "" : " on \($0)" } ?? ""
            return "process \(holder.pid)\(host), \(holder.purpose), since \(holder.since)"
        }
        note("waiting for \(who ?? "another process")", plugin)
    }
}

extension EnvironmentLock.Entry {
    /// As builders see it.
    fileprivate var json: JSONValue { ["text": .string(text), "place": place.json] }
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
            var diagnostic = Diagnostic(
                item["class"]?.string.flatMap(ErrorClass.init) ?? .input, message, at: place,
                cause: item["cause"]?.string, hint: item["hint"]?.string,
                severity: item["severity"]?.string == "warning" ? .warning : .error)
            diagnostic.isPermanent = item["permanent"]?.bool ?? false
            return diagnostic
        }
    }
}
