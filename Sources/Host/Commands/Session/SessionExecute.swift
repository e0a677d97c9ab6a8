import ArgumentParser

struct SessionExecute: TakesCommand {
    static let configuration = CommandConfiguration(
        commandName: "execute",
        abstract: "Run a command in a session that is up.",
        discussion: """
            $ ray session execute train --lr 0.1
            $ ray session execute train --lr 0.1,0.01 --parallel 2
            $ ray session execute train --help
            $ ray session execute --shell 'ray status'
            """)

    @OptionGroup var session: SessionNameOption

    @OptionGroup var running: RunOptions
    @OptionGroup var plugins: PluginPathOptions
    @OptionGroup var output: OutputOptions

    @Option(name: .customLong("run-id"), help: .hidden)
    var runID: String?

    @Argument(parsing: .captureForPassthrough, help: ArgumentHelp("The command and its options.", valueName: "command"))
    var words: [String] = []

    var passesStatusThrough: Bool { true }

    func run(_ context: Context, _ interrupts: Interrupts) async throws -> Int32 {
        let loaded = try LoadedProject.ofSession(session.name, context, plugins.options)
        guard !commandWords.isEmpty else {
            throw Failure(
                .usage, "`ray session execute` needs a command",
                hint: loaded.project.commandHint ?? "give one with `--shell 'TEXT'`")
        }
        if running.commandHelp { return try CommandHelp.show(commandWords[0], of: loaded.project, context) }
        let request = try RunRequest(self, insideTmux: runID, loaded, context)
        let folder = try SessionFolder(session.name ?? loaded.project.name, in: context)
        try request.check(folder)
        let journal = try await loaded.enter(folder, named: session.name, purpose: "ray session execute", context)
        do { try await journal.state.checkCluster(of: request.commands.first, folder.name) } catch {
            await journal.close()
            throw error
        }
        return try await request.run(in: folder, journal, interrupts)
    }
}

extension SessionState {
    /// Refuses a command that asks for another cluster than the session was started on.
    fileprivate func checkCluster(of command: SessionCommand?, _ session: String) throws(Failure) {
        guard let command, let file = command.clusterFile, file.text != clusterFile else { return }
        let name = command.name ?? ""
        throw Failure(
            .conflict,
            "`\(name)` runs on the cluster of `\(file.text)`, and session `\(session)` is on that of `\(clusterFile)`",
            at: file.place,
            hint: "`ray session start \(name.shellQuoted)` brings its cluster up; give it a `--name` of its own")
    }
}
