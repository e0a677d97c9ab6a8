import ArgumentParser
import FoundationEssentials

/// What commands that take a cluster file have in common.
struct ClusterFileArguments: ParsableArguments {
    @Argument(help: ArgumentHelp("The cluster file.", valueName: "cluster.yaml"))
    var file: String

    @Option(
        name: [.customShort("n"), .customLong("cluster-name")],
        help: ArgumentHelp("The name of the cluster, instead of the file's.", valueName: "name"))
    var name: String?

    @OptionGroup var plugins: PluginPathOptions
}

/// A cluster file, the provider it names, and what is known of the cluster.
struct LoadedCluster: Sendable {
    let config: ClusterConfig
    let provider: Provider
    let configuration: Provider.Configuration
    let name: String
    let folder: SessionFolder
    private let context: Context

    init(_ arguments: ClusterFileArguments, _ context: Context, _ host: PluginHost) async throws {
        self.context = context
        let file = context.resolved(arguments.file)
        guard Files.exists(file) else {
            throw Failure(.usage, "there is no file `\(arguments.file)`", hint: "give the path of a cluster file")
        }
        let (schema, catalogue) = try LoadedProject.schemaAndCatalogue(context, arguments.plugins.options)
        var given = ClusterArguments()
        given.environment = context.environment
        config = try ClusterConfig.load(file, schema: schema, arguments: given)
        name = arguments.name ?? config.name ?? ClusterConfig.usualName
        folder = try SessionFolder(cluster: name, in: context)
        let known = try KnownPlugins(folders: context.folders)
        provider = try Provider(for: config, in: catalogue, plugins: host, known: known)
        configuration = try await provider.configure(config, name: name, root: file.parentPath)
        guard !configuration.inPlace else {
            throw Failure(
                .input, "the cluster file names no hosts, so the cluster is this machine",
                at: config.providerTypePlace,
                hint:
                    "name hosts in `head_ip` and `worker_ips`; on this machine a project is run with `ray session start`"
            )
        }
        if !(config.warnings + configuration.warnings).isEmpty {
            context.terminal.report(config.warnings + configuration.warnings)
        }
    }

    /// The nodes that there are, the head first, with the way to each.
    ///
    /// `config` is what `configure` said when they were brought up, where that may be another than now.
    func nodes(of uid: String, config known: JSONValue? = nil, reach: NodeReach) async throws -> [ClusterNode] {
        try await provider.located(known ?? configuration.config, uid: uid, of: config, context, reach)
    }

    /// Runs `body` as the one writer of the cluster's journal.
    func withJournal(purpose: String, _ body: (JournalWriter) async throws -> Void) async throws {
        let journal = try await JournalWriter(
            folder, purpose: purpose, waiting: { context.terminal.note($0.waitingText(name, what: "cluster")) })
        do {
            try checkProvider(await journal.state)
            try await body(journal)
        } catch {
            await journal.close()
            throw error
        }
        await journal.close()
    }

    /// The nodes of a cluster that is up, the head first, and what they are reached with.
    func running() async throws -> (nodes: [ClusterNode], uid: String, reach: NodeReach) {
        let (uid, reach) = (try uid(), try NodeReach(context))
        let nodes = try await nodes(of: uid, reach: reach)
        _ = try config.head(of: nodes)
        return (nodes, uid, reach)
    }

    /// The head, with the connection to it open.
    func connectedHead() async throws -> ClusterNode {
        let head = try config.head(of: try await running().nodes)
        try await head.connect(wait: .seconds(10)) {
            context.terminal.note("\(head.title): waiting: \($0)")
        }
        return head
    }

    /// What the journal knows of the cluster; throws where it is not up.
    func uid() throws(Failure) -> String {
        let state = try folder.state()
        guard state.phase != .none, state.phase != .stopped else {
            throw Failure(
                .conflict, "cluster `\(name)` is not up", at: Place(file: config.file),
                hint: "`ray up \(config.file.relative(to: context.workingDirectory).shellQuoted)` brings it up")
        }
        try checkProvider(state)
        return state.uid
    }

    /// Refuses a cluster whose nodes are another provider's: this one knows nothing of them.
    private func checkProvider(_ state: SessionState) throws(Failure) {
        guard state.mayHaveNodes, state.provider != config.providerType else { return }
        throw Failure(
            .conflict, "cluster `\(name)` has nodes of provider `\(state.provider)`, not `\(config.providerType)`",
            at: config.providerTypePlace,
            hint:
                "put `type: \(state.provider)` back and run `ray down \(config.file.relative(to: context.workingDirectory).shellQuoted)`, or use another name with `--cluster-name`"
        )
    }
}
