import FoundationEssentials

/// The Ray that the start commands of a cluster have started on one node.
struct RayOnNode: Sendable {
    private let conversation: NodeConversation
    private let cluster: ClusterIdentity
    private let script: String
    private let isHead: Bool

    init(_ conversation: NodeConversation, _ cluster: ClusterIdentity, _ node: ClusterNode) {
        self.conversation = conversation
        self.cluster = cluster
        script = Self.beginning(cluster, node)
        isHead = node.node.kind == .head
    }

    /// What all processes of the cluster's Ray carry in their environment.
    static func mark(_ cluster: ClusterIdentity) -> String { "RAY_CLUSTER_UID=\(cluster.uid)" }

    struct Status: Sendable, Equatable {
        /// What the last start commands were made of; nil where none came to their end since the node booted.
        var digest: String?
        /// Whether what they left running still runs; where none came to their end, whether anything of theirs does.
        var isAlive = false

        /// Why Ray is started again, where it had been started; nil where it had not.
        func difference(from wanted: String, restarts: Bool) -> String? {
            guard let digest else { return nil }
            if restarts { return "restarting Ray" }
            if !isAlive { return "Ray has ended: starting it again" }
            return digest == wanted ? nil : "what starts Ray has changed: starting it again"
        }
    }

    /// What each of its scripts begins with.
    static func beginning(_ cluster: ClusterIdentity, _ node: ClusterNode) -> String {
        """
        { read -r boot < /proc/sys/kernel/random/boot_id; } 2>/dev/null || boot=none
        folder=$HOME/\(NodeReach.folder(of: node, in: cluster.uid))
        record=$folder/started
        \(NodeProcesses(variable: mark(cluster)).function)

        """
    }

    /// Prints the digest, `none` where there is none, and whether it is alive.
    static let inspection =
        """
        digest= its_boot= running=
        [ ! -r "$record" ] || read -r digest its_boot running < "$record"
        [ "$its_boot" = "$boot" ] || digest=none running=
        if [ "$running" = no ] || [ -n "$(pids)" ]; then echo "$digest yes"; else echo "$digest no"; fi
        """

    /// Notes what was started, and whether it has left anything that runs.
    func remember(_ digest: String) async throws {
        _ = try await output(
            """
            running=no
            [ -z "$(pids)" ] || running=yes
            echo "\(digest) $boot $running" > "$record"
            """)
    }

    /// Ends all processes of the cluster's Ray.
    ///
    /// `isLast` where the cluster goes, and nothing is to be left of what it wrote for Ray.
    func end(isLast: Bool = true) async throws {
        let removal = isHead && isLast ? BootstrapConfig.removal(name: cluster.name) : ""
        let processes = NodeProcesses(variable: Self.mark(cluster))
        _ = try await output("\(processes.ending)\nrm -f \"$record\"\n\(removal)")
    }

    private func output(_ text: String) async throws -> String {
        String(decoding: try await conversation.output(of: script + text), as: UTF8.self)
    }
}
