import FoundationEssentials

/// Which cluster it is.
package struct ClusterIdentity: Sendable, Equatable {
    package var name: String
    /// Names the cluster for as long as it exists.
    package var uid: String
    /// Whose it is, for those who find a machine taken.
    package var lease: String

    package init(name: String, uid: String, context: Context) {
        self.name = name
        self.uid = uid
        let user = context.environment["USER"] ?? context.environment["LOGNAME"] ?? "somebody"
        lease = "cluster `\(name)` of \(user)@\(ProcessIdentity.machine)"
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
        /// What prepares the nodes is done again, although it was.
        package var preparesAgain = false

        package init() {}
    }

    private let cluster: ClusterConfig
    private let identity: ClusterIdentity
    private let reach: NodeReach
    private let options: Options
    private let terminal: Terminal
    private let logs: String

    package init(
        _ cluster: ClusterConfig, _ identity: ClusterIdentity, _ reach: NodeReach, _ options: Options, logs: String,
        _ terminal: Terminal
    ) {
        self.cluster = cluster
        self.identity = identity
        self.reach = reach
        self.options = options
        self.terminal = terminal
        self.logs = logs
    }

    /// What became of each node, the head first.
    package struct Outcome: Sendable {
        package var started: [String] = []
        package var unchanged: [String] = []
        package var failures: [Diagnostic] = []
    }

    /// Prepares all nodes, also where others fail.
    package func run(_ nodes: [ClusterNode]) async throws -> Outcome {
        let (head, claim) = (HeadStart(), HeadClaim())
        let bootstrap = BootstrapConfig(cluster, name: identity.name, nodes: nodes)
        return try await withThrowingTaskGroup(of: (ClusterNode, Result<Bool, Failure>).self) { group in
            for node in nodes {
                group.addTask {
                    do { return (node, .success(try await setUp(node, head, claim, bootstrap))) } catch {
                        // Also for an interrupt: a worker that waits for the head would wait for ever.
                        if node.node.kind == .head {
                            await claim.settle(.unknown)
                            await head.fail()
                        }
                        guard let failure = error as? Failure else { throw error }
                        return (node, .failure(failure))
                    }
                }
            }
            var outcome = Outcome()
            for try await (node, result) in group {
                switch result {
                case .success(true): outcome.started.append(node.id)
                case .success(false): outcome.unchanged.append(node.id)
                case .failure(let failure): outcome.failures += failure.diagnostics
                }
            }
            return outcome
        }
    }

    /// Workers prepare while the head does, and join when it is ready.
    private func setUp(
        _ node: ClusterNode, _ head: HeadStart, _ claim: HeadClaim, _ bootstrap: BootstrapConfig?
    ) async throws -> Bool {
        let report = NodeReport(title: node.title, log: logs / "\(node.id.replacing("/", with: "_")).log", terminal)
        let setup = NodeSetup(
            node: node, commands: SetupCommands(cluster, for: node.node), reach: reach, cluster: identity,
            options: options, bootstrap: bootstrap, headClaim: claim, report: report)
        let prepared = try await setup.prepare()
        do {
            var address: String?
            if node.node.kind == .worker {
                address = await head.address()
                guard address != nil else {
                    throw Failure(
                        .conflict, "\(node.title) is prepared, and has no head to join",
                        hint: "run `ray up` again when the head is mended")
                }
            }
            let hasStarted = try await setup.start(prepared, head: address)
            if node.node.kind == .head { await head.start(at: node.internalAddress) }
            report.note(hasStarted ? "up" : "unchanged")
            await prepared.conversation.close()
            return hasStarted
        } catch {
            await prepared.conversation.close()
            throw error
        }
    }
}

/// Whether workers can join.
private actor HeadStart {
    private enum Outcome {
        case started(at: String)
        case failed

        var address: String? { if case .started(let address) = self { address } else { nil } }
    }

    private var outcome: Outcome?
    private var waiting: [CheckedContinuation<String?, Never>] = []

    func start(at address: String) { end(.started(at: address)) }

    func fail() { end(.failed) }

    private func end(_ outcome: Outcome) {
        guard self.outcome == nil else { return }
        self.outcome = outcome
        for continuation in waiting { continuation.resume(returning: outcome.address) }
        waiting = []
    }

    /// Waits for the head; nil where it does not come.
    func address() async -> String? {
        if let outcome { return outcome.address }
        return await withCheckedContinuation { waiting.append($0) }
    }
}

/// What is told of one node while it is set up.
struct NodeReport: Sendable {
    let title: String
    /// The file of all output.
    let log: String
    private let terminal: Terminal

    init(title: String, log: String, _ terminal: Terminal) {
        self.title = title
        self.log = log
        self.terminal = terminal
    }

    func note(_ text: String) { terminal.note("\(title): \(text)") }
}
