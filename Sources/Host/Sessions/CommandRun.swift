import Glibc

/// One run of a command in a session, from its record in the journal to the record of its end.
package struct CommandRun: Sendable {
    package let id: String
    package let command: SessionCommand
    package let folder: SessionFolder
    private let uid: String
    private let context: Context
    /// The tmux server that this client runs in, for the command.
    private let tmux: String?
    /// Where it runs; nil for this machine.
    private let head: ClusterNode?
    private let remote: RemoteRun?

    /// `insideTmux` is the id that the client outside of tmux gave to the run.
    package init(
        _ command: SessionCommand, in folder: SessionFolder, _ state: SessionState, _ context: Context,
        insideTmux id: String? = nil
    ) throws(Failure) {
        self.command = command
        self.id = id ?? RandomName.make()
        self.folder = folder
        self.context = context
        uid = state.uid
        tmux = id.map { TmuxRun.server(uid: state.uid, run: $0) }
        head = try state.nodes.first?.located(try NodeReach(context))
        remote = head.map { RemoteRun($0, context) }
    }

    /// Where its output goes when it has no terminal of its own.
    package var log: String { folder.log(ofRun: id) }

    /// Records the command, runs it in this terminal to its end, records its status and returns it.
    ///
    /// The session is not locked meanwhile.
    package func run(_ journal: JournalWriter, _ interrupts: Interrupts) async throws -> Int32 {
        let program = try await begin(journal, terminal: isatty(0) != 0 && isatty(1) != 0)
        await journal.close()
        let exit: Exit
        do {
            exit = try await end(of: program) {
                try await interrupts.leaving { try await ThisMachine().runInTerminal(program) }
            }
        } catch {
            await endProcesses()
            await recordEndAnyhow(.status(125), journal)
            throw error
        }
        // Told to end, this ended the command's first process; it may have started others.
        if Task.isCancelled { await endProcesses() }
        await recordEndAnyhow(exit, journal)
        return exit.shellStatus
    }

    /// How the command's program ends, which `body` runs.
    func end(of program: NodeProgram, _ body: () async throws -> Exit) async throws -> Exit {
        guard let remote else { return try await body() }
        do {
            let exit = try await remote.checked(body)
            // What ssh ends with then says nothing of the command.
            return Task.isCancelled ? .signal(SIGINT) : exit
        } catch  where Task.isCancelled { return .signal(SIGINT) }
    }

    /// Records that the command is about to run, and returns the program to run.
    ///
    /// `terminal` gives it one where it runs elsewhere.
    func begin(_ journal: JournalWriter, terminal: Bool) async throws -> NodeProgram {
        let state = await journal.state
        let program =
            if let remote, let head {
                try await program(on: head, remote, state, terminal: terminal)
            } else {
                try command.program(state, run: id, folder, context)
            }
        let client = ProcessIdentity(running: getpid()).map { JSONValue(encoding: $0) } ?? .null
        try await journal.append(
            .intent, .command, id: id,
            [
                "name": command.name.map(JSONValue.string) ?? .null, "text": .string(command.text.description),
                "choices": .string(command.label), "client": client, "tmux": tmux.map(JSONValue.string) ?? .null,
            ])
        return program
    }

    private func program(
        on head: ClusterNode, _ remote: RemoteRun, _ state: SessionState, terminal: Bool
    ) async throws -> NodeProgram {
        try await head.connect(wait: .seconds(10)) {
            context.terminal.note("      \(head.title): waiting: \($0)")
        }
        var program = try await remote.program(
            command.remote(state, run: id), terminal: terminal, ports: command.ports)
        // By this a stop finds the process here that waits for it.
        program.environment["RAY_SESSION_RUN"] = "\(uid).\(id)"
        return program
    }

    /// Locks the session again, records how the command ended, and leaves it locked.
    ///
    /// Also what was cancelled has an end to be recorded.
    func recordEnd(_ exit: Exit, _ journal: JournalWriter) async throws {
        let purpose = "recording the end of a command"
        let ended = Timestamp.now()
        try await Task.detached { [context, folder] in
            try await journal.reopen(purpose: purpose) { holder in
                // That takes no time.
                guard holder?.purpose != purpose else { return }
                context.terminal.note("a command has ended; \(holder.waitingText(folder.name))")
            }
        }.value
        guard await journal.state.uid == uid, await journal.state.commands[id]?.status == nil else { return }
        try await journal.append(
            .outcome, .command, id: id, ["status": .int(Int64(exit.shellStatus)), "ended": .string(ended)])
    }

    /// What cannot be ended is looked for again by the next start.
    func endProcesses() async {
        let mark = SessionCommand.mark(uid: uid, run: id)
        _ = try? await ProcessTable.end(grace: .seconds(5)) { $0.family(variable: mark) }
        guard let head else { return }
        // Also where this was told to end: nobody else would end it there.
        await Task.detached { [context, uid] in
            try? await NodeReach(context).withConversation(with: head, of: uid) { conversation in
                _ = try await conversation.output(of: NodeProcesses(variable: mark).ending)
            }
        }.value
    }

    /// Where the end cannot be recorded the next start finds a command whose client is gone: the
    /// command's own status is what matters now.
    private func recordEndAnyhow(_ exit: Exit, _ journal: JournalWriter) async {
        try? await recordEnd(exit, journal)
        await journal.close()
    }
}
