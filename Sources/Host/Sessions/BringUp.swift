import FoundationEssentials

/// Makes a session be up: its nodes, its environment and its Ray, each step journaled and skipped
/// when it is already so.
package struct BringUp: Sendable {
    package let context: Context
    package let loaded: LoadedProject
    package let name: String
    package let plugins: PluginHost
    let environments: EnvironmentSetup

    package init(_ loaded: LoadedProject, name: String, context: Context, plugins: PluginHost) {
        self.context = context
        self.loaded = loaded
        self.name = name
        self.plugins = plugins
        environments = EnvironmentSetup(
            context, plugins: plugins, .init(isLocked: loaded.isLocked, usage: SessionFolder.usage(in: context)))
    }

    var project: Project { loaded.project }
    private var terminal: Terminal { context.terminal }

    /// Brings the session up; `steps` is how many steps the user is told of.
    package func run(_ checked: Checked, _ journal: JournalWriter, steps: Int) async throws {
        let (provider, configuration) = (checked.provider, checked.configuration)
        try await begin(journal, provider, configuration)
        guard configuration.inPlace else {
            return try await runElsewhere(checked, journal, steps: steps)
        }
        try await recordingProblem("nodes", journal) {
            terminal.note("[1/\(steps)] Creating cluster: \(try await nodes(journal, provider, configuration))")
        }
        terminal.note("[2/\(steps)] Syncing the project: in place, nothing to copy")
        let plans = try await recordingProblem("environment", journal) { try await environment(journal, steps: steps) }
        try await recordingProblem("ray", journal) { try await ray(journal, plans) }
        let state = await journal.state
        if state.phase != .up || state.problem != nil { try await journal.append(.outcome, .session) }
        // Only from here on does the journal say which layers are in use.
        extendLifetime(plans)
    }

    /// Runs a step and records when it fails, for those who look at the session later.
    func recordingProblem<Result>(
        _ step: String, _ journal: JournalWriter, _ body: () async throws -> Result
    ) async throws -> Result {
        do { return try await body() } catch let failure as Failure {
            let problem = SessionState.Problem(step: step, message: failure.diagnostics.first?.message ?? "")
            // The failure is what matters, also where it keeps the journal from being written.
            try? await journal.append(.outcome, .session, ["problem": JSONValue(encoding: problem)])
            throw failure
        }
    }

    /// A project whose provider and builders found nothing wrong with it.
    package struct Checked: Sendable {
        var provider: Provider
        var configuration: Provider.Configuration

        /// Whether the cluster is this machine.
        var isInPlace: Bool { configuration.inPlace }
    }

    /// Everything that can be wrong before anything is started, all at once.
    package func check() async throws -> Checked {
        var problems: [Diagnostic] = []
        var warnings = loaded.warnings
        var checked: Checked?
        do {
            guard loaded.cluster.missing.isEmpty else { throw Failure(loaded.cluster.missing) }
            let provider = try Provider(
                for: loaded.cluster, in: loaded.catalogue, plugins: plugins, known: loaded.known)
            let answer = try await provider.configure(loaded.cluster, project: project)
            warnings += answer.warnings
            if !answer.inPlace { problems += loaded.cluster.notHonoured }
            checked = Checked(provider: provider, configuration: answer)
        } catch let failure as Failure { problems += failure.diagnostics }
        do { warnings += try await environments.check(loaded.layers, of: project) } catch let failure as Failure {
            problems += failure.diagnostics
        }
        if let place = project.node["idle"]?.place {
            warnings.append(
                Diagnostic(
                    .input, "`idle` is not acted on yet: this session runs until it is stopped", at: place,
                    hint: "end it with `ray session stop \(name.shellQuoted)`", severity: .warning))
        }
        guard problems.isEmpty, let checked else { throw Failure(problems) }
        if !warnings.isEmpty { terminal.report(warnings) }
        return checked
    }

    private func begin(_ journal: JournalWriter, _ provider: Provider, _ configuration: Provider.Configuration)
        async throws
    {
        let state = await journal.state
        try await journal.endOrphans(of: name, terminal)
        let type = loaded.cluster.providerType
        if state.mayHaveNodes, state.provider != type {
            throw Failure(
                .conflict, "session `\(name)` has nodes of provider `\(state.provider)`, not `\(type)`",
                at: loaded.cluster.providerTypePlace,
                hint:
                    "give them back with `ray session stop \(name.shellQuoted) --terminate`, or use another name with `--name`"
            )
        }
        let isSame = state.config == configuration.config && state.clusterFile == loaded.clusterFile
        guard state.phase != .up || !isSame else { return }
        let launch = launch(.init(provider: provider, configuration: configuration), uid: state.uid)
        try await launch?.giveBack(madeFor: state)
        try await journal.append(
            .intent, .session,
            [
                "uid": .string(state.phase == .none ? RandomName.make() : state.uid), "project": .string(project.name),
                "root": .string(project.root), "provider": .string(type), "config": configuration.config,
                "cluster": .string(loaded.clusterFile), "machine": .string(ProcessIdentity.machine),
            ])
    }

    private func nodes(
        _ journal: JournalWriter, _ provider: Provider, _ configuration: Provider.Configuration
    ) async throws -> String {
        let uid = await journal.state.uid
        var nodes = try await provider.nodes(configuration.config, uid: uid)
        if !nodes.contains(where: { $0.kind == .head && $0.state == .running }) {
            let token = "\(uid)-head"
            try await journal.append(.intent, .nodes, ["token": .string(token), "count": 1])
            nodes = try await provider.launch(configuration.config, uid: uid, token: token, kind: .head, count: 1)
                .nodes
            try await journal.append(.outcome, .nodes, ["ids": .array(nodes.map { .string($0.id) })])
        }
        guard let head = nodes.first(where: { $0.kind == .head && $0.state == .running }) else {
            let list = nodes.map { "`\($0.id)` is \($0.state.rawValue)" }.joined(separator: ", ")
            throw Failure(
                .capacity, "provider `\(loaded.cluster.providerType)` gave no running head node",
                at: loaded.cluster.providerTypePlace, cause: nodes.isEmpty ? "it gave no node at all" : list,
                hint:
                    "run the command again, or give back what there is with `ray session stop \(name.shellQuoted) --terminate`"
            )
        }
        let access = try await provider.access(configuration.config, uid: uid, ids: [head.id])[head.id]
        guard access == Access(via: Access.thisMachine) else {
            throw Failure(
                .plugin,
                "provider `\(loaded.cluster.providerType)` is in place, and reaches its node `\(head.id)` via `\(access?.via ?? "nothing")`",
                at: loaded.cluster.providerTypePlace,
                hint: "report it to the author of the plugin in `\(provider.plugin.folder)`")
        }
        return "this machine"
    }

    private func environment(_ journal: JournalWriter, steps: Int) async throws -> [LayerPlan] {
        let observer = BuildReport(journal: journal, terminal: terminal)
        terminal.progress("planning the environment")
        let plans = try await environments.layers(loaded.layers, of: project, observer: observer)
        terminal.clearProgress()
        let built = await observer.built
        let text = plans.map {
            "\($0.plugin.id) \($0.digest.prefix(8))\(built.contains($0.digest) ? "" : " (unchanged)")"
        }
        terminal.note(
            "[3/\(steps)] Setting up environment: \(text.isEmpty ? "nothing to build" : text.joined(separator: ", "))")
        return plans
    }

    /// Starts the session's Ray when the environment holds one and it is not there yet.
    private func ray(_ journal: JournalWriter, _ plans: [LayerPlan]) async throws {
        let facts = try await rayFacts(plans)
        let disagreements = VersionAgreement.problems([.init(id: "head", facts)], at: loaded.layers.first?.place)
        guard disagreements.isEmpty else { throw Failure(disagreements) }
        let environment = SessionState.Environment(
            digests: plans.map(\.digest), activations: plans.map(\.activation), rayVersion: facts["ray_version"])
        try await endRay(unlessIn: environment, journal)
        if await journal.state.environment != environment {
            try await journal.append(.outcome, .environment, JSONValue(encoding: environment))
        }
        guard await journal.state.ray == nil else { return }
        guard let version = environment.rayVersion else {
            terminal.note("      no Ray in this environment: commands run without")
            return
        }
        try await startRay(version, inside: plans, hasClient: facts["ray_client"] == "yes", journal)
    }

    /// Ends a Ray that has died or that runs in another environment.
    private func endRay(unlessIn environment: SessionState.Environment, _ journal: JournalWriter) async throws {
        let state = await journal.state
        guard let ray = state.ray,
            !ray.isAlive || ray.digests != environment.digests || ray.version != environment.rayVersion
        else { return }
        if ray.isAlive { try refuseWhileCommandsRun(state) }
        if let address = ray.address {
            let what = ray.isAlive ? "the environment has changed: ending" : "Ray has died: clearing up"
            terminal.note("      \(what) the Ray at \(address)")
        }
        try await ray.end()
        try await journal.append(.outcome, .ray, ["ended": true])
    }

    private func startRay(
        _ version: String, inside plans: [LayerPlan], hasClient: Bool, _ journal: JournalWriter
    ) async throws {
        let state = await journal.state
        let planned = RayInstance.planned(
            uid: state.uid, number: state.raysStarted + 1, context: context, digests: plans.map(\.digest),
            version: version)
        try await journal.append(.intent, .ray, JSONValue(encoding: planned))
        terminal.progress("starting Ray \(version)")
        let folder = try SessionFolder(name, in: context)
        let started: RayInstance
        do {
            started = try await planned.start(
                inside: environments.environment(inside: plans), directory: project.root,
                hasClient: hasClient, log: folder.rayLog)
        } catch {
            // Its parts leave the session of the script that starts them. Their logs stay, for
            // people, until the next start.
            try? await planned.endProcesses()
            throw error
        }
        try await journal.append(.outcome, .ray, JSONValue(encoding: started))
        terminal.note("      Ray \(version) at \(started.address ?? "")")
    }

    private func refuseWhileCommandsRun(_ state: SessionState) throws(Failure) {
        guard let running = state.runningCommands.values.first else { return }
        throw Failure(
            .conflict,
            "the environment of `\(name)` has changed while a command runs in it: \(running.text.prefix(60))",
            hint: "wait for the command to end, or run `ray session stop \(name.shellQuoted)` first")
    }

    func rayFacts(_ plans: [LayerPlan]) async throws -> Facts {
        try await environments.facts(
            RayInstance.probe, inside: plans, directory: project.root, who: "looking for Ray in the environment")
    }
}
