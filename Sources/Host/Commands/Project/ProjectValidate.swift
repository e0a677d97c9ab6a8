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
    @OptionGroup var lock: LockedOption
    @OptionGroup var cluster: ClusterParameterOptions
    @Flag(help: "Print what was read, as YAML.")
    var verbose = false

    @OptionGroup var output: OutputOptions

    func run(_ context: Context, _ interrupts: Interrupts) async throws -> Int32 {
        let isBrief = !verbose && !context.terminal.isJSON
        let words = plugins.pluginPath + ["\(plugins.noPlugins)", "\(lock.locked)"] + cluster.parameters
        let remembered = RememberedOutcome(of: "validate", context, words)
        if isBrief, remembered.value != nil { return told(context) }
        let host = PluginHost(context)
        return try await host.closing {
            let validation = try await ProjectValidation(
                context, plugins.options.locked(lock.locked), cluster.arguments(), host)
            if context.terminal.isJSON {
                context.terminal.output(json: validation.json)
                return validation.isValid ? 0 : Program.status(of: validation.errors)
            }
            guard let loaded = validation.loaded, validation.isValid else {
                throw Failure(validation.errors + validation.warnings)
            }
            if verbose { context.terminal.output(loaded.description.yaml) }
            if validation.warnings.isEmpty {
                await remembered.remember(true, loaded, context, host)
            } else {
                context.terminal.report(validation.warnings)
            }
            return told(context)
        }
    }

    private func told(_ context: Context) -> Int32 {
        context.terminal.note("Project files validated!")
        return 0
    }
}
