/// What `configure` is asked with.
public struct ConfigureRequest: Sendable, Hashable, Codable {
    /// The whole cluster file.
    public var cluster: JSONValue
    /// Where each value stands, by its JSON pointer into `cluster`.
    public var places: [String: Place]?
    /// The project; nil for a cluster without one.
    public var project: Project?

    /// A request about this cluster file.
    public init(cluster: JSONValue, places: [String: Place] = [:], project: Project? = nil) {
        self.cluster = cluster
        self.places = places
        self.project = project
    }

    /// Where the value stands that a JSON pointer into `cluster` names, or else the nearest value
    /// around it; nil where neither is known.
    public func place(of pointer: String) -> Place? {
        nearestPlace(of: pointer, in: places ?? [:])
    }
}

/// What `nodes` is asked with.
public struct NodesRequest: Sendable, Hashable, Codable {
    /// What `configure` answered.
    public var config: JSONValue
    /// Names the cluster for as long as it exists.
    public var uid: String

    /// A request for the nodes of the cluster `uid`.
    public init(config: JSONValue, uid: String) {
        self.config = config
        self.uid = uid
    }
}

/// What `launch` is asked with.
public struct LaunchRequest: Sendable, Hashable, Codable {
    /// What `configure` answered.
    public var config: JSONValue
    /// Names the cluster for as long as it exists.
    public var uid: String
    /// Names this launch: asked twice with one token, a provider makes its nodes once.
    public var token: String
    /// What the nodes are for.
    public var kind: Node.Kind
    /// The name of their node type.
    public var type: String
    /// How many nodes are wanted.
    public var count: Int
    /// How many nodes at least; with fewer, none is to be made.
    public var minCount: Int
    /// The tags that the nodes shall carry.
    public var tags: [String: String]

    private enum CodingKeys: String, CodingKey {
        case config, uid, token, kind, type, count, minCount = "min_count", tags
    }

    /// A request for `count` nodes.
    public init(
        config: JSONValue, uid: String, token: String, kind: Node.Kind, type: String, count: Int,
        minCount: Int, tags: [String: String] = [:]
    ) {
        self.config = config
        self.uid = uid
        self.token = token
        self.kind = kind
        self.type = type
        self.count = count
        self.minCount = minCount
        self.tags = tags
    }
}

/// What `find` is asked with.
public struct FindRequest: Sendable, Hashable, Codable {
    /// What `configure` answered.
    public var config: JSONValue
    /// Names the cluster for as long as it exists.
    public var uid: String
    /// The token of the launch whose nodes are looked for.
    public var token: String

    /// A request for the nodes that the launch with this token made.
    public init(config: JSONValue, uid: String, token: String) {
        self.config = config
        self.uid = uid
        self.token = token
    }
}

/// What `stop`, `start`, `terminate` and `access` are asked with.
public struct IDsRequest: Sendable, Hashable, Codable {
    /// What `configure` answered.
    public var config: JSONValue
    /// Names the cluster for as long as it exists.
    public var uid: String
    /// The ids of the nodes concerned.
    public var ids: [String]

    /// A request about these nodes.
    public init(config: JSONValue, uid: String, ids: [String]) {
        self.config = config
        self.uid = uid
        self.ids = ids
    }
}
