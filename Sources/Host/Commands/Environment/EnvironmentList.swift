import ArgumentParser

struct EnvironmentList: RunnableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the environments that are built on this machine, and who uses them.",
        discussion: """
            $ ray environment list
            $ ray environment list --json
            """)

    @OptionGroup var output: OutputOptions

    func run(_ context: Context, _ interrupts: Interrupts) async throws -> Int32 {
        let users = EnvironmentCommandGroup.users(context)
        let store = EnvironmentStore(folders: context.folders)
        let layers = store.built().map {
            ListedLayer(
                digest: $0.digest, plugin: $0.plugin ?? "-", built: $0.built, size: $0.size,
                prefix: store.prefix(of: $0.digest), sessions: users[$0.digest] ?? [])
        }
        if context.terminal.isJSON {
            context.terminal.output(json: JSONValue(encoding: layers))
        } else if layers.isEmpty {
            context.terminal.note("no environments are built; `ray environment build` builds that of a project")
        } else {
            var table = Table("DIGEST", "LAYER", "SIZE", "BUILT", "SESSIONS")
            for layer in layers {
                table.add(
                    String(layer.digest.prefix(8)), layer.plugin, ByteCount.text(layer.size),
                    Timestamp.age(of: layer.built),
                    layer.sessions.isEmpty ? "-" : layer.sessions.joined(separator: ", "))
            }
            context.terminal.output(table)
        }
        return 0
    }
}

/// A layer as `ray environment list` shows it.
private struct ListedLayer: Codable {
    var digest: String
    var plugin: String
    var built: String
    /// Bytes.
    var size: Int64
    var prefix: String
    var sessions: [String]
}
