import ArgumentParser

struct PluginCommandGroup: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plugin",
        abstract: "See, install, trust and write what builds environments and provides clusters.",
        subcommands: [
            PluginList.self, PluginWhy.self, PluginInspect.self, PluginInstall.self, PluginRemove.self,
            PluginAllow.self, PluginLocking.self, PluginVerify.self, PluginNew.self, PluginGen.self,
        ])
}
