import ArgumentParser

struct SessionAttach: RunnableCommand {
    static let configuration = CommandConfiguration(
        commandName: "attach",
        abstract: "Open a shell inside a session that is up.",
        discussion: """
            The shell starts in the project's folder, inside its environment, with RAY_ADDRESS set.

            $ ray session attach
            """)

    @OptionGroup var session: SessionNameOption
    @OptionGroup var plugins: PluginPathOptions

    var passesStatusThrough: Bool { true }

    func run(_ context: Context, _ interrupts: Interrupts) async throws -> Int32 {
        let loaded = try LoadedProject(context, plugins.options)
        let shell = SessionCommand(name: nil, text: .shell, variables: loaded.variables)
        return try await loaded.run(shell, inSession: session.name, purpose: "ray session attach", context, interrupts)
    }
}
