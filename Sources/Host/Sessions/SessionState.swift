import FoundationEssentials

/// What a session's journal amounts to.
package struct SessionState: Sendable {
    package struct Command: Sendable {
        package var name: String?
        package var text: String
        package var started: String
        /// The client that runs it.
        package var client: ProcessIdentity?
        /// nil while it runs.
        package var status: Int32?
    }

    /// The environment that commands run in.
    package struct Environment: Sendable, Codable, Equatable {
        package var digests: [String]
        package var activations: [Activation]
        package var rayVersion: String?

        package init(digests: [String] = [], activations: [Activation] = [], rayVersion: String? = nil) {
            self.digests = digests
            self.activations = activations
            self.rayVersion = rayVersion
        }
    }

    package enum Phase: String, Sendable {
        /// There is no session, or its nodes were given back.
        case none
        case starting, up, stopping, stopped
    }

    package private(set) var phase = Phase.none
    /// Names this session for as long as it exists.
    package private(set) var uid = ""
    package private(set) var project = ""
    package private(set) var root = ""
    package private(set) var created = ""
    package private(set) var provider = ""
    package private(set) var config = JSONValue.null
    package private(set) var environment: Environment?
    /// The layers whose build was begun and did not end.
    package private(set) var unfinishedLayers: Set<String> = []
    /// The session's Ray: being started when it has no processes yet.
    package private(set) var ray: RayInstance?
    package private(set) var raysStarted = 0
    package private(set) var commands: [String: Command] = [:]

    package init(_ records: [JournalRecord] = []) {
        for record in records { apply(record) }
    }

    package mutating func apply(_ record: JournalRecord) {
        let id = record.id ?? ""
        switch (record.step, record.phase) {
        case (.session, .intent): begin(record)
        case (.session, .outcome): phase = .up
        case (.nodes, _), (.buildStep, _): break
        case (.layer, .intent): unfinishedLayers.insert(id)
        case (.layer, .outcome): unfinishedLayers.remove(id)
        case (.environment, _): environment = record.data.decoded()
        case (.ray, .intent):
            ray = record.data.decoded()
            raysStarted += 1
        case (.ray, .outcome): ray = record.data.decoded()
        case (.command, .intent): begin(command: id, record)
        case (.command, .outcome): commands[id]?.status = record.data["status"]?.int.map(Int32.init) ?? -1
        case (.stop, .intent): phase = .stopping
        case (.stop, .outcome): end(record)
        }
    }

    private mutating func begin(_ record: JournalRecord) {
        phase = .starting
        guard let newUID = record.data["uid"]?.string else { return }
        guard newUID != uid else {
            provider = record.data["provider"]?.string ?? provider
            config = record.data["config"] ?? config
            return
        }
        self = SessionState()
        phase = .starting
        uid = newUID
        project = record.data["project"]?.string ?? ""
        root = record.data["root"]?.string ?? ""
        provider = record.data["provider"]?.string ?? ""
        config = record.data["config"] ?? .null
        created = record.time
    }

    private mutating func begin(command id: String, _ record: JournalRecord) {
        commands[id] = Command(
            name: record.data["name"]?.string, text: record.data["text"]?.string ?? "", started: record.time,
            client: record.data["client"]?.decoded())
    }

    private mutating func end(_ record: JournalRecord) {
        ray = nil
        if record.data["terminated"]?.bool == true {
            self = SessionState()
        } else {
            phase = .stopped
        }
    }

    /// Refuses a session that belongs to the project of another folder than `root`.
    package func checkOwner(_ name: String, root: String) throws(Failure) {
        guard phase != .none, self.root != root else { return }
        throw Failure(
            .conflict, "there is a session `\(name)` of the project in `\(self.root)`",
            hint:
                "use another name with `--name`, or end the other with `ray session stop \(name.shellQuoted) --terminate`"
        )
    }

    /// Commands whose end was not recorded.
    package var openCommands: [String: Command] { commands.filter { $0.value.status == nil } }

    /// Commands that run, as far as their clients are alive.
    package var runningCommands: [String: Command] {
        openCommands.filter { $0.value.client?.isRunning ?? false }
    }
}

extension JSONValue {
    fileprivate func decoded<Value: Decodable>() -> Value? {
        try? JSONDecoder().decode(Value.self, from: canonical)
    }

    /// Any value as a JSON document.
    package init(encoding value: some Encodable) {
        self = (try? JSONEncoder().encode(value)).flatMap { try? JSONValue(parsing: $0) } ?? .null
    }
}
