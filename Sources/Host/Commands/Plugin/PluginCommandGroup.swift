import ArgumentParser

struct PluginCommandGroup: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plugin", abstract: "See and write the plugins that build environments and provide clusters.",
        subcommands: [PluginList.self, PluginNew.self, PluginGen.self])
}
