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
        let problems = try await endElsewhere(state, name)
        try await endNodes(state, terminate: terminate, after: problems)
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

    /// Ends what runs on nodes elsewhere, and gives up the claim to them; returns what could not be done.
    private func endElsewhere(_ state: SessionState, _ name: String) async throws -> [Diagnostic] {
        guard !state.nodes.isEmpty else { return [] }
        let reach = try NodeReach(context)
        let identity = ClusterIdentity(name: name, uid: state.uid, what: "session", context: context)
        return try await ClusterTeardown(identity, reach, context.terminal)
            .run(try state.nodes.map { try $0.located(reach) }, ended: { _ in })
    }

    private func endNodes(_ state: SessionState, terminate: Bool, after problems: [Diagnostic]) async throws {
        guard let plugin = catalogue.providers(of: state.provider).first else {
            throw Failure(
                .plugin,
                "no installed plugin handles the provider `\(state.provider)` of this session, so its nodes were not ended",
                hint: "install the plugin and stop the session again; `ray plugin list` shows those that are installed")
        }
        let provider = Provider(plugin: plugin, type: state.provider, plugins: plugins)
        let ids = try await provider.ids(state.config, uid: state.uid, with: state.launches)
        try await provider.end(
            state.config, uid: state.uid, ids: ids.sorted(), terminate: terminate, after: problems)
    }
}
