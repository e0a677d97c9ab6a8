/// The files that a cluster file asks for on its nodes.
package struct ClusterMounts: Sendable {
    /// `file_mounts`.
    package let files: NodeFiles
    /// Paths on the head that its workers are to have.
    private let paths: [String]
    private let filter: FileFilter
    private let context: Context
    /// Where what the head has is kept until the workers have it.
    private let scratch: String

    /// Looks through `file_mounts`; throws where something of it is missing or cannot be honoured.
    package init(_ cluster: ClusterConfig, _ context: Context) async throws {
        self.context = context
        filter = FileFilter(cluster)
        paths = (cluster.node["cluster_synced_files"]?.sequence ?? []).compactMap(\.string)
        scratch = context.folders.cache / "synced-\(RandomName.make())"
        files = try await NodeFiles(try cluster.fileMounts(context), filter, set: "mounts", context)
    }

    /// Whether the head has something that workers are to have.
    var hasSynced: Bool { !paths.isEmpty }

    /// Brings `cluster_synced_files` here, so that they can go to the workers; those that are missing are skipped.
    func synced(on head: NodeShell) async throws -> NodeFiles {
        let fetching = try FetchedFiles(context)
        var mounts: [FileMount] = []
        for path in paths {
            guard let fetched = try await fetching.fetch(path, of: head, below: scratch) else { continue }
            let names = fetched.isFolder ? [""] : Files.names(in: fetched.folder)
            mounts += names.map { name in
                FileMount(local: name.isEmpty ? fetched.folder : fetched.folder / name, remote: path)
            }
        }
        return try await NodeFiles(mounts, filter, set: "synced", context)
    }

    func clear() { try? Files.remove(scratch) }
}

extension ClusterConfig {
    /// `file_mounts`; as for Ray, local paths are relative to the working directory.
    fileprivate func fileMounts(_ context: Context) throws(Failure) -> [FileMount] {
        let entries = node["file_mounts"]?.mapping ?? []
        let others = entries.filter { $0.key.hasPrefix("~") && $0.key != "~" && !$0.key.hasPrefix("~/") }
        guard others.isEmpty else {
            throw Failure(
                others.map { entry in
                    Diagnostic(
                        .input, "`\(entry.key)` is in the home of another user, which is not looked up",
                        at: entry.keyPlace, hint: "write the whole path")
                })
        }
        return entries.map { entry in
            FileMount(local: context.localPath(entry.value.string ?? ""), remote: entry.key, at: entry.value.place)
        }
    }
}

extension Context {
    /// A path of this machine, in which `~` is the home.
    func localPath(_ path: String) -> String {
        if path == "~" { return folders.home }
        return resolved(path.hasPrefix("~/") ? folders.home / String(path.dropFirst(2)) : path)
    }
}
