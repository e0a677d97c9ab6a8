import ArgumentParser

struct SessionCommandGroup: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "session", abstract: "Start, use and end sessions: running instances of a project.",
        subcommands: [SessionStart.self, SessionExecute.self, SessionAttach.self, SessionStop.self, SessionList.self])
}

/// `--name`, which means the same in every subcommand.
struct SessionNameOption: ParsableArguments {
    @Option(help: ArgumentHelp("The session; the project's name unless given.", valueName: "session"))
    var name: String?
}

extension FileLock.Holder? {
    /// What to tell someone who waits for this holder of a session's lock.
    func waitingText(_ session: String) -> String {
        guard let self else { return "waiting for another process that changes session `\(session)`" }
        return "waiting for session `\(session)`: process \(self.pid) holds it (\(self.purpose), since \(self.since))"
    }
}
