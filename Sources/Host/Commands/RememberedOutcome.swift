/// What came of a command that only looks at the project, as that it has no flaw, kept while everything
/// that was looked at stays as it is.
struct RememberedOutcome {
    private let answers: RememberedAnswers
    private let key: String
    private let asked = nanosecondsNow()

    /// `options` are the words of the command line on which the outcome depends.
    init(of command: String, _ context: Context, _ options: [String]) {
        answers = RememberedAnswers(folder: context.folders.cache / "answers")
        let program = FileStamp(path: context.program)
        key = RememberedAnswers.key(
            plugin: [context.program, "\(program?.size ?? 0) \(program?.modified ?? 0) \(program?.inode ?? 0)"],
            operation: command,
            request: [
                "folder": .string(context.workingDirectory), "options": .array(options.map(JSONValue.string)),
                "folders": .array([context.folders.data, context.folders.prefix].map(JSONValue.string)),
            ],
            environment: context.environment)
    }

    /// What came of it; nil where it is not known or may have changed.
    var value: JSONValue? { answers.answer(for: key)?["outcome"] }

    func remember(_ value: JSONValue, _ loaded: LoadedProject, _ context: Context, _ plugins: PluginHost) async {
        let paths = loaded.consulted(context) + (await plugins.consulted)
        answers.remember(
            ["outcome": value, "files": .array(paths.map(JSONValue.string))], for: key, asked: asked)
    }
}

extension LoadedProject {
    /// Every path on which depends what was read, also of what was not there.
    fileprivate func consulted(_ context: Context) -> [String] {
        var paths = [
            context.folders.schema, context.folders.pluginSchema, context.folders.knownPlugins,
            context.folders.allowances, project.file, project.file.parentPath / PluginLock.name,
        ]
        var folder = context.workingDirectory
        while true {
            for name in ProjectLocation.folders { paths += [folder / name, folder / name / "project.yaml"] }
            guard folder != project.root, folder != "/" else { break }
            folder = folder.parentPath
        }
        paths += project.documents
        paths += ([project.cluster] + project.commands.compactMap(\.cluster)).map(\.file)
        paths += catalogue.searched
        for candidate in catalogue.candidates { paths += [candidate.folder, candidate.folder / "plugin.yaml"] }
        return paths + catalogue.plugins.map(\.library)
    }
}
