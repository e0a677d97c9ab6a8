import FoundationEssentials

/// What Ray's own monitor on the head is told of the cluster: `~/ray_bootstrap_config.yaml`, as Ray's usual start
/// commands name it.
///
/// The monitor finds all nodes running already, starts none and ends none: those that set them up are elsewhere.
/// It holds no key and nothing of the cluster file but sizes.
struct BootstrapConfig: Sendable {
    /// Below the home of the head's user.
    static let file = "ray_bootstrap_config.yaml"
    /// What Ray calls every node of a fixed list of machines.
    private static let nodeType = "local.cluster.node"

    private let name: String
    private let head: String
    private let workers: [String]
    private let sizes: [(key: String, value: YAMLNode)]

    /// Nil where nothing that starts Ray on the head names the file.
    init?(_ cluster: ClusterConfig, name: String, nodes: [ClusterNode]) {
        guard let head = nodes.first, head.node.kind == .head,
            SetupCommands(cluster, for: head.node).start.contains(where: { $0.text.contains(Self.file) })
        else { return nil }
        self.name = name
        self.head = head.internalAddress
        workers = nodes.dropFirst().map(\.internalAddress)
        sizes = ["upscaling_speed", "idle_timeout_minutes"].compactMap { key in
            cluster.node[key].flatMap { $0.isNull ? nil : (key, $0) }
        }
    }

    private static let heading =
        "# Written by `ray up`, which also sets up every node: Ray's monitor starts and ends none."
    private static func line(of name: String) -> String { "cluster_name: \(YAMLText.quoted(name))" }

    /// The file itself, which Ray reads again every few seconds.
    var text: String {
        """
        \(Self.heading)
        \(Self.line(of: name))
        max_workers: \(workers.count)
        provider:
          type: local
          head_ip: \(YAMLText.quoted(head))
          worker_ips: [\(workers.map(YAMLText.quoted).joined(separator: ", "))]
          disable_node_updaters: true
          disable_launch_config_check: true
          worker_liveness_check: false
        \(sizes.map { "\($0.key): \(Self.number($0.value))\n" }.joined())
        """
    }

    private static func number(_ node: YAMLNode) -> String {
        node.int.map { "\($0)" } ?? node.number.map { "\($0)" } ?? "0"
    }

    /// Where Ray's provider of fixed machines keeps what it knows of them.
    var stateFile: String { "cluster-\(name).state" }

    /// All nodes as that provider writes them once they run.
    var state: String {
        var nodes: [String: JSONValue] = [:]
        for (address, kind) in [(head, "head")] + workers.map({ ($0, "worker") }) {
            nodes[address] = [
                "tags": [
                    "ray-node-type": .string(kind), "ray-user-node-type": .string(Self.nodeType),
                    "ray-node-name": .string("ray-\(name)-\(kind)"), "ray-node-status": "up-to-date",
                ],
                "state": "running",
            ]
        }
        return String(decoding: JSONValue.object(nodes).canonical, as: UTF8.self)
    }

    /// What start commands see, so that the monitor knows each Ray for one of its nodes.
    static func variables(for node: ClusterNode) -> String {
        let version = node.node.kind == .head ? " RAY_enable_autoscaler_v2=1" : ""
        let address = node.internalAddress.shellQuoted
        return "export RAY_NODE_TYPE_NAME=\(nodeType) RAY_CLOUD_INSTANCE_ID=\(address)\(version); "
    }

    /// Writes both files where they are not so already.
    var script: String {
        """
        write() { # FILE BASE64
            umask 077
            printf %s "$2" | base64 -d > "$1.ray-$$" && { cmp -s "$1.ray-$$" "$1" && rm -f "$1.ray-$$" || mv -f "$1.ray-$$" "$1"; }
        }
        write "$HOME/\(Self.file)" \(Data(text.utf8).base64EncodedString()) || exit 1
        folder=${RAY_TMPDIR:-${TMPDIR:-/tmp}}/ray
        mkdir -p "$folder" && chmod 777 "$folder" 2>/dev/null
        write "$folder/"\(stateFile.shellQuoted) \(Data(state.utf8).base64EncodedString()) || exit 1

        """
    }

    /// Removes what `script` wrote for the cluster of this name, and not what another has written since into a home
    /// that they share.
    static func removal(name: String) -> String {
        """
        if head -n 2 "$HOME/\(file)" 2>/dev/null | tr '\\n' ' ' | grep -qF \("\(Self.heading) \(Self.line(of: name)) ".shellQuoted); then
            rm -f "$HOME/\(file)" "${RAY_TMPDIR:-${TMPDIR:-/tmp}}/ray/"\("cluster-\(name).state".shellQuoted)
        fi

        """
    }
}
