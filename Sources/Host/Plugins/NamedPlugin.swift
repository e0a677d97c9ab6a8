extension Catalogue {
    /// The plugin that a word of the command line means: a folder, where it holds a manifest, or the id
    /// of one that was found.
    ///
    /// Throws why there is none; opens no library.
    package static func plugin(
        _ word: String, _ context: Context, _ options: PluginOptions = PluginOptions()
    ) throws(Failure) -> Plugin {
        let folder = context.resolved(word)
        var options = options
        let isFolder = (word.contains("/") || word == "." || word == "..") || Files.exists(folder / "plugin.yaml")
        if isFolder {
            guard Files.exists(folder / "plugin.yaml") else {
                throw Failure(
                    .input, "there is no plugin in `\(word)`", hint: "a plugin is a folder with a plugin.yaml in it")
            }
            options.pluginPath.append(folder)
        }
        let catalogue = try Catalogue(context, options)
        for candidate in catalogue.candidates {
            switch candidate.verdict {
            case .usable(let plugin), .shadowed(let plugin, _):
                if isFolder ? candidate.folder == folder : plugin.id == word { return plugin }
            case .unusable(let problems):
                if isFolder ? candidate.folder == folder : candidate.folder.lastPathName == word {
                    throw Failure(problems)
                }
            }
        }
        throw Failure(
            .input, "there is no plugin `\(word)`",
            hint: suggestion(for: word, among: catalogue.plugins.map(\.id))
                ?? "`ray plugin list` shows what was found; a folder with a plugin.yaml is taken too")
    }
}
