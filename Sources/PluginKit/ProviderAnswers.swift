/// The answer of `configure`.
public struct ConfigureAnswer: Sendable, Hashable, Codable {
    /// Everything that is wrong; an error makes the rest meaningless.
    public var diagnostics: [Diagnostic]
    /// The absolute paths of the local files that the answer depends on, present or not.
    public var files: [String]
    /// The config with its defaults resolved, given back unchanged to the other operations.
    public var config: JSONValue
    /// Whether the session runs in the project's own folder on this machine.
    public var inPlace: Bool
    /// Lines for people: what bringing the cluster up would create.
    public var creates: [String]
    /// How many workers the cluster is to have, of a provider that makes its nodes; nil where they are there already.
    public var workers: Int?

    private enum CodingKeys: String, CodingKey {
        case diagnostics, files, config, inPlace = "in_place", creates, workers
    }

    /// An answer; without diagnostics all is well.
    public init(
        diagnostics: [Diagnostic] = [], files: [String] = [], config: JSONValue = [:],
        inPlace: Bool = false, creates: [String] = [], workers: Int? = nil
    ) {
        self.diagnostics = diagnostics
        self.files = files
        self.config = config
        self.inPlace = inPlace
        self.creates = creates
        self.workers = workers
    }
}

/// The answer of `nodes` and `find`.
public struct NodesAnswer: Sendable, Hashable, Codable {
    /// The nodes there are.
    public var nodes: [Node]

    /// An answer with these nodes.
    public init(nodes: [Node]) {
        self.nodes = nodes
    }
}

/// The answer of `launch`.
public struct LaunchAnswer: Sendable, Hashable, Codable {
    /// The nodes of this launch.
    public var nodes: [Node]
    /// How many of the nodes asked for are not there.
    public var missing: Int
    /// Why they are not.
    public var errors: [LaunchError]

    /// An answer; with `missing` nodes it says why.
    public init(nodes: [Node], missing: Int = 0, errors: [LaunchError] = []) {
        self.nodes = nodes
        self.missing = missing
        self.errors = errors
    }
}

/// The answer of `stop`, `start` and `terminate`.
public struct OutcomeAnswer: Sendable, Hashable, Codable {
    /// What became of each node, by its id.
    public var results: [String: Outcome]

    /// An answer with these outcomes.
    public init(results: [String: Outcome]) {
        self.results = results
    }
}

/// The answer of `access`.
public struct AccessAnswer: Sendable, Hashable, Codable {
    /// How to reach each node, by its id.
    public var access: [String: Access]

    /// An answer with these ways.
    public init(access: [String: Access]) {
        self.access = access
    }
}
