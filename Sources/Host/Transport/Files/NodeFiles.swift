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
    /// What is in homes, which nodes may share, and what is elsewhere.
    private let inHomes: Part
    private let elsewhere: Part
    private let removes: Bool
    private let script: String
    private let turns = Turns()

    private struct Part: Sendable {
        let entries: [FileEntry]
        let digest: String

        init(_ entries: [FileEntry]) {
            self.entries = entries
            digest = Digest.of(FileManifest.text(of: entries))
        }
    }

    /// Whether nothing is to be there.
    package var isEmpty: Bool { inHomes.entries.isEmpty && elsewhere.entries.isEmpty }

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
        let memory = ContentMemory(of: names.joined(separator: "\0"), folders: context.folders)
        let entries = try await scan.finished(memory)
        inHomes = Part(entries.filter { $0.path.text.utf8.first == UInt8(ascii: "~") })
        elsewhere = Part(entries.filter { $0.path.text.utf8.first != UInt8(ascii: "~") })
    }

    /// Brings the files to a node.
    ///
    /// It keeps what it knows of them below its home: in `folder`, and of what is in the home itself beside it, for
    /// all nodes that share the home.
    package func sync(to node: NodeShell, folder: String) async throws -> Report {
        let asked = ContinuousClock.now
        let (shared, own) = (folder.parentPath / "files" / set, folder / "files" / set)
        async let away = difference(elsewhere, on: node, own)
        let near = try await difference(inHomes, on: node, shared)
        var report = try await sync(inHomes, near, of: asked, to: node, state: shared)
        let rest = try await sync(elsewhere, try await away, of: asked, to: node, state: own)
        report.sent += rest.sent
        report.bytes += rest.bytes
        report.removed += rest.removed
        report.isUnchanged = report.isUnchanged && rest.isUnchanged
        return report
    }

    private func sync(
        _ part: Part, _ first: NodeFileState?, of asked: ContinuousClock.Instant, to node: NodeShell, state: String
    ) async throws -> Report {
        guard let first else { return Report(isUnchanged: true) }
        // Nothing was ever put, and nothing is to be.
        if part.entries.isEmpty, first.entries.isEmpty, first.pending.isEmpty { return Report(isUnchanged: true) }
        let isCurrent = await turns.take(first.house, since: asked)
        do {
            let report = try await put(part, isCurrent ? first : nil, to: node, state)
            await turns.leave(first.house)
            return report
        } catch {
            await turns.leave(first.house)
            throw error
        }
    }

    /// `known` is what is there, unless that has to be looked at again.
    private func put(
        _ part: Part, _ known: NodeFileState?, to node: NodeShell, _ state: String
    ) async throws -> Report {
        var known = known
        if known == nil { known = try await difference(part, on: node, state) }
        guard let known else { return Report(isUnchanged: true) }
        let plan = try SyncPlan(part.entries, digest: part.digest, known, removes: removes)
        let lists = plan.lists.base64EncodedData(options: [.lineLength76Characters, .endLineWithLineFeed]) + [10]
        let lines = lists.count { $0 == 10 }
        try await node.push(words("push", state, part, "\(lines)") + script, head: lists) { write in
            try await plan.writeContents(state: state, to: write)
        }
        return Report(sent: plan.sent.count, bytes: plan.bytes, removed: plan.gone.count)
    }

    /// What the node has; nil where that is what is wanted.
    private func difference(_ part: Part, on node: NodeShell, _ state: String) async throws -> NodeFileState? {
        let answer = try await node.run(words("check", state, part) + script)
        guard !answer.elementsEqual("same\n".utf8) else { return nil }
        guard let known = NodeFileState(answer) else {
            throw Failure(
                .internal, "\(node.node) says nothing that can be understood of the files there",
                cause: String(decoding: answer.prefix(200), as: UTF8.self))
        }
        return known
    }

    private func words(_ verb: String, _ state: String, _ part: Part, _ rest: String = "") -> String {
        "set -- \(verb) \(state.shellQuoted) \(part.digest) \(rest)\n"
    }
}

/// One at a time where nodes share a home.
private actor Turns {
    private var waiting: [String: [CheckedContinuation<Void, Never>]] = [:]
    private var lastEnds: [String: ContinuousClock.Instant] = [:]

    /// Returns whether nobody else has changed anything there since that moment.
    func take(_ house: String, since moment: ContinuousClock.Instant) async -> Bool {
        guard waiting[house] != nil else {
            waiting[house] = []
            return lastEnds[house].map { $0 < moment } ?? true
        }
        await withCheckedContinuation { waiting[house]?.append($0) }
        return false
    }

    func leave(_ house: String) {
        lastEnds[house] = .now
        guard var others = waiting[house], !others.isEmpty else {
            waiting[house] = nil
            return
        }
        let next = others.removeFirst()
        waiting[house] = others
        next.resume()
    }
}
