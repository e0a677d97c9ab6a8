import ArgumentParser

struct EnvironmentGC: RunnableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gc", abstract: "Remove environments that nobody needs.",
        discussion: """
            Removes what interrupted builds left, and then the environments that were not used for longest, until the rest \
            fits under the cap. What a session runs in, what a project on this machine was last built from and \
            what is being built stays.

            $ ray environment gc --dry-run
            $ ray environment gc --cap 5GB
            """)

    @Option(help: ArgumentHelp("How much may stay: 20GB, 500MB, 0.", valueName: "size"))
    var cap = "20GB"

    @Flag(name: .customLong("dry-run"), help: "Remove nothing, only say what would be.")
    var dryRun = false

    @OptionGroup var output: OutputOptions

    func run(_ context: Context, _ interrupts: Interrupts) async throws -> Int32 {
        guard let limit = ByteCount.parse(cap) else {
            throw Failure(.usage, "`\(cap)` is no size", hint: "write it as in `--cap 20GB` or `--cap 500MB`")
        }
        let store = EnvironmentStore(folders: context.folders)
        let collection = StoreCollection(store, needed: { EnvironmentCommandGroup.needed(context) })
        let removals = dryRun ? collection.removals(cap: limit) : try await collection.run(cap: limit)
        if context.terminal.isJSON {
            context.terminal.output(json: JSONValue(encoding: removals))
            return 0
        }
        if !removals.isEmpty {
            var table = Table("DIGEST", "SIZE", "WHY")
            for removal in removals {
                table.add(
                    String(removal.digest.prefix(8)), ByteCount.text(removal.size),
                    removal.reason == .unfinished ? "its build did not finish" : "not used for longest")
            }
            context.terminal.output(table)
        }
        let size = ByteCount.text(removals.reduce(0) { $0 + $1.size })
        context.terminal.note(
            removals.isEmpty
                ? "nothing to remove"
                : "\(dryRun ? "would remove" : "removed") \(removals.count == 1 ? "1 layer" : "\(removals.count) layers"), \(size)"
        )
        return 0
    }
}
