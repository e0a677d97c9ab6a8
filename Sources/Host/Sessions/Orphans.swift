extension JournalWriter {
    /// Ends the commands whose client died without a word, and records them as lost.
    ///
    /// They have lost their terminal, and none is to run twice.
    package func endOrphans(of session: String, _ terminal: Terminal) async throws {
        for (id, command) in state.openCommands where command.client?.isRunning != true {
            let mark = SessionCommand.mark(uid: state.uid, run: id)
            let ended = try await ProcessTable.end(grace: .seconds(2)) { $0.family(variable: mark) }
            if ended > 0 {
                terminal.note(
                    "ended a command of `\(session)` whose client is gone: \(command.text.prefix(60).description.inOneLine)"
                )
            }
            try append(.outcome, .command, id: id, ["status": -1, "lost": true])
        }
    }
}
