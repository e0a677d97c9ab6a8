/// The commands of a cluster file that are run on a node, in their order.
package struct SetupCommands: Sendable, Equatable {
    package struct Command: Sendable, Equatable {
        /// The list that it stands in.
        package var list: String
        package var text: String
        package var place: Place
        /// Which of its list it is, from 1, and how many there are.
        package var number: Int
        package var count: Int

        /// For people.
        var title: String {
            let line = text.split(whereSeparator: \.isNewline).first ?? ""
            return "\(list) \(number)/\(count): \(line.prefix(100))"
        }
    }

    /// What prepares the node: done once, for as long as it stays as it is.
    package var preparation: [Command]
    /// What starts Ray.
    package var start: [Command]
    /// Whether that is what Ray does where the file says nothing.
    package var startsAsUsual: Bool

    private static let usualStart: [Node.Kind: [String]] = [
        .head: [
            "ray stop",
            "ulimit -c unlimited; ray start --head --port=6379 --autoscaling-config=~/\(BootstrapConfig.file)",
        ],
        .worker: ["ray stop", "ray start --address=$RAY_HEAD_IP:6379"],
    ]

    package init(_ cluster: ClusterConfig, for node: Node) {
        let type = node.type.flatMap { cluster.node["available_node_types"]?[$0] }
        let kind = node.kind.rawValue
        let initialization = type?["initialization_commands"].flatMap { $0.sequence?.isEmpty == false ? $0 : nil }
        preparation =
            Self.commands(initialization ?? cluster.node["initialization_commands"], "initialization_commands")
            + Self.commands(cluster.node["setup_commands"], "setup_commands")
        let own = node.kind == .worker ? type?["worker_setup_commands"] : nil
        preparation += Self.commands(own ?? cluster.node["\(kind)_setup_commands"], "\(kind)_setup_commands")
        let list = "\(kind)_start_ray_commands"
        if let given = cluster.node[list], !given.isNull {
            start = Self.commands(given, list)
            startsAsUsual = false
        } else {
            startsAsUsual = true
            let place = Place(file: cluster.file)
            start = Self.commands((Self.usualStart[node.kind] ?? []).map { ($0, place) }, list)
        }
    }

    /// What stands for a node to which nothing was done.
    static let beginning = Digest.of("ray/1")

    /// Each with what stands for it and everything before it.
    var preparationSteps: [(command: Command, digest: String)] {
        var digest = Self.beginning
        return preparation.map { command in
            digest = Digest.of("\(digest)\n\(command.text)")
            return (command, digest)
        }
    }

    /// What starts Ray on a node, with the variables that it is to see.
    ///
    /// `head` is the address of the head for workers; `isAdopted` says that Ray's monitor knows the nodes.
    func startTexts(
        on node: ClusterNode, head: String?, isAdopted: Bool, inside environment: NodeEnvironment? = nil
    ) -> [String] {
        let variables = (environment?.entering ?? "") + (isAdopted ? BootstrapConfig.variables(for: node) : "")
        let prefix = head.map { "export RAY_HEAD_IP=\($0.shellQuoted); " } ?? ""
        return start.map { variables + prefix + $0.text }
    }

    private static func commands(_ node: YAMLNode?, _ list: String) -> [Command] {
        commands((node?.sequence ?? []).compactMap { item in item.string.map { ($0, item.place) } }, list)
    }

    private static func commands(_ texts: [(text: String, place: Place)], _ list: String) -> [Command] {
        texts.enumerated().map { index, item in
            Command(list: list, text: item.text, place: item.place, number: index + 1, count: texts.count)
        }
    }
}
