import ArgumentParser

struct SessionStop: RunnableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop",
        abstract: "End a session's commands and its Ray.",
        discussion: """
            Nodes are stopped where the provider can; with --terminate they are given back and the session is forgotten.

            $ ray session stop
            $ ray session stop my-session --terminate
            """)

    @Argument(help: "The session; the project's name unless given.")
    var session: String?

    @Option(help: ArgumentHelp("The same, as an option.", valueName: "session", visibility: .hidden))
    var name: String?

    @Flag(help: "Give the nodes back and forget the session.")
    var terminate = false

    @OptionGroup var plugins: PluginPathOptions

    func run(_ context: Context, _ interrupts: Interrupts) async throws -> Int32 {
        let named = session ?? self.name
        let project = try named == nil ? LoadedProject.identity(context) : nil
        let name = named ?? project?.name ?? ""
        let folder = try SessionFolder(name, in: context)
        guard Files.exists(folder.journal) else {
            context.terminal.note("session `\(name)` is not running")
            return 0
        }
        // Without a name it is this project's session that is meant, not another's of the same name.
        if let project { try folder.state().checkOwner(name, root: project.root) }
        let journal = try await JournalWriter(
            folder, purpose: "ray session stop", waiting: { context.terminal.note($0.waitingText(name)) })
        let host = PluginHost(context)
        let teardown = Teardown(
            context: context, catalogue: try LoadedProject.catalogue(context, plugins.options), plugins: host)
        let outcome = try await teardown.run(journal, terminate: terminate)
        await journal.close()
        await host.close()
        let end = ["is not running", "is stopped", "is ended"][outcome == .notRunning ? 0 : outcome == .stopped ? 1 : 2]
        context.terminal.note("session `\(name)` \(end)")
        return 0
    }
}
