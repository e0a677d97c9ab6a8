import ArgumentParser
import FoundationEssentials

struct SessionStart: RunnableCommand {
    static let configuration = CommandConfiguration(
        commandName: "start",
        abstract: "Bring a session up and run a command in it.",
        discussion: """
            Builds the project's environment, starts a Ray for this session alone and runs COMMAND, or the command \
            named `default` where there is one. What is already true is skipped; after an interruption it goes on from there.

            $ ray session start
            $ ray session start train --lr 0.1 --dataset a
            $ ray session start --shell 'python train.py'
            $ ray session start --dry-run
            """)

    @OptionGroup var session: SessionNameOption
    @OptionGroup var plugins: PluginPathOptions
    @OptionGroup var cluster: ClusterParameterOptions
    @OptionGroup var output: JSONOption

    @Flag(help: "COMMAND is shell text, not the name of a command of the project.")
    var shell = false

    @Flag(help: "Print what would be done, and why, and start nothing.")
    var dryRun = false

    @Flag(help: "Run no command, not even `default`.")
    var noCommand = false

    @Argument(parsing: .allUnrecognized, help: ArgumentHelp("The command and its options.", valueName: "command"))
    var words: [String] = []

    var passesStatusThrough: Bool { !words.isEmpty && !dryRun }

    func run(_ context: Context, _ interrupts: Interrupts) async throws -> Int32 {
        guard !noCommand || words.isEmpty else {
            throw Failure(.usage, "`--no-command` and a command cannot both be given", hint: "leave one of them out")
        }
        let host = PluginHost(context)
        do {
            let loaded = try await LoadedProject.load(
                context, plugins.options, arguments: cluster.arguments(requiringAll: true), plugins: host)
            let command = try noCommand ? nil : loaded.command(words, isShell: shell)
            let name = session.name ?? loaded.project.name
            let folder = try SessionFolder(name, in: context)
            let bringUp = BringUp(loaded, name: name, context: context, plugins: host)
            let status =
                try await dryRun
                ? show(bringUp, folder, command, context)
                : start(bringUp, folder, command, context, host, interrupts)
            await host.close()
            return status
        } catch {
            await host.close()
            throw error
        }
    }

    private func show(_ bringUp: BringUp, _ folder: SessionFolder, _ command: SessionCommand?, _ context: Context)
        async throws -> Int32
    {
        let state = try folder.state()
        try state.checkOwner(folder.name, root: bringUp.loaded.project.root)
        let plan = try await bringUp.plan(state, command: command?.text.description)
        if output.json {
            context.terminal.output(String(decoding: JSONValue(encoding: plan).canonical, as: UTF8.self))
        } else {
            context.terminal.output(plan.text)
        }
        return 0
    }

    private func start(
        _ bringUp: BringUp, _ folder: SessionFolder, _ command: SessionCommand?, _ context: Context, _ host: PluginHost,
        _ interrupts: Interrupts
    ) async throws -> Int32 {
        try folder.state().checkOwner(folder.name, root: bringUp.loaded.project.root)
        let checked = try await bringUp.check()
        let journal = try await JournalWriter(
            folder, purpose: "ray session start",
            waiting: { context.terminal.note($0.waitingText(folder.name)) })
        do {
            // It may have changed hands while this one waited.
            try await journal.state.checkOwner(folder.name, root: bringUp.loaded.project.root)
            _ = try await bringUp.run(checked, journal, steps: command == nil ? 3 : 4)
        } catch {
            await journal.close()
            throw error
        }
        await host.close()
        guard let command else {
            await journal.close()
            context.terminal.note(
                "session `\(folder.name)` is up: `ray session execute` runs a command in it, `ray session stop` ends it"
            )
            return 0
        }
        context.terminal.note("[4/4] Running \(command.name.map { "`\($0)`" } ?? "the command")")
        return try await command.run(in: folder, journal, context: context, interrupts: interrupts)
    }
}
