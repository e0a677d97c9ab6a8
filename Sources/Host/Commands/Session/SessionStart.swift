import ArgumentParser

struct SessionStart: TakesCommand {
    static let configuration = CommandConfiguration(
        commandName: "start",
        abstract: "Bring a session up and run a command in it.",
        discussion: """
            Builds the project's environment, starts a Ray for this session alone and runs COMMAND, or the command \
            named `default` where there is one. What is already true is skipped; after an interruption it goes on from there.

            $ ray session start
            $ ray session start train --lr 0.1 --dataset a
            $ ray session start train --lr 0.1,0.01 --dataset '*'
            $ ray session start train --help
            $ ray session start --shell 'python train.py'
            $ ray session start --dry-run
            """)

    @OptionGroup var session: SessionNameOption

    @Flag(help: "Print what would be done, and why, and start nothing.")
    var dryRun = false

    @Flag(help: "Run no command, not even `default`.")
    var noCommand = false

    @OptionGroup var running: RunOptions
    @OptionGroup var cluster: ClusterParameterOptions
    @OptionGroup var plugins: PluginPathOptions
    @OptionGroup var lock: LockedOption
    @OptionGroup var output: OutputOptions

    @Argument(parsing: .captureForPassthrough, help: ArgumentHelp("The command and its options.", valueName: "command"))
    var words: [String] = []

    var passesStatusThrough: Bool { !words.isEmpty && !dryRun }

    func run(_ context: Context, _ interrupts: Interrupts) async throws -> Int32 {
        guard !noCommand || words.isEmpty else {
            throw Failure(.usage, "`--no-command` and a command cannot both be given", hint: "leave one of them out")
        }
        let host = PluginHost(context)
        return try await host.closing {
            let loaded = try await LoadedProject.load(
                context, plugins.options.locked(lock.locked), arguments: cluster.arguments(), plugins: host)
            if running.commandHelp { return try CommandHelp.show(commandWords[0], of: loaded.project, context) }
            let request = try RunRequest(self, isDefaultMeant: !noCommand, loaded, context)
            let onCluster = loaded.onCluster(of: request.commands.first)
            let name = session.name ?? loaded.project.name
            let bringUp = BringUp(onCluster, name: name, context: context, plugins: host)
            let folder = try SessionFolder(name, in: context)
            try request.check(folder)
            guard !dryRun else { return try await show(bringUp, folder, request, context) }
            let journal = try await bringUp.bringUp(
                folder, purpose: "ray session start", steps: request.commands.isEmpty ? 3 : 4)
            await host.close()
            guard !request.commands.isEmpty else {
                await journal.close()
                if context.terminal.isJSON, let summary = try SessionSummary(folder) {
                    context.terminal.output(json: JSONValue(encoding: summary))
                }
                let option = session.name.map { " --name " + $0.shellQuoted } ?? ""
                context.terminal.note(
                    """
                    session `\(name)` is up: `ray session execute\(option)` runs a command in it, \
                    `ray session stop\(option)` ends it
                    """)
                return 0
            }
            context.terminal.note("[4/4] Running \(request.title)")
            return try await request.run(in: folder, journal, interrupts)
        }
    }

    private func show(_ bringUp: BringUp, _ folder: SessionFolder, _ request: RunRequest, _ context: Context)
        async throws -> Int32
    {
        let state = try folder.state()
        try state.checkOwner(folder.name, root: bringUp.loaded.project.root)
        let plan = try await bringUp.plan(state, commands: request.commands)
        if context.terminal.isJSON {
            context.terminal.output(json: JSONValue(encoding: plan))
        } else {
            context.terminal.output("session `\(plan.session)`: nothing was started")
            context.terminal.output(plan.table)
        }
        return 0
    }
}

extension BringUp {
    /// Brings the session up, and returns its journal, which stays open and locked.
    func bringUp(_ folder: SessionFolder, purpose: String, steps: Int) async throws -> JournalWriter {
        let root = loaded.project.root
        try folder.state().checkOwner(folder.name, root: root)
        let checked = try await check()
        let journal = try await JournalWriter(
            folder, purpose: purpose, waiting: { context.terminal.note($0.waitingText(folder.name)) })
        do {
            // It may have changed hands while this one waited.
            try await journal.state.checkOwner(folder.name, root: root)
            try await run(checked, journal, steps: steps)
            return journal
        } catch {
            await journal.close()
            throw error
        }
    }
}

extension PluginHost {
    /// Runs `body` and ends the plugins after it, also when it throws.
    nonisolated func closing<Result: Sendable>(_ body: () async throws -> Result) async throws -> Result {
        do {
            let result = try await body()
            await close()
            return result
        } catch {
            await close()
            throw error
        }
    }
}
