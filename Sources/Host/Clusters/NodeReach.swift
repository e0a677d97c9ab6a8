/// What nodes are reached with.
package struct NodeReach: Sendable {
    private let context: Context
    private let files: SSHFiles
    private let agent: String

    /// Throws when the installation or the folder for sockets is not as it must be.
    package init(_ context: Context) throws(Failure) {
        self.context = context
        files = try SSHFiles(context)
        let file = context.folders.prefix / "share/ray/node-agent.sh"
        guard let data = try Files.read(file) else { throw Failure(incompleteInstallation: file) }
        agent = String(decoding: data, as: UTF8.self)
    }

    package func connection(to target: SSHTarget) throws(Failure) -> SSHConnection {
        try SSHConnection(target, files, context)
    }

    /// Where a node keeps what was done, below the home of its user: its own, also where homes are shared.
    static func folder(of node: ClusterNode, in uid: String) -> String {
        ".local/state/ray/clusters/\(uid)/\(Digest.of(node.id).prefix(12))"
    }

    /// Begins the conversation with the agent of a node.
    package func conversation(with node: ClusterNode, of uid: String) async throws -> NodeConversation {
        let command = NodeConversation.command(agent: agent, folder: "~/\(Self.folder(of: node, in: uid))")
        return try await NodeConversation(
            node: node.id, words: node.connection.words(running: command), environment: context.environment)
    }
}
