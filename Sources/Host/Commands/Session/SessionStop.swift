import ArgumentParser

struct SessionStop: RunnableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop",
        abstract: "End the commands and the Ray of sessions.",
        discussion: """
            Nodes are stopped where the provider can; with --terminate they are given back and the session is forgotten.

            $ ray session stop
            $ ray session stop my-session --terminate
            $ ray session stop 'train-*'
            $ ray session stop --all
            """)

    @OptionGroup var sessions: SessionArguments

    @Flag(help: "Give the nodes back and forget the session.")
    var terminate = false

    @Flag(help: "Stop all your sessions, wherever they were started.")
    var all = false

    @OptionGroup var plugins: PluginPathOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard !all || sessions.names.isEmpty else {
            throw ValidationError("`--all` and the name of a session cannot both be given")
        }
    }

    func run(_ context: Context, _ interrupts: Interrupts) async throws -> Int32 {
        let folders = try all ? SessionFolder.existing(in: context) : sessions.folders(context)
        let host = PluginHost(context)
        let teardown = Teardown(
            context: context, catalogue: try Catalogue(context, plugins.options), plugins: host)
        var problems: [Diagnostic] = []
        var ended = 0
        for folder in folders {
            do {
                let outcome = try await stop(folder, teardown, context)
                ended += outcome == .notRunning ? 0 : 1
                // Of all sessions those that were not running need no word.
                if outcome != .notRunning || !all { context.terminal.note("session `\(folder.name)` \(outcome.text)") }
            } catch let failure as Failure {
                problems += failure.diagnostics
            }
        }
        await host.close()
        if all, ended == 0, problems.isEmpty { context.terminal.note("no session was running") }
        guard problems.isEmpty else { throw Failure(problems) }
        return 0
    }

    private func stop(_ folder: SessionFolder, _ teardown: Teardown, _ context: Context) async throws
        -> Teardown.Outcome
    {
        guard Files.exists(folder.journal) else { return .notRunning }
        do throws(Failure) { try folder.state().checkMachine(folder.name) } catch {
            guard all else { throw error }
            context.terminal.note(error.diagnostics.first?.message ?? "")
            return .notRunning
        }
        let journal = try await JournalWriter(
            folder, purpose: "ray session stop", waiting: { context.terminal.note($0.waitingText(folder.name)) })
        do {
            let outcome = try await teardown.run(journal, of: folder.name, terminate: terminate)
            // Perhaps it was cut off before it could forget.
            if await journal.state.phase == .none { await journal.forget() }
            await journal.close()
            return outcome
        } catch {
            await journal.close()
            throw error
        }
    }
}

extension Teardown.Outcome {
    fileprivate var text: String {
        switch self {
        case .notRunning: "is not running"
        case .stopped: "is stopped"
        case .terminated: "is ended"
        }
    }
}
