import ArgumentParser

struct SessionExecute: RunnableCommand {
    static let configuration = CommandConfiguration(
        commandName: "execute",
        abstract: "Run a command in a session that is up.",
        discussion: """
            $ ray session execute train --lr 0.1
            $ ray session execute --shell 'ray status'
            """)

    @OptionGroup var session: SessionNameOption
    @OptionGroup var plugins: PluginPathOptions

    @Flag(help: "COMMAND is shell text, not the name of a command of the project.")
    var shell = false

    @Argument(parsing: .allUnrecognized, help: ArgumentHelp("The command and its options.", valueName: "command"))
    var words: [String] = []

    var passesStatusThrough: Bool { true }

    func run(_ context: Context, _ interrupts: Interrupts) async throws -> Int32 {
        let loaded = try LoadedProject(context, plugins.options)
        guard !words.isEmpty, let command = try loaded.command(words, isShell: shell) else {
            throw Failure(
                .usage, "`ray session execute` needs a command",
                hint: loaded.commandHint ?? "give one with `--shell 'TEXT'`")
        }
        return try await loaded.run(
            command, inSession: session.name, purpose: "ray session execute", context, interrupts)
    }
}

extension LoadedProject {
    /// Runs a command in a session that is up.
    func run(
        _ command: SessionCommand, inSession name: String?, purpose: String, _ context: Context,
        _ interrupts: Interrupts
    ) async throws -> Int32 {
        let folder = try SessionFolder(name ?? project.name, in: context)
        // One that is being started is waited for.
        if !FileLock.isHeld(folder.lock) { try check(folder.state(), of: folder, named: name) }
        let journal = try await JournalWriter(
            folder, purpose: purpose, waiting: { context.terminal.note($0.waitingText(folder.name)) })
        // It may have ended while this one waited.
        do { try check(await journal.state, of: folder, named: name) } catch {
            await journal.close()
            throw error
        }
        return try await command.run(in: folder, journal, context: context, interrupts: interrupts)
    }

    /// Refuses a session in which no command can run.
    private func check(_ state: SessionState, of folder: SessionFolder, named name: String?) throws(Failure) {
        try state.checkOwner(folder.name, root: project.root)
        guard state.phase == .up else {
            throw Failure(
                .input, "session `\(folder.name)` is not up",
                hint:
                    "bring it up with `ray session start\(name.map { " --name " + $0.shellQuoted } ?? "") --no-command`"
            )
        }
        if let ray = state.ray, !ray.isAlive {
            throw Failure(
                .input, "the Ray of session `\(folder.name)` has died",
                hint: "start it again with `ray session start --no-command`")
        }
    }
}
