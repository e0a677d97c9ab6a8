import FoundationEssentials
import Glibc

/// Ends a session: its commands, its Ray, and its nodes as far as the provider can.
package struct Teardown: Sendable {
    package enum Outcome: Sendable, Equatable {
        case notRunning, stopped, terminated
    }

    private let context: Context
    private let catalogue: Catalogue
    private let plugins: PluginHost

    package init(context: Context, catalogue: Catalogue, plugins: PluginHost) {
        self.context = context
        self.catalogue = catalogue
        self.plugins = plugins
    }

    /// Does again what an interrupted stop left undone; ends nothing that is not this session's.
    package func run(_ journal: JournalWriter, of name: String, terminate: Bool) async throws -> Outcome {
        let state = await journal.state
        guard state.phase != .none, terminate || state.phase != .stopped else { return .notRunning }
        try await journal.append(.intent, .stop, ["terminate": .bool(terminate)])

        let commands = SessionCommand.mark(uid: state.uid)
        try await ProcessTable.end(grace: .seconds(5)) { $0.family(variable: commands) }
        try await endTmux(state, journal)
        try await state.ray?.end()
        try await endElsewhere(state, name)
        try await endNodes(state, terminate: terminate)
        try await journal.append(.outcome, .stop, ["terminated": .bool(terminate)])
        return terminate ? .terminated : .stopped
    }

    /// Ends the clients inside tmux, which wait to record what is recorded here.
    private func endTmux(_ state: SessionState, _ journal: JournalWriter) async throws {
        for (id, command) in state.openCommands {
            guard let server = command.tmux else { continue }
            let status = Int64(Exit.signal(SIGTERM).shellStatus)
            try await journal.append(.outcome, .command, id: id, ["status": .int(status)])
            await TmuxRun.end(server, context)
        }
        TmuxRun.removeSockets(uid: state.uid, context)
    }

    /// Ends what runs on nodes elsewhere, and gives up the claim to them.
    private func endElsewhere(_ state: SessionState, _ name: String) async throws {
        guard !state.nodes.isEmpty else { return }
        let reach = try NodeReach(context)
        let identity = ClusterIdentity(name: name, uid: state.uid, what: "session", context: context)
        let problems = try await ClusterTeardown(identity, reach, context.terminal)
            .run(try state.nodes.map { try $0.located(reach) }, ended: { _ in })
        guard problems.isEmpty else { throw Failure(problems) }
    }

    private func endNodes(_ state: SessionState, terminate: Bool) async throws {
        guard let plugin = catalogue.providers(of: state.provider).first else {
            throw Failure(
                .plugin,
                "no installed plugin handles the provider `\(state.provider)` of this session, so its nodes were not ended",
                hint: "install the plugin and stop the session again; `ray plugin list` shows those that are installed")
        }
        let provider = Provider(plugin: plugin, plugins: plugins)
        let nodes = try await provider.nodes(state.config, uid: state.uid).filter { $0.state != .terminated }
        guard !nodes.isEmpty else { return }
        let results = try await provider.end(state.config, uid: state.uid, ids: nodes.map(\.id), terminate: terminate)
        let failed = nodes.map(\.id).filter { results[$0] != "done" && results[$0] != "already" }
        guard failed.isEmpty else {
            throw Failure(
                .unreachable,
                "provider `\(state.provider)` could not \(terminate ? "terminate" : "stop") \(failed.joined(separator: ", "))",
                hint: "run the command again")
        }
    }
}
