/// What every operation of an environment builder is asked with.
public struct BuilderRequest: Sendable, Hashable {
    /// The part of `environment` that the plugin handles.
    public var environment: [String: JSONValue]
    /// Where each value stands, by its JSON pointer into `environment`.
    public var places: [String: Place]
    /// The project that is started.
    public var project: Project
    /// What is known of the node; empty for `check`.
    public var facts: [String: String]
    /// The layers below this one, lowest first; empty for `check`.
    public var layers: [Layer]

    /// A request; all but the project and its environment may be empty.
    public init(
        environment: [String: JSONValue], places: [String: Place] = [:], project: Project,
        facts: [String: String] = [:], layers: [Layer] = []
    ) {
        self.environment = environment
        self.places = places
        self.project = project
        self.facts = facts
        self.layers = layers
    }

    /// Where the value stands that a JSON pointer into `environment` names, or else the nearest
    /// value around it; nil where neither is known.
    public func place(of pointer: String) -> Place? {
        nearestPlace(of: pointer, in: places)
    }
}

extension BuilderRequest: Codable {
    /// Decodes a request; what is absent is empty.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        environment = try values.decode([String: JSONValue].self, forKey: .environment)
        places = try values.decodeIfPresent([String: Place].self, forKey: .places) ?? [:]
        project = try values.decode(Project.self, forKey: .project)
        facts = try values.decodeIfPresent([String: String].self, forKey: .facts) ?? [:]
        layers = try values.decodeIfPresent([Layer].self, forKey: .layers) ?? []
    }
}

/// The project that is started.
public struct Project: Sendable, Hashable, Codable {
    /// The project's name.
    public var name: String
    /// The root of the project on the machine that runs the plugin.
    public var root: String
    /// The same folder on the node; nil where no node is concerned yet.
    public var nodeRoot: String?

    private enum CodingKeys: String, CodingKey {
        case name, root, nodeRoot = "node_root"
    }

    /// A project with its root here and, where there is one, on the node.
    public init(name: String, root: String, nodeRoot: String? = nil) {
        self.name = name
        self.root = root
        self.nodeRoot = nodeRoot
    }
}

/// A layer of the environment below the one that is planned.
public struct Layer: Sendable, Hashable, Codable {
    /// The id of the plugin that built it.
    public var plugin: String
    /// The digest of everything that went into it.
    public var digest: String

    /// A layer built by the plugin of this id.
    public init(plugin: String, digest: String) {
        self.plugin = plugin
        self.digest = digest
    }
}

/// The place of `pointer`, or of the nearest of the values that it lies in.
func nearestPlace(of pointer: String, in places: [String: Place]) -> Place? {
    var pointer = Substring(pointer)
    while true {
        if let place = places[String(pointer)] { return place }
        guard let slash = pointer.lastIndex(of: "/") else { return nil }
        pointer = pointer[..<slash]
    }
}
