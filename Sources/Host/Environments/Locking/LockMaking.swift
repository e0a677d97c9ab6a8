import FoundationEssentials

/// Makes the part of a project's lock that belongs to one plugin.
struct LockMaking: Sendable {
    let context: Context
    let plugins: PluginHost
    let store: EnvironmentStore
    let project: Project
    let layer: Layer
    let plan: LockPlan
    /// The variables inside the layers below.
    let below: [String: String]
    let observer: any EnvironmentSetup.Observer
    /// Whether a lock that cannot be written is an error.
    let mustKeep: Bool

    /// Runs the steps and keeps what they have written.
    ///
    /// One process at a time changes a lock; another that came first may have made this one already. Returns
    /// nil where nothing can be locked.
    func run(replaces: Bool) async throws -> EnvironmentLock.Entry? {
        let file = project.file.parentPath / EnvironmentLock.name
        let guardian = try await FileLock.acquire(
            store.root / "locks" / "\(Digest.of(file).prefix(32)).lock", purpose: "locking `\(project.name)`",
            waiting: { observer.isWaiting(for: $0, layer.plugin) })
        defer { extendLifetime(guardian) }
        var lock = try mustKeep ? EnvironmentLock(replacing: project.file) : EnvironmentLock(besides: project.file)
        let id = layer.plugin.id
        if !replaces, let made = lock.entries[id], made.basis == plan.basis { return made }
        try DiskSpace.requireLeast(in: store.root, for: layer.plugin.id, at: layer.place)
        for note in plan.notes { observer.note(note, layer.plugin) }
        let text = try await retryingNetwork(told: { observer.note($0, layer.plugin) }) {
            try await resolved(from: lock.entries[id]?.text)
        }
        guard !text.allSatisfy(\.isWhitespace) else { return nil }
        let entry = EnvironmentLock.Entry(basis: plan.basis, text: text, place: Place(file: file))
        let isNew = lock.entries[id] != entry
        lock.entries[id] = entry
        guard isNew else { return entry }
        do { try lock.write() } catch {
            if mustKeep { throw error }
            observer.note("the lock cannot be kept: \(error.diagnostics.first?.cause ?? "")", layer.plugin)
            return entry
        }
        observer.note("wrote `\(file.relative(to: project.root))`: commit it", layer.plugin)
        // As the next start will read it, with its place.
        return try EnvironmentLock(besides: project.file).entries[id] ?? entry
    }

    private func resolved(from old: String?) async throws -> String {
        let folder = store.root / "locking" / RandomName.make()
        try Files.makeFolder(folder / "tmp", mode: 0o700)
        try Files.makeFolder(folder / "layer")
        defer { try? Files.remove(folder) }
        let file = folder / "lock"
        if let old { try Files.replace(file, with: Data(old.utf8), durable: false) }
        var variables = below
        variables["RAY_LAYER"] = folder / "layer"
        variables["RAY_LOCK"] = file
        variables["TMPDIR"] = folder / "tmp"
        variables["RAY_CACHE"] = store.cache(of: layer.plugin.id)
        try Files.makeFolder(store.cache(of: layer.plugin.id))
        let log = store.lockLog(of: project.root, layer.plugin.id)
        try Files.remove(log)
        let steps = StepRun(
            context, plugins, layer.plugin, operation: "lock", request: plan.request, variables: variables,
            directory: project.root, log: log, place: layer.place, secrets: plan.secrets, folder: folder,
            notes: { observer.note($0, layer.plugin) })
        for (number, step) in plan.steps.enumerated() {
            observer.note(step.title, layer.plugin)
            try await steps.run(step, number: number)
        }
        guard let data = try Files.read(file), let text = String(validating: data, as: UTF8.self) else {
            throw Failure(
                .plugin, "plugin `\(layer.plugin.id)` wrote no lock", at: layer.place,
                hint: "report it to the author of the plugin in `\(layer.plugin.folder)`")
        }
        return text.isEmpty || text.hasSuffix("\n") ? text : text + "\n"
    }
}
