import ArgumentParser
import FoundationEssentials

struct RsyncUp: RunnableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rsync-up", abstract: "Copy files to a cluster's head, or to all of its nodes.",
        discussion: """
            Without a source and a target, what the cluster file has in `file_mounts` is brought up to date. A folder \
            is copied into the target, and with `/` after it, its contents are. Nothing is removed there.

            $ ray rsync-up cluster.yaml
            $ ray rsync-up cluster.yaml data/ /srv/data --all-nodes
            """)

    @OptionGroup var cluster: ClusterFileArguments

    @Argument(help: ArgumentHelp("A file or folder of this machine.", valueName: "source"))
    var source: String?

    @Argument(help: ArgumentHelp("Where it is to be there.", valueName: "target"))
    var target: String?

    @Flag(name: [.customShort("A"), .customLong("all-nodes")], help: "Copy to the workers, too.")
    var allNodes = false

    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard source == nil || target != nil else {
            throw ValidationError("a target is missing: give a source and a target, or neither")
        }
    }

    func run(_ context: Context, _ interrupts: Interrupts) async throws -> Int32 {
        let host = PluginHost(context)
        return try await host.closing {
            let loaded = try await LoadedCluster(cluster, context, host)
            let (nodes, uid, reach) = try await loaded.running()
            let copied = try await CopiedFiles(source, target, loaded.config, context)
            let problems = try await (allNodes ? nodes : Array(nodes.prefix(1))).concurrently { node in
                try await reach.withShell(of: node, uid, context) { shell in
                    let done = try await copied.copy(to: shell, folder: NodeReach.folder(of: node, in: uid))
                    context.terminal.note("\(node.title): \(done.words ?? "unchanged")")
                }
            }
            guard problems.isEmpty else { throw Failure(problems) }
            return 0
        }
    }
}

/// What `rsync-up` copies.
private struct CopiedFiles: Sendable {
    private enum What {
        case mounts(ClusterMounts)
        /// Everything, to this target.
        case fixed(NodeFiles)
        /// One file, which goes into a folder that is there, or is it.
        case file(inside: NodeFiles, itself: NodeFiles, target: String)
    }

    private let what: What
    private let script: String

    init(_ source: String?, _ target: String?, _ config: ClusterConfig, _ context: Context) async throws {
        script = try NodeShell.script(context)
        guard let source, let target else {
            guard config.node["file_mounts"]?.mapping?.isEmpty == false else {
                throw Failure(
                    .usage, "the cluster file has no `file_mounts`", at: Place(file: config.file),
                    hint: "give a source and a target, or add them")
            }
            what = .mounts(try await ClusterMounts(config, context))
            return
        }
        let local = context.localPath(source)
        guard Files.exists(local) else {
            throw Failure(.usage, "there is no `\(source)` to copy", hint: "give the path of a file or folder")
        }
        func files(_ remote: String) async throws -> NodeFiles {
            try await NodeFiles(
                [FileMount(local: local, remote: remote)], FileFilter(config),
                set: "copy-\(Digest.of("\(local)\0\(remote)").prefix(12))", removes: false, context)
        }
        let inside = target.hasSuffix("/") ? target + local.lastPathName : target + "/" + local.lastPathName
        if Files.isFolder(local) {
            what = .fixed(
                try await files(source.hasSuffix("/") || source.hasSuffix("/.") || source == "." ? target : inside))
        } else if target.hasSuffix("/") {
            what = .fixed(try await files(inside))
        } else {
            what = .file(inside: try await files(inside), itself: try await files(target), target: target)
        }
    }

    func copy(to shell: NodeShell, folder: String) async throws -> NodeFiles.Report {
        switch what {
        case .mounts(let mounts): return try await mounts.files.sync(to: shell, folder: folder)
        case .fixed(let files): return try await files.sync(to: shell, folder: folder)
        case .file(let inside, let itself, let target):
            let kind = try await shell.run("set -- kind \(target.shellQuoted)\n" + script)
            return try await (kind.elementsEqual("folder\n".utf8) ? inside : itself).sync(to: shell, folder: folder)
        }
    }
}
