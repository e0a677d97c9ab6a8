import ArgumentParser

struct SessionCommandGroup: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "session", abstract: "Start, use and end sessions: running instances of a project.",
        subcommands: [
            SessionStart.self, SessionExecute.self, SessionCommands.self, SessionAttach.self, SessionStop.self,
            SessionSync.self, SessionList.self, SessionStatus.self, SessionLogs.self,
        ])
}

/// `--name`, which means the same in every subcommand.
struct SessionNameOption: ParsableArguments {
    @Option(help: ArgumentHelp("The session; the project's name unless given.", valueName: "session"))
    var name: String?
}

/// One session, as an argument or with `--name`.
struct SessionArgument: ParsableArguments {
    @Argument(help: ArgumentHelp("The session; the project's name unless given.", valueName: "session"))
    var session: String?

    @OptionGroup var option: SessionNameOption

    func name() throws(Failure) -> String? {
        guard let session, let other = option.name, session != other else { return session ?? option.name }
        throw Failure(
            .usage, "`\(session)` and `--name \(other)` name two sessions", hint: "name it once")
    }
}

/// Any number of sessions.
struct SessionArguments: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "The sessions, patterns as in 'train-*' among them; the project's own unless given.",
            valueName: "session"))
    var sessions: [String] = []

    @OptionGroup var option: SessionNameOption

    /// What was named, the argument and the option alike.
    var names: [String] { sessions + (option.name.map { [$0] } ?? []) }

    /// The sessions named; without names that of the project, whether it is there or not.
    func folders(_ context: Context) throws(Failure) -> [SessionFolder] {
        guard names.isEmpty else { return try SessionSelection.sessions(named: names, in: context) }
        let project = try LoadedProject.identity(context)
        let folder = try SessionFolder(project.name, in: context)
        // It is this project's session that is meant, not another's of the same name.
        try folder.state().checkRoot(project.name, project.root)
        return [folder]
    }
}

extension FileLock.Holder? {
    /// What to tell someone who waits for this holder of a session's lock.
    func waitingText(_ session: String, what: String = "session") -> String {
        guard let self else { return "waiting for another process that changes \(what) `\(session)`" }
        return "waiting for \(what) `\(session)`: process \(self.pid) holds it (\(self.purpose), since \(self.since))"
    }
}
