/// A session as `ray session list` and `status` show it.
package struct SessionSummary: Sendable, Codable {
    /// One command that was run in a session.
    package struct Run: Sendable, Codable {
        package var id: String
        /// The command's name, or its shell text.
        package var command: String
        /// What was chosen where several values were asked for: `dataset=a`.
        package var choices: String
        /// `running`, `ended`, or `lost` for one whose client died.
        package var state: String
        package var status: Int32?
        package var started: String
        package var ended: String?
        /// The file of its output, where it had no terminal.
        package var log: String?
    }

    package var name: String
    /// The journal's phase, or what became of it: `interrupted`, `ray-died`, `environment-failed`.
    package var state: String
    package var project: String
    package var root: String
    package var provider: String
    package var cluster: String
    package var machine: String
    package var layers: [String]
    /// Those elsewhere, the head first; nil where the cluster is this machine.
    package var nodes: [String]?
    package var rayVersion: String?
    package var ray: String?
    package var created: String
    /// Why the last start did not come to its end.
    package var problem: SessionState.Problem?
    /// The latest last.
    package var runs: [Run]

    /// nil for a session that was ended and given back.
    package init?(_ folder: SessionFolder) throws(Failure) {
        // A start that comes to its end in between is still one that goes on.
        let wasChanging = FileLock.isHeld(folder.lock)
        let state = try folder.state()
        guard state.phase != .none else { return nil }
        name = folder.name
        project = state.project
        root = state.root
        provider = state.provider
        cluster = state.clusterFile
        machine = state.machine
        layers = state.environment?.digests ?? []
        rayVersion = state.environment?.rayVersion
        created = state.created
        nodes = state.nodes.isEmpty ? nil : state.nodes.map(\.node.id)
        ray = state.ray?.isAlive == true ? state.ray?.address : nil
        problem = state.problem
        runs = state.commands.sorted { $0.value.number < $1.value.number }
            .map { Run(id: $0.key, $0.value, log: folder.log(ofRun: $0.key)) }
        self.state = Self.word(for: state, isChanging: wasChanging || FileLock.isHeld(folder.lock))
    }

    private static func word(for state: SessionState, isChanging: Bool) -> String {
        if state.machine != ProcessIdentity.machine, !state.machine.isEmpty { return "elsewhere" }
        switch state.phase {
        case .starting where !isChanging, .stopping where !isChanging:
            return state.problem.map { "\($0.step)-failed" } ?? "interrupted"
        case .up where state.ray.map { !$0.isAlive } ?? false && !isChanging: return "ray-died"
        default: return state.phase.rawValue
        }
    }

    package var running: [Run] { runs.filter { $0.state == "running" } }
}

extension SessionSummary.Run {
    fileprivate init(id: String, _ command: SessionState.Command, log: String) {
        self.id = id
        self.command = command.name ?? command.text
        choices = command.choices
        started = command.started
        ended = command.ended
        self.log = Files.exists(log) ? log : nil
        if command.isLost {
            state = "lost"
        } else if let status = command.status {
            state = "ended"
            self.status = status
        } else {
            state = command.client?.isRunning == true ? "running" : "lost"
        }
    }
}
