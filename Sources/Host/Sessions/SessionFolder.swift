/// Where a session of this user, or a cluster without a project, keeps its journal.
package struct SessionFolder: Sendable {
    package let name: String
    package let path: String

    /// Throws when `name` cannot name a folder; `what` is what it was to name.
    package init(_ name: String, in context: Context, naming what: String = "session") throws(Failure) {
        try self.init(name, in: Self.all(in: context), naming: what)
    }

    /// The folder of a cluster that is not a session's.
    package init(cluster name: String, in context: Context) throws(Failure) {
        try self.init(name, in: context.folders.state / "clusters", naming: "cluster")
    }

    private init(_ name: String, in folder: String, naming what: String) throws(Failure) {
        guard !name.isEmpty, name != ".", name != "..",
            // The name of a folder, in which there is room for what is added to it.
            name.utf8.count <= 200,
            !name.unicodeScalars.contains(where: { $0 == "/" || $0.value < 32 || $0.value == 127 })
        else {
            throw Failure(
                .usage, "`\(name)` cannot name a \(what)",
                hint:
                    "use a name of at most 200 bytes without `/` and control characters, as `train`")
        }
        self.name = name
        path = folder / name
    }

    package var journal: String { path / "journal.jsonl" }
    package var lock: String { path / "lock" }
    package var logs: String { path / "logs" }
    package var rayLog: String { logs / "ray.log" }

    /// What commands that set up a node elsewhere print.
    package func log(ofNode id: String) -> String { logs / "\(id.replacing("/", with: "_")).log" }

    /// What a run without a terminal of its own prints.
    package func log(ofRun id: String) -> String { logs / "\(id).log" }

    /// Is there when the log of a run in tmux is whole: tmux hands on what it prints, and may do so after its end.
    package func logEnd(ofRun id: String) -> String { logs / "\(id).log.end" }

    private static func all(in context: Context) -> String { context.folders.state / "sessions" }

    /// Every session of this user that has a journal, by name.
    package static func existing(in context: Context) -> [SessionFolder] {
        Files.names(in: all(in: context)).compactMap { try? SessionFolder($0, in: context) }
            .filter { Files.exists($0.journal) }
    }

    /// Every cluster of this user that is not a session's and has a journal, by name.
    package static func existingClusters(in context: Context) -> [SessionFolder] {
        Files.names(in: context.folders.state / "clusters")
            .compactMap { try? SessionFolder(cluster: $0, in: context) }.filter { Files.exists($0.journal) }
    }

    /// Which command runs in a layer, of all sessions on this machine.
    package static func usage(in context: Context) -> LayerUsage {
        { digest in
            for folder in existing(in: context) {
                // A session whose journal cannot be read is `session list`'s to tell.
                guard let state = try? folder.state(), state.environment?.digests.contains(digest) ?? false,
                    let running = state.runningCommands.values.first
                else { continue }
                return (folder.name, running.text)
            }
            return nil
        }
    }

    /// What the journal says now, without waiting for its writer.
    package func state() throws(Failure) -> SessionState {
        SessionState(try Journal.read(journal).records)
    }
}
