import ArgumentParser
import FoundationEssentials

struct ProjectValidate: RunnableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate",
        abstract: "Check the project's files without starting anything.",
        discussion: """
            Reports everything that is wrong in project.yaml, cluster.yaml and the files they name, with the place of each. \
            What depends on a parameter of the cluster file that has no value is not checked.

            $ ray project validate
            $ ray project validate --cluster-param region=us-west-2
            $ ray project validate --verbose
            $ ray project validate --json
            """)

    @OptionGroup var plugins: PluginPathOptions
    @OptionGroup var cluster: ClusterParameterOptions
    @Flag(help: "Print what was read, as YAML.")
    var verbose = false

    @OptionGroup var output: OutputOptions

    func run(_ context: Context, _ interrupts: Interrupts) async throws -> Int32 {
        let host = PluginHost(context)
        let validation: ProjectValidation
        do {
            validation = try await ProjectValidation(context, plugins.options, cluster.arguments(), host)
        } catch {
            await host.close()
            throw error
        }
        await host.close()
        if context.terminal.isJSON {
            context.terminal.output(json: validation.json)
            return validation.isValid ? 0 : Program.status(of: validation.errors)
        }
        guard validation.isValid else { throw Failure(validation.errors + validation.warnings) }
        if !validation.warnings.isEmpty { context.terminal.report(validation.warnings) }
        if verbose, let description = validation.description { context.terminal.output(description.yaml) }
        context.terminal.note("Project files validated!")
        return 0
    }
}
