import ArgumentParser

struct EnvironmentLocking: RunnableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lock", abstract: "Write what the project's environment resolves to into environment.lock.",
        discussion: """
            Keeps what is locked where it still fits; --upgrade lets one package go on to its newest version, --upgrade-all \
            all of them. The file stands beside project.yaml; commit it. `ray session start` and `ray environment \
            build` write a missing one, and with --locked refuse one that does not fit.

            $ ray environment lock
            $ ray environment lock --upgrade numpy
            """)

    @Option(help: ArgumentHelp("Let this package have its newest version.", valueName: "name"))
    var upgrade: [String] = []

    @Flag(name: .customLong("upgrade-all"), help: "Let everything have its newest version.")
    var upgradeAll = false

    @OptionGroup var plugins: PluginPathOptions
    @OptionGroup var output: OutputOptions

    func run(_ context: Context, _ interrupts: Interrupts) async throws -> Int32 {
        let host = PluginHost(context)
        return try await host.closing {
            let loaded = try await LoadedProject.load(context, plugins.options, plugins: host)
            let wanted = upgradeAll || !upgrade.isEmpty
            let setup = EnvironmentSetup(
                context, plugins: host,
                .init(
                    upgrade: wanted ? .init(all: upgradeAll, names: upgrade) : nil, isForLock: true,
                    usage: SessionFolder.usage(in: context)))
            let warnings = try await setup.check(loaded.layers, of: loaded.project)
            if !(loaded.warnings + warnings).isEmpty { context.terminal.report(loaded.warnings + warnings) }
            let before = try? EnvironmentLock(besides: loaded.project.file)
            if before == nil {
                let file = loaded.project.file.parentPath / EnvironmentLock.name
                context.terminal.note("`\(file.relative(to: loaded.project.root))` cannot be read: making it anew")
            }
            let notes = BuildNotes(terminal: context.terminal, indentation: "")
            let lock = try await setup.lock(loaded.layers, of: loaded.project, observer: notes)
            tell(lock, before, context)
            return 0
        }
    }

    private func tell(_ lock: EnvironmentLock, _ before: EnvironmentLock?, _ context: Context) {
        let changes = lock.changes(since: before)
        if context.terminal.isJSON {
            context.terminal.output(
                json: [
                    "file": .string(lock.file), "layers": .array(lock.entries.keys.sorted().map(JSONValue.string)),
                    "changes": .array(changes.map(JSONValue.string)),
                ])
        } else if lock.entries.isEmpty {
            context.terminal.note("nothing to lock: no plugin of this project's environment resolves anything")
        } else {
            for change in changes { context.terminal.output(change) }
            guard changes.isEmpty else { return }
            let isSame = lock.entries == before?.entries
            context.terminal.note(isSame ? "the lock fits, and nothing in it has changed" : "no version has changed")
        }
    }
}
