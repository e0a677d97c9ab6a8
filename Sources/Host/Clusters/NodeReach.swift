import FoundationEssentials

/// What nodes are reached with.
package struct NodeReach: Sendable {
    private let context: Context
    /// The text of the nodes' agent, encoded.
    private let agent: String
    /// Takes the user's secrets out of what is told of nodes.
    let redaction: Redaction

    /// Throws when the installation is not as it must be.
    package init(_ context: Context) throws(Failure) {
        self.context = context
        let file = context.folders.prefix / "share/ray/node-agent.sh"
        guard let data = try Files.read(file) else { throw Failure(incompleteInstallation: file) }
        agent = data.base64EncodedString()
        redaction = Redaction(environment: context.environment, home: context.folders.home)
    }

    /// Throws where what reaches the node from here is missing.
    func connection(to target: NodeTarget) throws(Failure) -> any NodeConnection {
        switch target {
        case .ssh(let target): try SSHConnection(target, SSHFiles(context), context)
        case .command(let target): try CommandConnection(target, context)
        }
    }

    /// Where a node keeps what was done, below the home of its user: its own, also where homes are shared.
    static func folder(of node: ClusterNode, in uid: String) -> String {
        ".local/state/ray/clusters/\(uid)/\(Digest.of(node.id).prefix(12))"
    }

    /// Begins the conversation with the agent of a node that is connected, and ends it when `body` has returned.
    package func withConversation<Result>(
        with node: ClusterNode, of uid: String, _ body: (NodeConversation) async throws -> Result
    ) async throws -> Result {
        let command = NodeConversation.command(folder: "~/\(Self.folder(of: node, in: uid))")
        let conversation = try await NodeConversation(
            node: node.id, words: try node.connection.words(running: command, last: agent),
            environment: context.environment)
        do {
            let result = try await body(conversation)
            await conversation.close()
            return result
        } catch {
            await conversation.close()
            throw error
        }
    }

    /// How files are moved to and from a node.
    func shell(of node: ClusterNode, _ conversation: NodeConversation) -> NodeShell {
        NodeShell(node, conversation, environment: context.environment)
    }
}

extension NodeReach {
    /// Connects to a node that is up, and runs `body` with it.
    func withShell<Result: Sendable>(
        of node: ClusterNode, _ uid: String, _ context: Context, _ body: (NodeShell) async throws -> Result
    ) async throws -> Result {
        try await node.connect(wait: .seconds(10)) {
            context.terminal.note("\(node.title): waiting: \($0)")
        }
        return try await withConversation(with: node, of: uid) { try await body(shell(of: node, $0)) }
    }
}

extension [ClusterNode] {
    /// Runs `body` for all nodes at once; returns what went wrong.
    func concurrently(_ body: @escaping @Sendable (ClusterNode) async throws -> Void) async throws -> [Diagnostic] {
        OpenFileLimit.raise(to: openFiles)
        let limit = ConcurrencyLimit.connecting
        return try await withThrowingTaskGroup(of: [Diagnostic].self) { group in
            for node in self {
                group.addTask {
                    let turn = await limit.enter()
                    do {
                        try await body(node)
                        await turn.end()
                        return []
                    } catch let failure as Failure {
                        await turn.end()
                        return failure.diagnostics
                    }
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
    }

    /// How many files it takes to speak with all of them at once.
    ///
    /// A conversation takes four: its input, its two outputs, and the process; beginning one takes as many again.
    var openFiles: Int { 256 + 8 * count }
}

extension ConcurrencyLimit {
    /// For connections to nodes: each takes a process that computes keys and one that holds it.
    ///
    /// A machine that does not answer takes ten seconds to be given up.
    static var connecting: ConcurrencyLimit { ConcurrencyLimit(width: 64, patience: .seconds(3)) }
}
