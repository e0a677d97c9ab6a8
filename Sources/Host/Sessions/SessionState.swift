import FoundationEssentials

/// What a session's journal amounts to.
package struct SessionState: Sendable {
    package struct Command: Sendable {
        /// Those that began later have higher ones.
        package var number: Int
        package var name: String?
        package var text: String
        /// What was chosen where several values were asked for.
        package var choices: String
        package var started: String
        package var ended: String?
        /// The client that runs it.
        package var client: ProcessIdentity?
        /// nil while it runs.
        package var status: Int32?
        /// Whether its client died before it could record the end.
        package var isLost = false
        /// The tmux server that it runs in.
        package var tmux: String?
    }

    /// The environment that commands run in.
    package struct Environment: Sendable, Codable, Equatable {
        package var digests: [String]
        package var activations: [Activation]
        package var rayVersion: String?
        /// The project's folder on the head; nil where that is this machine.
        package var directory: String?

        package init(
            digests: [String] = [], activations: [Activation] = [], rayVersion: String? = nil,
            directory: String? = nil
        ) {
            self.digests = digests
            self.activations = activations
            self.rayVersion = rayVersion
            self.directory = directory
        }
    }

    /// What the last start could not do.
    package struct Problem: Sendable, Codable, Equatable {
        /// `nodes`, `files`, `environment` or `ray`.
        package var step: String
        package var message: String
    }

    /// Nodes that a provider was asked for.
    package struct Launch: Sendable, Equatable {
        package var kind: Node.Kind
        package var count: Int
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
    /// The cluster file, as the project names it.
    package private(set) var clusterFile = ""
    /// The name of the machine whose processes these are.
    package private(set) var machine = ""
    /// The nodes elsewhere that may be up, the head first; empty where the cluster is this machine.
    package private(set) var nodes: [NodeRecord] = []
    /// Whether any were asked for or brought up.
    package private(set) var mayHaveNodes = false
    /// Those whose answer was not recorded, by their tokens.
    package private(set) var launches: [String: Launch] = [:]
    /// nil after a start that came to its end.
    package private(set) var problem: Problem?
    package private(set) var environment: Environment?
    /// The layers whose build was begun and did not end.
    package private(set) var unfinishedLayers: Set<String> = []
    /// The layers whose build has failed.
    package private(set) var failedLayers: Set<String> = []
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
        case (.session, .outcome):
            problem = record.data["problem"]?.decoded()
            guard problem == nil else { break }
            phase = .up
            mayHaveNodes = true
        case (.nodes, .intent): begin(launch: record)
        case (.nodes, .outcome):
            launches[record.data["token"]?.string ?? ""] = nil
            nodes = record.data["nodes"]?.decoded() ?? nodes
            nodes.removeAll { $0.node.id == record.data["ended"]?.string }
            mayHaveNodes = true
        case (.buildStep, _): break
        case (.layer, .intent): unfinishedLayers.insert(id)
        case (.layer, .outcome):
            unfinishedLayers.remove(id)
            if record.data["built"]?.bool == true { failedLayers.remove(id) } else { failedLayers.insert(id) }
        case (.environment, _): environment = record.data.decoded()
        case (.ray, .intent):
            ray = record.data.decoded()
            raysStarted += 1
        case (.ray, .outcome): ray = record.data.decoded()
        case (.command, .intent): begin(command: id, record)
        case (.command, .outcome):
            commands[id]?.status = record.data["status"]?.int.map(Int32.init) ?? -1
            // The record may have had to wait for the journal.
            commands[id]?.ended = record.data["ended"]?.string ?? record.time
            commands[id]?.isLost = record.data["lost"]?.bool ?? false
        case (.stop, .intent):
            phase = .stopping
            problem = nil
        case (.stop, .outcome): end(record)
        }
    }

    private mutating func begin(_ record: JournalRecord) {
        guard let newUID = record.data["uid"]?.string else { return phase = .starting }
        if newUID != uid {
            self = SessionState()
            uid = newUID
            created = record.time
        }
        phase = .starting
        problem = nil
        project = record.data["project"]?.string ?? project
        root = record.data["root"]?.string ?? root
        provider = record.data["provider"]?.string ?? provider
        config = record.data["config"] ?? config
        clusterFile = record.data["cluster"]?.string ?? clusterFile
        machine = record.data["machine"]?.string ?? machine
        nodes = record.data["nodes"]?.decoded() ?? nodes
        mayHaveNodes = mayHaveNodes || !nodes.isEmpty
    }

    /// In place a node is asked for without its kind, and there it is always the same one.
    private mutating func begin(launch record: JournalRecord) {
        mayHaveNodes = true
        guard let token = record.data["token"]?.string, let count = record.data["count"]?.int,
            let kind = record.data["kind"]?.string.flatMap(Node.Kind.init)
        else { return }
        launches[token] = Launch(kind: kind, count: Int(count))
    }

    private mutating func begin(command id: String, _ record: JournalRecord) {
        commands[id] = Command(
            number: record.number, name: record.data["name"]?.string, text: record.data["text"]?.string ?? "",
            choices: record.data["choices"]?.string ?? "", started: record.time,
            client: record.data["client"]?.decoded(), tmux: record.data["tmux"]?.string)
    }

    private mutating func end(_ record: JournalRecord) {
        ray = nil
        if record.data["terminated"]?.bool == true {
            self = SessionState()
        } else {
            phase = .stopped
        }
    }

    /// Refuses a session that belongs to the project of another folder than `root`, or to another
    /// machine that shares this home.
    package func checkOwner(_ name: String, root: String) throws(Failure) {
        guard phase != .none else { return }
        try checkMachine(name)
        try checkRoot(name, root)
    }

    /// Refuses a session that belongs to the project of another folder than `root`.
    package func checkRoot(_ name: String, _ root: String) throws(Failure) {
        guard phase != .none, self.root != root else { return }
        throw Failure(
            .conflict, "there is a session `\(name)` of the project in `\(self.root)`",
            hint:
                "use another name with `--name`, or end the other with `ray session stop \(name.shellQuoted) --terminate`"
        )
    }

    /// Refuses a session whose processes are on another machine, which shares this home.
    package func checkMachine(_ name: String) throws(Failure) {
        guard phase != .none, !machine.isEmpty, machine != ProcessIdentity.machine else { return }
        throw Failure(
            .conflict, "session `\(name)` is on the machine `\(machine)`, and this is `\(ProcessIdentity.machine)`",
            hint: "run the command there, or use another name with `--name`")
    }

    /// Whether it was stopped or given back.
    package var isEnded: Bool { [.none, .stopping, .stopped].contains(phase) }

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
