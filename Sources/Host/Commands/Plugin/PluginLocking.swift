import ArgumentParser

struct PluginLocking: RunnableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lock",
        abstract: "Write the project's plugins.lock: its plugins as they are now, with their hashes.",
        discussion: """
            With --locked, `session start`, `project validate` and `environment plan` refuse any other plugin.

            $ ray plugin lock
            $ ray session start --locked
            """)

    @OptionGroup var plugins: PluginPathOptions
    @OptionGroup var output: OutputOptions

    func run(_ context: Context, _ interrupts: Interrupts) async throws -> Int32 {
        let loaded = try LoadedProject(context, plugins.options.ignoringLock)
        let used = try LoadedProject.plugins(of: loaded.project, in: loaded.catalogue)
        let digests = DigestMemory(folders: context.folders)
        let lock = try PluginLock(of: used, besides: loaded.project.file, digests)
        let before = try? PluginLock(besides: loaded.project.file, schema: PluginSchema(context.folders))
        if before?.entries != lock.entries { try lock.write() }
        let names = lock.entries.map { "\($0.id) \($0.version)" }.joined(separator: ", ")
        let file = lock.file.relative(to: context.workingDirectory)
        context.terminal.note(
            before?.entries == lock.entries ? "`\(file)` is up to date: \(names)" : "wrote `\(file)`: \(names)")
        return 0
    }
}

struct PluginVerify: RunnableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Read every byte of the project's plugins again and hold them against plugins.lock.",
        discussion: """
            Outside of a project, what you have allowed is held against what was allowed.

            $ ray plugin verify
            """)

    @OptionGroup var plugins: PluginPathOptions
    @OptionGroup var output: OutputOptions

    func run(_ context: Context, _ interrupts: Interrupts) async throws -> Int32 {
        let verified = try Verification(context, plugins.options)
        if context.terminal.isJSON {
            context.terminal.output(
                json: [
                    "verified": .array(verified.names.sorted().map(JSONValue.string)),
                    "diagnostics": .array(verified.problems.map(\.json)),
                ])
            return verified.problems.isEmpty ? 0 : 1
        }
        guard verified.problems.isEmpty else { throw Failure(verified.problems) }
        context.terminal.note(
            verified.names.isEmpty
                ? "nothing to verify" : "as locked and allowed: \(verified.names.sorted().joined(separator: ", "))")
        return 0
    }
}

/// What reading the plugins again has shown.
private struct Verification {
    private(set) var names: [String] = []
    private(set) var problems: [Diagnostic] = []

    init(_ context: Context, _ options: PluginOptions) throws(Failure) {
        // No memory, here and below: what was remembered is what is in doubt.
        let catalogue = try Catalogue(context, options, remembering: false)
        if (try? ProjectLocation.find(from: context.workingDirectory)) != nil {
            let project = try LoadedProject(context, options.ignoringLock).project
            let used = try LoadedProject.plugins(of: project, in: catalogue)
            guard let lock = try PluginLock(besides: project.file, schema: PluginSchema(context.folders)) else {
                throw Failure(
                    .lockStale, "there is no `\(project.file.parentPath / PluginLock.name)` to verify against",
                    hint: "`ray plugin lock` writes it; commit it")
            }
            for plugin in used { verify(plugin, lock) }
        } else {
            for plugin in catalogue.plugins where !plugin.allowances.isEmpty && !plugin.comesWithRay {
                verify(plugin, nil)
            }
        }
    }

    private mutating func verify(_ plugin: Plugin, _ lock: PluginLock?) {
        do throws(Failure) {
            let library = try PluginLibrary(of: plugin, nil)
            let differences = lock?.differences(of: plugin, library: library.digest) ?? []
            let consent = plugin.consent(library: library.digest)
            problems += differences + (consent == .outdated ? plugin.refusal(consent).diagnostics : [])
            if differences.isEmpty, consent != .outdated { names.append("\(plugin.id) \(plugin.manifest.version)") }
        } catch {
            problems += error.diagnostics
        }
    }
}
