/// What a project's plugins.lock says of the plugins that it would use.
struct LockCheck {
    private(set) var lock: PluginLock?
    /// Differences that are only told, since nothing demands that there be none.
    private(set) var warnings: [Diagnostic] = []

    /// Throws every difference where the options demand that there be none.
    ///
    /// What came with ray may differ from one build of it to the next: otherwise that is not told.
    init(
        of plugins: [Plugin], besides projectFile: String, _ context: Context, _ options: PluginOptions
    ) throws(Failure) {
        let file = projectFile.parentPath / PluginLock.name
        guard !options.ignoresLock, options.isLocked || Files.exists(file) else { return }
        lock = try PluginLock(besides: projectFile, schema: PluginSchema(context.folders))
        guard let lock else {
            throw Failure(
                .lockStale, "`--locked` needs `\(file)`, which is not there",
                hint: "`ray plugin lock` writes it; commit it")
        }
        let digests = DigestMemory(folders: context.folders)
        var differences: [Diagnostic] = []
        for plugin in plugins where options.isLocked || !plugin.comesWithRay {
            differences += lock.differences(of: plugin, library: try digests.digest(ofFile: plugin.library))
        }
        guard !options.isLocked else {
            guard differences.isEmpty else { throw Failure(differences) }
            return
        }
        warnings = differences.map { difference in
            var warning = difference
            warning.severity = .warning
            return warning
        }
    }
}
