extension BringUp {
    /// Brings the session up on nodes that are not this machine.
    ///
    /// What is to be resolved is resolved here, once; each node then builds the same.
    func runElsewhere(_ checked: Checked, _ journal: JournalWriter, steps: Int) async throws {
        let uid = await journal.state.uid
        let reach = try NodeReach(context)
        let nodes = try await recordingProblem("nodes", journal) {
            let launch = launch(checked, uid: uid)
            if let launch { try await launch.run(workers: workers(checked) ?? 0, journal) }
            let wanted = try await located(checked, uid: uid, reach)
            try await release(await journal.state.nodes, besides: wanted, checked, uid: uid, reach)
            try await launch?.giveBack(besides: Set(wanted.map(\.id)))
            try await journal.append(
                .outcome, .nodes, ["nodes": JSONValue(encoding: wanted.map(\.record))])
            return wanted
        }
        context.terminal.note("[1/\(steps)] Creating cluster: \(nodes.sentence)")
        let folder = try SessionFolder(name, in: context)
        let options = try await recordingProblem("files", journal) { try await bringUpOptions() }
        let outcome = try await recordingProblem("environment", journal) {
            let lock = try await environments.lock(
                loaded.layers, of: project, observer: BuildNotes(terminal: context.terminal, indentation: "      "))
            context.terminal.note("[2/\(steps)] Setting up the nodes")
            let outcome = try await ClusterBringUp(
                loaded.cluster, identity(uid), reach, options, in: folder, context.terminal,
                environment: try environment(lock, uid: uid)
            ).run(nodes)
            guard outcome.failures.isEmpty else { throw Failure(outcome.failures) }
            return outcome
        }
        try await record(outcome, head: nodes.first, journal, steps: steps)
    }

    /// What makes the nodes, where the provider does.
    func launch(_ checked: Checked, uid: String) -> NodeLaunch? {
        guard checked.configuration.workers != nil else { return nil }
        return NodeLaunch(
            provider: checked.provider, config: checked.configuration.config, uid: uid,
            wait: ClusterBringUp.Options(context).wait, terminal: context.terminal)
    }

    /// How many workers the cluster file asks for; nil for all that there are.
    private func workers(_ checked: Checked) -> Int? { loaded.cluster.leastWorkers ?? checked.configuration.workers }

    /// The nodes that the cluster file asks for, the head first.
    func located(_ checked: Checked, uid: String, _ reach: NodeReach) async throws -> [ClusterNode] {
        let nodes = try await checked.provider.located(
            checked.configuration.config, uid: uid, of: loaded.cluster, context, reach)
        _ = try loaded.cluster.head(of: nodes)
        return Array(nodes.prefix(1 + (workers(checked) ?? nodes.count)))
    }

    /// With the files that all nodes are to have: what the cluster file mounts, and the project.
    private func bringUpOptions() async throws -> ClusterBringUp.Options {
        var options = ClusterBringUp.Options(context)
        var atRoot = context
        atRoot.workingDirectory = project.root
        options.mounts = try await ClusterMounts(loaded.cluster, atRoot)
        options.project = try await loaded.files(context)
        return options
    }

    private func identity(_ uid: String) -> ClusterIdentity {
        ClusterIdentity(name: name, uid: uid, what: "session", context: context)
    }

    /// Ends what runs on machines that the cluster has no more.
    private func release(
        _ known: [NodeRecord], besides wanted: [ClusterNode], _ checked: Checked, uid: String, _ reach: NodeReach
    ) async throws {
        let ids = Set(wanted.map(\.id))
        var left = known.filter { !ids.contains($0.node.id) }
        if checked.configuration.workers != nil, !left.isEmpty {
            // What its provider has ended holds nothing any more.
            let running = try await checked.provider.nodes(checked.configuration.config, uid: uid)
                .filter { $0.state == .running }.map(\.id)
            left.removeAll { !running.contains($0.node.id) }
        }
        guard !left.isEmpty else { return }
        try await ClusterTeardown(identity(uid), reach, context.terminal)
            .release(try left.map { try $0.located(reach) })
    }

    private func environment(_ lock: EnvironmentLock, uid: String) throws -> ClusterBringUp.Environment {
        let file = context.folders.prefix / "share/ray/node-store.sh"
        guard let data = try Files.read(file) else { throw Failure(incompleteInstallation: file) }
        let script = String(decoding: data, as: UTF8.self)
        let layers = NodeLayers(environments, loaded.layers, of: project, lock)
        let directory = project.name
        return { node, conversation, report in
            let place = try await NodePlace(
                conversation, directory: directory, folder: NodeReach.folder(of: node, in: uid), storeScript: script)
            let (plans, wasBuilt) = try await layers.run(at: place, log: report.log, told: report.note)
            let facts = try await place.facts(RayInstance.probe, inside: plans)
            return NodeEnvironment(place, plans, facts, wasBuilt: wasBuilt)
        }
    }

    private func record(
        _ outcome: ClusterBringUp.Outcome, head: ClusterNode?, _ journal: JournalWriter, steps: Int
    ) async throws {
        let environment = head.flatMap { outcome.environments[$0.id] }
        let recorded = SessionState.Environment(
            digests: environment?.digests ?? [], activations: environment?.activations ?? [],
            rayVersion: environment?.rayVersion, directory: environment?.directory)
        if await journal.state.environment != recorded {
            try await journal.append(.outcome, .environment, JSONValue(encoding: recorded))
        }
        let layers = zip(loaded.layers, recorded.digests).map { "\($0.plugin.id) \($1.prefix(8))" }
        context.terminal.note(
            "[3/\(steps)] Setting up environment: \(layers.isEmpty ? "nothing to build" : layers.joined(separator: ", "))"
        )
        context.terminal.note(
            recorded.rayVersion.map { "      Ray \($0) on \(outcome.environments.count) nodes" }
                ?? "      no Ray in this environment: commands run without")
        let state = await journal.state
        if state.phase != .up || state.problem != nil { try await journal.append(.outcome, .session) }
    }
}

extension [ClusterNode] {
    /// For people: how they are reached.
    var way: String {
        if case .command(let target)? = first?.connection.nodeTarget { "with `\(target.name)`" } else { "by ssh" }
    }

    /// For people: `head 10.0.0.1 and 2 workers`.
    var sentence: String {
        let workers = count { $0.node.kind == .worker }
        let others = workers == 0 ? "" : workers == 1 ? " and 1 worker" : " and \(workers) workers"
        return (first?.title ?? "no node") + others
    }
}

extension LoadedProject {
    /// The project's folder, as nodes get it: without version control, what git ignores, and outputs.
    func files(_ context: Context) async throws -> NodeFiles {
        var filter = FileFilter(cluster)
        filter.patterns.insert(FilePattern(exclude: ".git"), at: 0)
        filter.leftOut = Set(project.outputFiles.map(EntryPath.init))
        filter.asksGit = filter.asksGit || [".git", ".gitignore"].contains { Files.exists(project.root / $0) }
        return try await NodeFiles(
            [FileMount(local: project.root, remote: "~/\(project.name)")], filter, set: "project", context)
    }
}
