import ArgumentParser

struct SessionAttach: RunnableCommand {
    static let configuration = CommandConfiguration(
        commandName: "attach",
        abstract: "Open a shell inside a session that is up.",
        discussion: """
            The shell starts in the project's folder, inside its environment, with RAY_ADDRESS set. With --tmux it is \
            the tmux session of the command that runs in one, or a new one; leave it with Ctrl-B D.

            $ ray session attach
            $ ray session attach my-session --start
            """)

    @OptionGroup var session: SessionArgument

    @Flag(help: "Bring the session up first, if it is not.")
    var start = false

    @Flag(help: "Use tmux: leaving it ends nothing.")
    var tmux = false

    @Flag(help: "Use screen: leaving it ends nothing.")
    var screen = false

    @OptionGroup var running: CommandOptions
    @OptionGroup var cluster: ClusterParameterOptions
    @OptionGroup var plugins: PluginPathOptions
    @OptionGroup var lock: LockedOption
    @OptionGroup var output: OutputOptions

    var passesStatusThrough: Bool { true }

    func validate() throws {
        guard !tmux || !screen else { throw ValidationError("`--tmux` and `--screen` cannot both be given") }
    }

    func run(_ context: Context, _ interrupts: Interrupts) async throws -> Int32 {
        let named = try session.name()
        let loaded = try LoadedProject.ofSession(
            named, context, plugins.options.locked(lock.locked), cluster.arguments())
        let folder = try SessionFolder(named ?? loaded.project.name, in: context)
        var shell = SessionCommand(name: nil, text: .shell, variables: loaded.variables)
        shell.variables.merge(try running.environment(context)) { $1 }
        if let multiplexer = try multiplexer(context) { shell.text = .shellIn(multiplexer) }
        let journal =
            try await start
            ? startSession(loaded, folder, context)
            : loaded.enter(folder, named: named, purpose: "ray session attach", context)
        let state = await journal.state
        if tmux,
            let server = state.runningCommands.values.sorted(by: { $0.started < $1.started }).compactMap(\.tmux).last
        {
            await journal.close()
            return try await TmuxRun.attach(to: server, context, interrupts)
        }
        return try await CommandRun(shell, in: folder, state, context).run(journal, interrupts)
    }

    private func startSession(_ loaded: LoadedProject, _ folder: SessionFolder, _ context: Context) async throws
        -> JournalWriter
    {
        let host = PluginHost(context)
        return try await host.closing {
            try await BringUp(loaded, name: folder.name, context: context, plugins: host)
                .bringUp(folder, purpose: "ray session attach --start", steps: 3)
        }
    }

    private func multiplexer(_ context: Context) throws(Failure) -> SessionCommand.Multiplexer? {
        guard tmux || screen else { return nil }
        let name = tmux ? "tmux" : "screen"
        guard let path = context.tool(name) else {
            throw Failure(
                .toolMissing, "`\(name)` is not installed", hint: "install it, or leave `--\(name)` out")
        }
        return tmux ? .tmux(path) : .screen(path)
    }
}
