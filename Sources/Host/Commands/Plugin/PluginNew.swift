import ArgumentParser
import FoundationEssentials

struct PluginNew: RunnableCommand {
    static let configuration = CommandConfiguration(
        commandName: "new",
        abstract: "Write a plugin to begin with: one that builds, does something and has a test.",
        discussion: """
            Makes a folder of the plugin's name, in this one unless `--folder` names another.

            $ ray plugin new hello --kind environment --language c
            $ ray plugin new hello --kind environment --language rust
            $ ray plugin new my-cloud --kind provider --language swift --folder ~/plugins
            """)

    @Argument(help: "The plugin's id: lower-case letters, digits and `-`.")
    var name: String

    @Option(help: "What it is.")
    var kind: Manifest.Kind

    @Option(help: "The language it is written in.")
    var language: TemplateLanguage

    @Option(help: ArgumentHelp("Make it in this folder.", valueName: "folder"))
    var folder: String?

    @OptionGroup var output: OutputOptions

    func run(_ context: Context, _ interrupts: Interrupts) async throws -> Int32 {
        let id = try PluginID(name)
        let template = try PluginTemplate(kind, language, in: context.folders)
        let parent = folder.map { context.workingDirectory / $0 } ?? context.workingDirectory
        let new = NewPlugin(id: id, template: template, folder: parent / name)
        try new.write(for: context.folders.prefix, schema: PluginSchema(context.folders).manifest())
        let path = new.folder.relative(to: context.workingDirectory)
        context.terminal.note(
            """
            created \(path): \(kind == .environment ? "an environment builder" : "a cluster provider") in \
            \(language.name)
            next:
              cd \(path.shellQuoted)
              make test
              ray plugin install .
            """)
        return 0
    }
}

extension Manifest.Kind: ExpressibleByArgument {}
extension TemplateLanguage: ExpressibleByArgument {}
