extension LoadedProject {
    /// The project that the working directory belongs to; outside of any, that of the session.
    static func ofSession(
        _ name: String?, _ context: Context, _ options: PluginOptions,
        _ arguments: ClusterArguments = ClusterArguments()
    ) throws(Failure) -> LoadedProject {
        var context = context
        context.workingDirectory = try folder(ofSession: name, context)
        return try LoadedProject(context, options, arguments: arguments)
    }

    /// The folder whose project is meant: the working directory, and outside of any project that of
    /// the session.
    static func folder(ofSession name: String?, _ context: Context) throws(Failure) -> String {
        guard let name, (try? ProjectLocation.find(from: context.workingDirectory)) == nil else {
            return context.workingDirectory
        }
        return try SessionSelection.session(named: name, in: context).state().root
    }

    /// The journal of a session that is up, locked; one that is being started is waited for.
    func enter(
        _ folder: SessionFolder, named name: String?, purpose: String, _ context: Context
    ) async throws -> JournalWriter {
        if !FileLock.isHeld(folder.lock) { try check(folder.state(), of: folder, named: name, context) }
        let journal = try await JournalWriter(
            folder, purpose: purpose, waiting: { context.terminal.note($0.waitingText(folder.name)) })
        // It may have ended while this one waited.
        do {
            try check(await journal.state, of: folder, named: name, context)
            try await journal.endOrphans(of: folder.name, context.terminal)
        } catch {
            await journal.close()
            throw error
        }
        return journal
    }

    /// Refuses a session in which no command can run.
    private func check(
        _ state: SessionState, of folder: SessionFolder, named name: String?, _ context: Context
    ) throws(Failure) {
        try state.checkOwner(folder.name, root: project.root)
        guard state.phase != .up else {
            guard let ray = state.ray, !ray.isAlive else { return }
            throw Failure(
                .input, "the Ray of session `\(folder.name)` has died",
                hint: "start it again with `ray session start --no-command`")
        }
        let others = SessionFolder.existing(in: context).compactMap { other in
            (try? other.state()).flatMap { $0.phase == .up && $0.root == project.root ? other.name : nil }
        }
        let near = others.count == 1 ? others.first : nearest(to: folder.name, among: others)
        let start = "`ray session start\(name.map { " --name " + $0.shellQuoted } ?? "") --no-command`"
        throw Failure(
            .input, "session `\(folder.name)` is not up",
            cause: state.problem.map { "its last start failed: \($0.message)" },
            hint: near.map { "did you mean `--name \($0.shellQuoted)`, which is up? \(start) brings this one up" }
                ?? "bring it up with \(start)")
    }
}
