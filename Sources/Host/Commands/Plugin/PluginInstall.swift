import ArgumentParser

struct PluginInstall: RunnableCommand {
    static let configuration = CommandConfiguration(
        commandName: "install", abstract: "Install a plugin for you, from its folder, an archive or a URL.",
        discussion: """
            What you install is allowed to be used with that. One that is installed already is replaced in one step, and \
            stays if anything goes wrong.

            $ ray plugin install ./my-plugin
            $ ray plugin install my-plugin-1.0.tar.gz
            $ ray plugin install https://example.org/my-plugin-1.0.tar.gz --sha256 HEX
            """)

    @Argument(help: "A folder with a plugin.yaml, an archive of one, or the URL of an archive.") var source: String
    @Option(help: ArgumentHelp("What the archive must be; needed with a URL.", valueName: "hex")) var sha256: String?
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard let sha256 else { return }
        guard sha256.utf8.count == 64, sha256.allSatisfy(\.isHexDigit) else {
            throw ValidationError("`--sha256` takes 64 hexadecimal digits")
        }
    }

    func run(_ context: Context, _ interrupts: Interrupts) async throws -> Int32 {
        let (plugin, replaced) = try await PluginInstallation(context).install(source, sha256: sha256)
        let manifest = plugin.manifest
        let before = replaced.map { $0 == manifest.version ? ", again" : ", in place of \($0)" } ?? ""
        context.terminal.note("installed plugin `\(plugin.id)` \(manifest.version) in `\(plugin.folder)`\(before)")
        context.terminal.note("it handles \(manifest.handled.joined(separator: ", "))")
        if Files.exists(context.folders.installedPlugins / plugin.id) {
            context.terminal.note("from now on it is used in place of the plugin `\(plugin.id)` that came with ray")
        }
        return 0
    }
}

struct PluginRemove: RunnableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Remove a plugin that you installed.",
        discussion: """
            $ ray plugin remove my-plugin
            """)

    @Argument(help: "The plugin's id.") var plugin: String
    @OptionGroup var output: OutputOptions

    func run(_ context: Context, _ interrupts: Interrupts) async throws -> Int32 {
        try await PluginInstallation(context).remove(plugin)
        context.terminal.note("removed plugin `\(plugin)`")
        return 0
    }
}
