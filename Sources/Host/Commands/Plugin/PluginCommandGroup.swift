import ArgumentParser

struct PluginCommandGroup: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plugin", abstract: "See the plugins that build environments and provide clusters.",
        subcommands: [PluginList.self, PluginCheck.self])
}
