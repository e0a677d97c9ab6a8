/// That a project was found to be without a flaw, kept while everything that was looked at stays as
/// it is.
struct RememberedValidation {
    private let answers: RememberedAnswers
    private let key: String
    private let asked = nanosecondsNow()

    /// `options` are the words of the command line on which the outcome depends.
    init(_ context: Context, _ options: [String]) {
        answers = RememberedAnswers(folder: context.folders.cache / "answers")
        let program = FileStamp(path: context.program)
        key = RememberedAnswers.key(
            plugin: [context.program, "\(program?.size ?? 0) \(program?.modified ?? 0) \(program?.inode ?? 0)"],
            operation: "validate",
            request: [
                "folder": .string(context.workingDirectory), "options": .array(options.map(JSONValue.string)),
                "folders": .array([context.folders.data, context.folders.prefix].map(JSONValue.string)),
            ],
            environment: context.environment)
    }

    var isStillTrue: Bool { answers.answer(for: key) != nil }

    func remember(_ loaded: LoadedProject, _ context: Context, _ plugins: PluginHost) async {
        let paths = loaded.consulted(context) + (await plugins.consulted)
        answers.remember(["files": .array(paths.map(JSONValue.string))], for: key, asked: asked)
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
        paths += ([project.cluster] + project.commands.compactMap(\.cluster)).map(\.file)
        paths += catalogue.searched
        for candidate in catalogue.candidates { paths += [candidate.folder, candidate.folder / "plugin.yaml"] }
        return paths + catalogue.plugins.map(\.library)
    }
}
