import FoundationEssentials

/// The Ray that the start commands of a cluster have started on one node.
struct RayOnNode: Sendable {
    private let conversation: NodeConversation
    private let cluster: ClusterIdentity
    /// Below the home of the user there.
    private let folder: String

    init(_ conversation: NodeConversation, _ cluster: ClusterIdentity, _ node: ClusterNode) {
        self.conversation = conversation
        self.cluster = cluster
        folder = NodeReach.folder(of: node, in: cluster.uid)
    }

    /// What all processes of the cluster's Ray carry in their environment.
    static func mark(_ cluster: ClusterIdentity) -> String { "RAY_CLUSTER_UID=\(cluster.uid)" }

    struct Status: Sendable, Equatable {
        /// What the last start commands were made of; nil where there were none since the node booted.
        var digest: String?
        /// Whether what they left running still runs.
        var isAlive = false

        /// Why Ray is started again, where it had been started; nil where it had not.
        func difference(from wanted: String, restarts: Bool) -> String? {
            guard let digest else { return nil }
            if restarts { return "restarting Ray" }
            if !isAlive { return "Ray has ended: starting it again" }
            return digest == wanted ? nil : "what starts Ray has changed: starting it again"
        }
    }

    private var script: String {
        """
        boot=$(cat /proc/sys/kernel/random/boot_id 2>/dev/null) || boot=none
        record=$HOME/\(folder)/started
        \(processes.function)

        """
    }

    func status() async throws -> Status {
        let text = try await output(
            """
            [ -r "$record" ] || exit 0
            read -r digest its_boot running < "$record"
            [ "$its_boot" = "$boot" ] || exit 0
            if [ "$running" = no ] || [ -n "$(pids)" ]; then echo "$digest yes"; else echo "$digest no"; fi
            """)
        let words = text.split(whereSeparator: \.isWhitespace).map(String.init)
        guard words.count == 2 else { return Status() }
        return Status(digest: words[0], isAlive: words[1] == "yes")
    }

    /// Notes what was started, and whether it has left anything that runs.
    func remember(_ digest: String) async throws {
        _ = try await output(
            """
            running=no
            [ -z "$(pids)" ] || running=yes
            echo "\(digest) $boot $running" > "$record"
            """)
    }

    /// Ends all processes of the cluster's Ray: politely, and after three seconds in any case.
    func end() async throws {
        _ = try await output(processes.ending + "\nrm -f \"$record\"")
    }

    private var processes: NodeProcesses { NodeProcesses(variable: Self.mark(cluster)) }

    private func output(_ text: String) async throws -> String {
        String(decoding: try await conversation.output(of: script + text), as: UTF8.self)
    }
}
