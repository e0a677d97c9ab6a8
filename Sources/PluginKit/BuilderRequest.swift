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
    /// What this plugin locked before; nil where there is no lock, and for `check`.
    public var lock: Lock?
    /// For `lock`: what shall not stay as it was locked.
    public var upgrade: Upgrade?
    /// For `explain`: what failed.
    public var failure: StepFailure?

    /// A request; all but the project and its environment may be empty.
    public init(
        environment: [String: JSONValue], places: [String: Place] = [:], project: Project,
        facts: [String: String] = [:], layers: [Layer] = [], lock: Lock? = nil
    ) {
        self.environment = environment
        self.places = places
        self.project = project
        self.facts = facts
        self.layers = layers
        self.lock = lock
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
        lock = try values.decodeIfPresent(Lock.self, forKey: .lock)
        upgrade = try values.decodeIfPresent(Upgrade.self, forKey: .upgrade)
        failure = try values.decodeIfPresent(StepFailure.self, forKey: .failure)
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

/// What a plugin has locked, as its steps wrote it.
public struct Lock: Sendable, Hashable, Codable {
    /// The text that the steps of `lock` left in `$RAY_LOCK`.
    public var text: String
    /// Where its first line stands.
    public var place: Place

    /// A lock with this text at a place in the project's lock file.
    public init(text: String, place: Place) {
        self.text = text
        self.place = place
    }

    /// Where the line of the text with this number, counted from 1, stands.
    public func place(ofLine number: Int) -> Place {
        Place(file: place.file, line: place.line.map { $0 + number - 1 })
    }
}

/// What shall not stay as it was locked.
public struct Upgrade: Sendable, Hashable, Codable {
    /// Whether that is everything.
    public var all: Bool
    /// What is asked for by name.
    public var names: [String]

    /// Everything, or what these names say.
    public init(all: Bool = false, names: [String] = []) {
        self.all = all
        self.names = names
    }
}

/// A step that failed.
public struct StepFailure: Sendable, Hashable, Codable {
    /// The operation whose answer held the step: `lock` or `plan`.
    public var operation: String
    /// The index of the step, from 0; the number of steps for `verify`.
    public var step: Int
    /// The exit status of its script.
    public var status: Int
    /// The end of what it printed, secrets taken out: at most 64 KiB.
    public var output: String

    /// The failure of a step.
    public init(operation: String, step: Int, status: Int, output: String) {
        self.operation = operation
        self.step = step
        self.status = status
        self.output = output
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
