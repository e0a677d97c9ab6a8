/// How a node is reached, as its provider says.
package struct Access: Sendable, Codable, Equatable {
    package var via: String
    package var host: String?
    package var port: Int?
    package var user: String?
    package var key: String?
    package var hostKey: String?
    /// The words that stand before each command there, and those for one with a terminal.
    package var prefix: [String]?
    package var terminalPrefix: [String]?

    private enum CodingKeys: String, CodingKey {
        case via, host, port, user, key, hostKey = "host_key", prefix, terminalPrefix = "terminal_prefix"
    }

    package static let thisMachine = "this-machine"
    package static let ssh = "ssh"
    package static let command = "command"

    package init(via: String) {
        self.via = via
    }
}

/// The part `auth` of a cluster file: how to log in where the provider does not say.
package struct ClusterAuthentication: Sendable, Equatable {
    private var user: String?
    private var port: Int?
    private var key: String?
    private var proxyCommand: String?
    private var namesNodeToProxy: Bool
    /// By host.
    private var hostKeys: [String: String]

    /// `home` stands for `~`.
    package init(_ cluster: ClusterConfig, home: String) {
        let auth = cluster.node["auth"]
        user = auth?["ssh_user"]?.string
        port = auth?["ssh_port"]?.int.flatMap(Int.init(exactly:))
        key = auth?["ssh_private_key"]?.string.map { $0.hasPrefix("~/") ? home / String($0.dropFirst(2)) : $0 }
        proxyCommand = auth?["ssh_proxy_command"]?.string
        namesNodeToProxy = auth?["ssh_proxy_use_node_id"]?.bool ?? false
        hostKeys = Dictionary((auth?["ssh_host_keys"]?.mapping ?? []).map { ($0.key, $0.value.string ?? "") }) { $1 }
    }

    /// What reaches the node; nil for a way that is not known.
    package func target(of access: Access, node: String) -> NodeTarget? {
        switch access.via {
        case Access.ssh: return .ssh(sshTarget(of: access, node: node))
        case Access.command:
            guard let prefix = access.prefix, !prefix.isEmpty else { return nil }
            return .command(CommandTarget(prefix: prefix, terminalPrefix: access.terminalPrefix))
        default: return nil
        }
    }

    /// The machine that ssh is to reach.
    private func sshTarget(of access: Access, node: String) -> SSHTarget {
        let host = access.host ?? node
        return SSHTarget(
            host: namesNodeToProxy ? node : host, port: access.port ?? port, user: access.user ?? user,
            key: access.key ?? key, proxyCommand: proxyCommand, hostKey: access.hostKey ?? hostKeys[host])
    }
}
