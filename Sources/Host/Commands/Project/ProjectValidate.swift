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
    @OptionGroup var cluster: ClusterParameterOptions

    func run(_ context: Context, _ interrupts: Interrupts) async throws -> Int32 {
        let host = PluginHost(context)
        do {
            let loaded = try await LoadedProject.load(
                context, plugins.options, arguments: cluster.arguments(), plugins: host)
            _ = try await BringUp(loaded, name: loaded.project.name, context: context, plugins: host).check()
        } catch {
            await host.close()
            throw error
        }
        await host.close()
        context.terminal.note("Project files validated!")
        return 0
    }
}
