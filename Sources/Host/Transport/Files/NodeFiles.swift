import FoundationEssentials

/// A set of files that is to be on nodes.
///
/// Looked at once, then brought to any number of them: what is there is left as it is, and of the rest only the
/// contents that differ go, in one archive over one channel.
package struct NodeFiles: Sendable {
    /// What was done on one node.
    package struct Report: Sendable, Equatable {
        package var sent = 0
        package var bytes: Int64 = 0
        package var removed = 0
        /// Whether there was nothing to do.
        package var isUnchanged = false

        /// For people; nil where nothing has changed.
        package var words: String? {
            guard !isUnchanged else { return nil }
            let files = sent == 1 ? "1 file" : "\(sent) files"
            return "\(files) sent (\(bytes) bytes)" + (removed > 0 ? ", \(removed) removed" : "")
        }
    }

    /// The sets are apart from each other: what one put there, another leaves alone.
    private let set: String
    private let entries: [FileEntry]
    private let digest: String
    private let removes: Bool
    private let script: String

    package var isEmpty: Bool { entries.isEmpty }

    /// Looks through what the mounts stand for, of which all have to be there.
    ///
    /// `set` is a word; with `removes` what is no longer here goes there, too, unless somebody there has changed it.
    package init(
        _ mounts: [FileMount], _ filter: FileFilter = FileFilter(), set: String, removes: Bool = true,
        _ context: Context
    ) async throws {
        let missing = mounts.filter { !Files.exists($0.local) }
        guard missing.isEmpty else {
            throw Failure(
                missing.map { mount in
                    Diagnostic(
                        .input, "there is no `\(mount.local)`, which is to be `\(mount.remote)` on the nodes",
                        at: mount.place, hint: "correct the path, or make it")
                })
        }
        script = try NodeShell.script(context)
        self.set = set
        self.removes = removes
        let git = filter.asksGit && !mounts.isEmpty ? try IgnoredFiles(context) : nil
        var scan = FileScan(filter)
        for mount in mounts { try await scan.add(mount, git: git) }
        let names = mounts.flatMap { [$0.local, $0.remote] }
        entries = try await scan.finished(ContentMemory(of: names.joined(separator: "\0"), folders: context.folders))
        digest = Digest.of(FileManifest.text(of: entries))
    }

    /// Brings the files to a node, which keeps what it knows of them in `folder`, below its home.
    package func sync(to node: NodeShell, folder: String) async throws -> Report {
        let state = folder / "files" / set
        let answer = try await node.run(words("check", state) + script)
        guard !answer.elementsEqual("same\n".utf8) else { return Report(isUnchanged: true) }
        guard let known = NodeFileState(answer) else {
            throw Failure(
                .internal, "\(node.node) says nothing that can be understood of the files there",
                cause: String(decoding: answer.prefix(200), as: UTF8.self))
        }
        // Nothing was ever put, and nothing is to be.
        if entries.isEmpty, known.entries.isEmpty, known.pending.isEmpty { return Report(isUnchanged: true) }
        let plan = try SyncPlan(entries, digest: digest, known, removes: removes)
        let lists = plan.lists.base64EncodedData(options: [.lineLength76Characters, .endLineWithLineFeed]) + [10]
        let lines = lists.count { $0 == 10 }
        try await node.push(words("push", state, "\(lines)") + script, head: lists) { write in
            try await plan.writeContents(state: state, to: write)
        }
        return Report(sent: plan.sent.count, bytes: plan.bytes, removed: plan.gone.count)
    }

    private func words(_ verb: String, _ state: String, _ rest: String = "") -> String {
        "set -- \(verb) \(state.shellQuoted) \(digest) \(rest)\n"
    }
}
