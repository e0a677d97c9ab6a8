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
        let users = Self.users(context)
        let layers = EnvironmentStore(folders: context.folders).built().map {
            BuiltLayer(
                digest: $0.digest, plugin: $0.plugin, built: $0.built, prefix: $0.prefix,
                sessions: users[$0.digest] ?? [])
        }
        if context.terminal.isJSON {
            context.terminal.output(json: JSONValue(encoding: layers))
        } else if layers.isEmpty {
            context.terminal.note("no environments are built; `ray session start` builds that of a project")
        } else {
            var table = Table("DIGEST", "LAYER", "BUILT", "SESSIONS")
            for layer in layers {
                table.add(
                    String(layer.digest.prefix(8)), layer.plugin, Timestamp.age(of: layer.built),
                    layer.sessions.isEmpty ? "-" : layer.sessions.joined(separator: ", "))
            }
            context.terminal.output(table)
        }
        return 0
    }

    /// The sessions that run in each layer, by digest.
    private static func users(_ context: Context) -> [String: [String]] {
        var users: [String: [String]] = [:]
        for folder in SessionFolder.existing(in: context) {
            // A session whose journal cannot be read is `session list`'s to tell.
            guard let state = try? folder.state(), state.phase != .none, state.phase != .stopped else { continue }
            for digest in state.environment?.digests ?? [] { users[digest, default: []].append(folder.name) }
        }
        return users
    }
}

/// A layer as `ray environment list` shows it.
private struct BuiltLayer: Codable {
    var digest: String
    var plugin: String
    var built: String
    var prefix: String
    var sessions: [String]
}
