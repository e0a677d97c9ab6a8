import ArgumentParser
import FoundationEssentials

struct ProjectSchemaPrint: RunnableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema",
        abstract: "Print the JSON Schema of project.yaml, with what the installed plugins add to it.",
        discussion: """
            An editor that is given it completes and checks as you type.

            $ ray project schema > project.schema.json
            $ ray project schema --cluster > cluster.schema.json
            """)

    @Flag(help: "Print the schema of the cluster file instead.")
    var cluster = false

    @OptionGroup var plugins: PluginPathOptions
    @OptionGroup var output: OutputOptions

    func run(_ context: Context, _ interrupts: Interrupts) async throws -> Int32 {
        let schema = try LoadedProject.schemaAndCatalogue(context, plugins.options).schema
        let document = cluster ? schema.clusterDocument : schema.projectDocument
        context.terminal.output(json: document)
        return 0
    }
}
