import ArgumentParser

struct SessionSync: RunnableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sync", abstract: "Copy the project's files to a session's nodes, or results from its head.",
        discussion: """
            Without `--down` all nodes get what has changed in the project. With it the paths, or what the project \
            names under `output_files`, come from the head into the project's folder.

            $ ray session sync
            $ ray session sync --down
            $ ray session sync --down results/model.pt
            """)

    @Flag(help: "From the head to this machine.")
    var down = false

    @OptionGroup var session: SessionNameOption
    @OptionGroup var plugins: PluginPathOptions
    @OptionGroup var output: OutputOptions

    @Argument(help: ArgumentHelp("With `--down`: what to copy, as paths in the project.", valueName: "path"))
    var paths: [String] = []

    func validate() throws {
        guard down || paths.isEmpty else {
            throw ValidationError("paths are for `--down`; the whole project goes to the nodes")
        }
    }

    func run(_ context: Context, _ interrupts: Interrupts) async throws -> Int32 {
        let loaded = try LoadedProject.ofSession(session.name, context, plugins.options)
        let folder = try SessionFolder(session.name ?? loaded.project.name, in: context)
        let journal = try await loaded.enter(folder, named: session.name, purpose: "ray session sync", context)
        do {
            let state = await journal.state
            if down { await journal.close() }
            try await sync(loaded, folder, state, context)
            await journal.close()
            return 0
        } catch {
            await journal.close()
            throw error
        }
    }

    private func sync(
        _ loaded: LoadedProject, _ folder: SessionFolder, _ state: SessionState, _ context: Context
    ) async throws {
        guard !state.nodes.isEmpty else {
            context.terminal.note("session `\(folder.name)` is in the project's own folder: there is nothing to copy")
            return
        }
        let reach = try NodeReach(context)
        let nodes = try state.nodes.map { try $0.located(reach) }
        guard down else {
            let files = try await loaded.files(context)
            let problems = try await nodes.concurrently { node in
                try await reach.withShell(of: node, state.uid, context) { shell in
                    let report = try await files.sync(to: shell, folder: NodeReach.folder(of: node, in: state.uid))
                    context.terminal.note("\(node.title): \(report.words ?? "unchanged")")
                }
            }
            guard problems.isEmpty else { throw Failure(problems) }
            return
        }
        guard let head = nodes.first else { return }
        try await reach.withShell(of: head, state.uid, context) { shell in
            try await fetch(from: shell, of: head, loaded.project, state, context)
        }
    }

    private func fetch(
        from shell: NodeShell, of head: ClusterNode, _ project: Project, _ state: SessionState, _ context: Context
    ) async throws {
        let fetching = try FetchedFiles(context)
        let isNamed = !paths.isEmpty
        guard isNamed || !project.outputFiles.isEmpty else {
            throw Failure(
                .usage, "the project names no `output_files`",
                hint: "name what to copy, as in `ray session sync --down results`")
        }
        for path in isNamed ? paths : project.outputFiles {
            let local = try target(path, in: project)
            let remote = (state.environment?.directory ?? "~/\(project.name)") / local.relative(to: project.root)
            guard let fetched = try await fetching.fetch(remote, of: shell, below: project.root) else {
                if !isNamed {
                    context.terminal.note("`\(path)` is not there yet")
                    continue
                }
                throw Failure(
                    .input, "there is no `\(path)` in the project on \(head.title)",
                    hint: "`ray session execute --shell ls` shows what is there")
            }
            try await fetching.place(fetched, at: local, FileFilter())
            context.terminal.note("`\(path)` is here")
        }
    }

    /// Where a path of the project is on this machine.
    private func target(_ path: String, in project: Project) throws(Failure) -> String {
        let parts = path.split(separator: "/").filter { $0 != "." }
        guard !path.hasPrefix("/"), !parts.isEmpty, !parts.contains("..") else {
            throw Failure(
                .usage, "`\(path)` is not a path in the project",
                hint: "`ray rsync-down` copies what is elsewhere on the head")
        }
        return project.root / parts.joined(separator: "/")
    }
}
