/// A node of a cluster, as its provider sees it.
public struct Node: Sendable, Hashable, Codable {
    /// What the node is for.
    public enum Kind: String, Sendable, Hashable, Codable {
        case head, worker
    }

    /// Where the node is in its life.
    public enum State: String, Sendable, Hashable, Codable {
        case pending, running, stopping, stopped, terminated
    }

    /// What the provider calls the node.
    public var id: String
    /// What the node is for.
    public var kind: Kind
    /// The name of its node type.
    public var type: String
    /// Where it is in its life.
    public var state: State
    /// Its addresses by what they are for: `internal`, `external`.
    public var addresses: [String: String]
    /// The tags it carries.
    public var tags: [String: String]

    /// A node.
    public init(
        id: String, kind: Kind, type: String, state: State, addresses: [String: String] = [:],
        tags: [String: String] = [:]
    ) {
        self.id = id
        self.kind = kind
        self.type = type
        self.state = state
        self.addresses = addresses
        self.tags = tags
    }
}

/// What became of one node that was to be stopped, started or terminated.
public enum Outcome: String, Sendable, Hashable, Codable {
    case done, already, failed
}

/// How the host reaches a node.
public struct Access: Sendable, Hashable, Codable {
    /// The way to a node.
    public enum Route: String, Sendable, Hashable, Codable {
        /// The node is the machine that the host runs on.
        case thisMachine = "this-machine"
        /// By ssh; what is left out is taken from the `auth` of the cluster file.
        case ssh
        /// By words that stand before each command, as `docker exec -i NAME`.
        case command
    }

    /// The way to the node.
    public var via: Route
    /// A name or an address, for ssh.
    public var host: String?
    /// The port of ssh.
    public var port: Int?
    /// The user to log in as.
    public var user: String?
    /// The file of the private key on the host's machine.
    public var key: String?
    /// The node's public key, `TYPE BASE64`; without one the first that is seen is trusted.
    public var hostKey: String?
    /// The words that stand before each command in the node, a program of the host's machine first.
    public var prefix: [String]?
    /// The same for a command that is to have a terminal; nil where none can be had.
    public var terminalPrefix: [String]?

    private enum CodingKeys: String, CodingKey {
        case via, host, port, user, key, hostKey = "host_key", prefix, terminalPrefix = "terminal_prefix"
    }

    /// Access by this way.
    public init(via: Route) {
        self.via = via
    }

    /// Access by ssh.
    public init(
        ssh host: String, port: Int? = nil, user: String? = nil, key: String? = nil, hostKey: String? = nil
    ) {
        via = .ssh
        self.host = host
        self.port = port
        self.user = user
        self.key = key
        self.hostKey = hostKey
    }

    /// Access by words that stand before each command.
    public init(command prefix: [String], terminal: [String]? = nil) {
        via = .command
        self.prefix = prefix
        terminalPrefix = terminal
    }
}

/// Why nodes that were asked for are not there.
public struct LaunchError: Sendable, Hashable, Codable {
    /// The kind of the failure.
    public var errorClass: ErrorClass
    /// One sentence, lower-case, without a full stop.
    public var message: String

    private enum CodingKeys: String, CodingKey {
        case errorClass = "class", message
    }

    /// An error of this class, with one sentence that says why.
    public init(_ errorClass: ErrorClass, _ message: String) {
        self.errorClass = errorClass
        self.message = message
    }
}
