import ArgumentParser

struct ProjectValidate: RunnableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate",
        abstract: "Check the project's files without starting anything.",
        discussion: """
            Reports everything that is wrong in project.yaml, cluster.yaml and the files they name, with the place of each.

            $ ray project validate
            """)

    @OptionGroup var plugins: PluginPathOptions

    func run(_ context: Context, _ interrupts: Interrupts) async throws -> Int32 {
        let loaded = try LoadedProject(context, plugins.options)
        let host = PluginHost(context)
        let bringUp = BringUp(loaded, name: loaded.project.name, context: context, plugins: host)
        do { _ = try await bringUp.check() } catch {
            await host.close()
            throw error
        }
        await host.close()
        context.terminal.note("Project files validated!")
        return 0
    }
}
