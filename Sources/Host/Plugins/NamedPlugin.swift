extension Catalogue {
    /// The plugin that a word of the command line means: a folder, where it has a `/` in it or is `.`, or
    /// the id of one that was found.
    ///
    /// A folder that happens to be called like a plugin is never meant. Throws why there is none; opens
    /// no library.
    package static func plugin(
        _ word: String, _ context: Context, _ options: PluginOptions = PluginOptions()
    ) throws(Failure) -> Plugin {
        guard let folder = context.folder(named: word) else { return try plugin(id: word, context, options) }
        guard Files.exists(folder / "plugin.yaml") else {
            throw Failure(
                .input, "there is no plugin in `\(word)`", hint: "a plugin is a folder with a plugin.yaml in it")
        }
        var options = options
        options.pluginPath.append(folder)
        for candidate in try Catalogue(context, options).candidates where candidate.folder == folder {
            switch candidate.verdict {
            case .usable(let plugin), .shadowed(let plugin, _): return plugin
            case .unusable(let problems): throw Failure(problems)
            }
        }
        throw Failure(
            .usage, "plugins outside of ray are left out, and `\(word)` is one",
            hint: "leave out `--no-plugins`, and unset RAY_PLUGIN_SAFE_MODE")
    }

    private static func plugin(id: String, _ context: Context, _ options: PluginOptions) throws(Failure) -> Plugin {
        let catalogue = try Catalogue(context, options)
        for candidate in catalogue.candidates {
            switch candidate.verdict {
            case .usable(let plugin), .shadowed(let plugin, _): if plugin.id == id { return plugin }
            case .unusable(let problems): if candidate.folder.lastPathName == id { throw Failure(problems) }
            }
        }
        let isHere = Files.exists(context.resolved(id) / "plugin.yaml")
        throw Failure(
            .input, "there is no plugin `\(id)`",
            hint: isHere
                ? "the one in the folder here is `./\(id)`"
                : suggestion(for: id, among: catalogue.plugins.map(\.id))
                    ?? "`ray plugin list` shows what was found; a folder is written with a `/`")
    }
}

extension Context {
    /// The folder that a word means if it means one.
    func folder(named word: String) -> String? {
        word.contains("/") || word == "." || word == ".." ? resolved(word) : nil
    }
}
