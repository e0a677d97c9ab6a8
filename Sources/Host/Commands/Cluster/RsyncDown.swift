import ArgumentParser

struct RsyncDown: RunnableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rsync-down", abstract: "Copy files from a cluster's head.",
        discussion: """
            A folder is copied into the target, and with `/` after it, its contents are.

            $ ray rsync-down cluster.yaml /srv/results/ results
            $ ray rsync-down cluster.yaml '~/train.log' .
            """)

    @OptionGroup var cluster: ClusterFileArguments

    @Argument(help: ArgumentHelp("A file or folder of the head.", valueName: "source"))
    var source: String

    @Argument(help: ArgumentHelp("Where it is to be on this machine.", valueName: "target"))
    var target: String

    @OptionGroup var output: OutputOptions

    func run(_ context: Context, _ interrupts: Interrupts) async throws -> Int32 {
        let host = PluginHost(context)
        return try await host.closing {
            let loaded = try await LoadedCluster(cluster, context, host)
            let (nodes, uid, reach) = try await loaded.running()
            let head = nodes[0]
            let fetching = try FetchedFiles(context)
            let local = context.localPath(target)
            let isInside = target.hasSuffix("/") || Files.isFolder(local)
            // On the same disk as the target, into which it is renamed.
            let place = Files.isFolder(local) ? local : local.parentPath
            try await reach.withShell(of: head, uid, context) { shell in
                guard let fetched = try await fetching.fetch(source, of: shell, below: place) else {
                    throw Failure(
                        .input, "there is no `\(source)` on \(head.title)",
                        hint: "`ray exec` shows what is there; quotes keep this machine's shell from replacing `~`")
                }
                let isContents = source.hasSuffix("/") || source.hasSuffix("/.") || source == "~"
                let name = source.withoutLastSlash.lastPathName
                let isBelow = fetched.isFolder ? !isContents : isInside
                try await fetching.place(
                    fetched, at: isBelow ? local / name : local, FileFilter(loaded.config))
            }
            return 0
        }
    }
}
