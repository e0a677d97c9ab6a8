import FoundationEssentials

/// Which cluster it is.
package struct ClusterIdentity: Sendable, Equatable {
    package var name: String
    /// Names the cluster for as long as it exists.
    package var uid: String
    /// Whose it is, for those who find a machine taken.
    package var lease: String

    /// `what` is what the user calls it.
    package init(name: String, uid: String, what: String = "cluster", context: Context) {
        self.name = name
        self.uid = uid
        let user = context.environment["USER"] ?? context.environment["LOGNAME"] ?? "somebody"
        lease = "\(what) `\(name)` of \(user)@\(ProcessIdentity.machine)"
    }
}

/// Brings a cluster of machines elsewhere up: connects to all nodes at once, prepares them, and starts Ray on
/// the head first.
package struct ClusterBringUp: Sendable {
    package struct Options: Sendable {
        /// How long a machine that does not answer yet is waited for.
        package var wait = Duration.seconds(300)
        package var stepTimeout = Duration.seconds(3600)
        /// Ray is started again although it runs.
        package var restarts = false
        /// Ray is neither started nor ended.
        package var leavesRay = false
        package var mounts: ClusterMounts?
        /// The project's folder, where there is one.
        package var project: NodeFiles?
        /// What prepares the nodes is done again, although it was.
        package var preparesAgain = false

        package init() {}

        /// As the environment of this program says.
        package init(_ context: Context) {
            if let seconds = context.environment["AUTOSCALER_NODE_START_WAIT_S"].flatMap(Int64.init) {
                wait = .seconds(seconds)
            }
        }
    }

    /// Sets up the project's environment on a prepared node.
    package typealias Environment =
        @Sendable (ClusterNode, NodeConversation, NodeReport) async throws -> NodeEnvironment

    private let cluster: ClusterConfig
    private let environment: Environment?
    private let identity: ClusterIdentity
    private let reach: NodeReach
    private let options: Options
    private let terminal: Terminal
    private let folder: SessionFolder

    package init(
        _ cluster: ClusterConfig, _ identity: ClusterIdentity, _ reach: NodeReach, _ options: Options,
        in folder: SessionFolder,
        _ terminal: Terminal, environment: Environment? = nil
    ) {
        self.environment = environment
        self.cluster = cluster
        self.identity = identity
        self.reach = reach
        self.options = options
        self.terminal = terminal
        self.folder = folder
    }

    /// What became of each node, the head first.
    package struct Outcome: Sendable {
        package var started: [String] = []
        package var unchanged: [String] = []
        package var failures: [Diagnostic] = []
        /// By the id of the node, where there is a project.
        package var environments: [String: NodeEnvironment] = [:]
    }

    /// Prepares all nodes, also where others fail, and says then how many are up.
    package func run(_ nodes: [ClusterNode]) async throws -> Outcome {
        let head = HeadProgress()
        let bootstrap = BootstrapConfig(cluster, name: identity.name, nodes: nodes)
        defer { options.mounts?.clear() }
        let openFiles = OpenFileLimit.raise(to: nodes.openFiles)
        guard openFiles >= nodes.openFiles else {
            throw Failure(
                .conflict,
                "\(nodes.count) nodes take \(nodes.openFiles) open files at once, and this machine allows \(openFiles)",
                hint: "raise the hard limit `nofile`, which `ulimit -Hn` shows, or use fewer nodes")
        }
        let limit = ConcurrencyLimit.connecting
        return try await withThrowingTaskGroup(of: (ClusterNode, Result<NodeOutcome, Failure>).self) { group in
            for node in nodes {
                group.addTask {
                    let turn = await limit.enter()
                    do { return (node, .success(try await setUp(node, head, bootstrap, turn))) } catch {
                        await turn.end()
                        // Also for an interrupt: a worker that waits for the head would wait for ever.
                        if node.node.kind == .head { await head.fail() }
                        guard let failure = error as? Failure else { throw error }
                        return (node, .failure(failure))
                    }
                }
            }
            var outcome = Outcome()
            for try await (node, result) in group {
                switch result {
                case .success(let result):
                    if result.hasStarted {
                        outcome.started.append(node.id)
                    } else {
                        outcome.unchanged.append(node.id)
                    }
                    outcome.environments[node.id] = result.environment
                case .failure(let failure): outcome.failures += failure.diagnostics
                }
            }
            if !outcome.failures.isEmpty {
                terminal.note("\(outcome.started.count + outcome.unchanged.count) of \(nodes.count) nodes are up")
            }
            return outcome
        }
    }

    private struct NodeOutcome: Sendable {
        var hasStarted: Bool
        var environment: NodeEnvironment?
    }

    /// Workers prepare while the head does, and join when it is ready.
    private func setUp(
        _ node: ClusterNode, _ head: HeadProgress, _ bootstrap: BootstrapConfig?, _ turn: ConcurrencyLimit.Turn
    ) async throws -> NodeOutcome {
        let report = NodeReport(title: node.title, log: folder.log(ofNode: node.id), reach.redaction, terminal)
        let setup = NodeSetup(
            node: node, commands: SetupCommands(cluster, for: node.node), reach: reach, cluster: identity,
            options: options, bootstrap: bootstrap, head: head, report: report)
        return try await setup.connected { conversation in
            let prepared = try await setup.prepare(conversation) { await turn.end() }
            let inside = try await naming(node) { try await environment?(node, conversation, report) }
            let address = node.node.kind == .worker ? try await join(head, node, inside) : nil
            let hasStarted = try await setup.start(prepared, inside: inside, head: address, conversation)
            if node.node.kind == .head {
                await head.ray.settle(.init(address: node.internalAddress, environment: inside))
            }
            let hasChanged = hasStarted || inside?.wasBuilt ?? false
            report.note(hasChanged ? "up" : "unchanged")
            return NodeOutcome(hasStarted: hasChanged, environment: inside)
        }
    }

    /// Waits for the head that a prepared worker is to join; returns its address.
    private func join(
        _ head: HeadProgress, _ node: ClusterNode, _ environment: NodeEnvironment?
    ) async throws -> String {
        guard let head = await head.ray.wait() else {
            throw Failure(
                .conflict, "\(node.title) is prepared, and has no head to join",
                hint: "run `ray up` again when the head is mended")
        }
        try checkAgreement(head.environment, environment, node)
        return head.address
    }

    /// Has errors tell which node they are about.
    private func naming<Result>(_ node: ClusterNode, _ body: () async throws -> Result) async throws -> Result {
        do { return try await body() } catch var failure as Failure {
            for index in failure.diagnostics.indices {
                failure.diagnostics[index].message = "\(node.title): \(failure.diagnostics[index].message)"
            }
            throw failure
        }
    }

    private func checkAgreement(
        _ head: NodeEnvironment?, _ worker: NodeEnvironment?, _ node: ClusterNode
    ) throws(Failure) {
        guard let head, let worker else { return }
        let problems = VersionAgreement.problems(
            [
                .init(id: "head", ray: head.rayVersion, python: head.pythonVersion),
                .init(id: node.id, ray: worker.rayVersion, python: worker.pythonVersion),
            ], at: head.place)
        guard problems.isEmpty else { throw Failure(problems) }
    }
}

/// What is told of one node while it is set up.
package struct NodeReport: Sendable {
    let title: String
    /// The file of all output.
    package let log: String
    let redaction: Redaction
    private let terminal: Terminal

    init(title: String, log: String, _ redaction: Redaction, _ terminal: Terminal) {
        self.title = title
        self.log = log
        self.redaction = redaction
        self.terminal = terminal
    }

    package func note(_ text: String) { terminal.note("\(title): \(redaction.redacted(text))") }
}
