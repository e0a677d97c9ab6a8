import FoundationEssentials

/// Sets up one node: the connection, the lease, what prepares it, and Ray.
///
/// Everything is wanted, not ordered: what is there already is left as it is.
struct NodeSetup: Sendable {
    let node: ClusterNode
    let commands: SetupCommands
    let reach: NodeReach
    let cluster: ClusterIdentity
    let options: ClusterBringUp.Options
    /// What Ray's monitor on the head is told, where it is.
    let bootstrap: BootstrapConfig?
    let head: HeadProgress
    let report: NodeReport

    /// A node that is ready for Ray.
    struct Prepared: Sendable {
        /// Stands for everything that was done to prepare it.
        var digest: String
        /// How Ray was before.
        var ray: RayOnNode.Status
    }

    /// Connects to the node, and runs `body` with it.
    func connected<Result>(_ body: (NodeConversation) async throws -> Result) async throws -> Result {
        // Nobody waits for a head that boots, or whose password is being typed.
        let passOn: @Sendable () -> Void = {
            if isHead { Task { await head.claim.settle(.unknown) } }
        }
        try await node.connect(wait: options.wait) { reason in
            report.note("waiting: \(reason)")
            passOn()
        } asked: {
            passOn()
        }
        return try await reach.withConversation(with: node, of: cluster.uid, body)
    }

    private var isHead: Bool { node.node.kind == .head }

    /// Claims the node and has there what Ray is to find.
    ///
    /// `begun` is called when it is known what there is to do.
    func prepare(_ conversation: NodeConversation, begun: () async -> Void) async throws -> Prepared {
        let steps = commands.preparationSteps
        async let output = conversation.output(
            of: NodeProbe.script(steps: steps.map(\.digest), cluster, node))
        try await claim(conversation)
        let probe = NodeProbe(String(decoding: try await output, as: UTF8.self))
        await begun()
        try await putFiles(conversation, probe)
        if options.preparesAgain { try await conversation.forgetSteps() }
        for step in steps where options.preparesAgain || !probe.done.contains(step.digest) {
            try await run(step.command, step.command.text, step.digest, conversation)
        }
        try await offerFiles(conversation)
        return Prepared(digest: steps.last?.digest ?? SetupCommands.beginning, ray: probe.ray)
    }

    /// Starts Ray, unless it was started in the same way and still runs.
    ///
    /// `address` is that of the head for workers. Returns whether anything was started.
    func start(
        _ prepared: Prepared, inside environment: NodeEnvironment?, head address: String?,
        _ conversation: NodeConversation
    ) async throws -> Bool {
        guard !options.leavesRay else { return false }
        // Without Ray nothing is started but what the cluster file itself asks for.
        if let environment, environment.rayVersion == nil, commands.startsAsUsual { return false }
        let texts = commands.startTexts(
            on: node, head: address, isAdopted: bootstrap != nil, inside: environment)
        let wanted = Self.digest(after: prepared.digest, texts)
        if isHead, let bootstrap { _ = try await conversation.output(of: bootstrap.script) }
        let status = prepared.ray
        if status.digest == wanted, status.isAlive, !options.restarts { return false }
        if let reason = status.difference(from: wanted, restarts: options.restarts) { report.note(reason) }
        let ray = RayOnNode(conversation, cluster, node)
        // Also what was begun by a client that ended before it knew how that went.
        if status.isAlive { try await ray.end(isLast: false) }
        let attempt = RandomName.make()
        for (index, command) in commands.start.enumerated() {
            // Never the same one: that it was done once says nothing of now.
            let digest = Digest.of("\(wanted)\n\(attempt)\n\(index)")
            let marked = "export \(RayOnNode.mark(cluster)); \(texts[index])"
            try await run(command, marked, digest, conversation)
        }
        try await ray.remember(wanted)
        return true
    }

    private func putFiles(_ conversation: NodeConversation, _ probe: NodeProbe) async throws {
        if let project = options.project { try await put(project, conversation) }
        guard let mounts = options.mounts else { return }
        // Also none, where there were some.
        if probe.hasFiles || !mounts.files.isEmpty { try await put(mounts.files, conversation) }
        guard mounts.hasSynced, !isHead else { return }
        guard let files = await head.files.wait() else {
            throw Failure(
                .conflict, "\(node.title) has no head to get `cluster_synced_files` from",
                hint: "run `ray up` again when the head is mended")
        }
        try await put(files, conversation)
    }

    private func put(_ files: NodeFiles, _ conversation: NodeConversation) async throws {
        let done = try await files.sync(
            to: reach.shell(of: node, conversation), folder: NodeReach.folder(of: node, in: cluster.uid))
        if let words = done.words { report.note(words) }
    }

    /// Workers get what the head has once it is prepared.
    private func offerFiles(_ conversation: NodeConversation) async throws {
        guard let mounts = options.mounts, mounts.hasSynced, isHead else { return }
        await head.files.settle(try await mounts.synced(on: reach.shell(of: node, conversation)))
    }

    /// Stands for a Ray that was started by these texts on a node that was prepared so.
    static func digest(after prepared: String, _ texts: [String]) -> String {
        Digest.of(([prepared] + texts).joined(separator: "\n"))
    }

    private func claim(_ conversation: NodeConversation) async throws {
        if !isHead, await head.claim.wait() == .theirs {
            throw Failure(.conflict, "\(node.title) is left alone, since the head belongs to another cluster")
        }
        let holder = try await conversation.lease(owner: cluster.uid, name: cluster.lease)
        if isHead { await head.claim.settle(holder == nil ? .ours : .theirs) }
        guard let holder else { return }
        throw Failure(
            .conflict, "node `\(node.id)` belongs to \(holder.name)",
            hint: "take that cluster down first with `ray down`, or choose another machine")
    }

    /// Runs what `command` says with what it takes there, unless this was done.
    private func run(
        _ command: SetupCommands.Command, _ script: String, _ digest: String, _ conversation: NodeConversation
    ) async throws {
        let log = report.log
        let tail = OutputTail()
        var result = try await step(digest, script, conversation, command, tail)
        // Whoever watched over it is gone, with the last boot perhaps: asked again, the node begins it anew.
        if result.status == "lost" { result = try await step(digest, script, conversation, command, tail) }
        guard result.status != "0" else { return }
        throw Failure(
            .buildFailed,
            "\(node.title): \(report.redaction.redacted(command.title)): it \(Self.ending(result.status, after: options.stepTimeout))",
            at: command.place, cause: tail.text.isEmpty ? nil : tail.text.lastLines(10),
            hint: "correct the command and run `ray up` again: it goes on from there; all of its output is in `\(log)`")
    }

    private func step(
        _ digest: String, _ script: String, _ conversation: NodeConversation, _ command: SetupCommands.Command,
        _ tail: OutputTail
    ) async throws -> (status: String, isSkipped: Bool) {
        let lines = LineBuffer()
        let result = try await conversation.step(digest, script, timeout: options.stepTimeout) { answer in
            switch answer {
            case .started: report.note("\(command.title)")
            case .found: report.note("\(command.title): it still runs")
            case .log(let data): try keep(await lines.take(data), tail)
            // What the agent itself could not do.
            case .errors(let data): tail.append(data)
            default: break
            }
        }
        try keep(await lines.rest, tail)
        return result
    }

    /// Adds output to the log and to its tail.
    private func keep(_ text: Data, _ tail: OutputTail) throws {
        guard !text.isEmpty else { return }
        let redacted = Data(report.redaction.redacted(String(decoding: text, as: UTF8.self)).utf8)
        tail.append(redacted)
        try Files.append(redacted, to: report.log)
    }

    private static func ending(_ status: String, after timeout: Duration) -> String {
        switch status {
        case "timeout": "took more than \(timeout.inSeconds)"
        default: "failed with status \(status)"
        }
    }
}
