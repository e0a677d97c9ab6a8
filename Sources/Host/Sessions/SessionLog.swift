/// One of the files that hold what a session has written.
package struct SessionLog: Sendable {
    /// What lines of it are marked with.
    package var title: String
    package var file: String
    /// The words by which people choose it.
    private var names: [String]

    /// The logs of some sessions, in the order in which they began; `isNamed` puts the session into
    /// their titles.
    ///
    /// A session whose journal cannot be read has none.
    package static func all(of folders: [SessionFolder], in context: Context, isNamed: Bool) -> [SessionLog] {
        folders.flatMap { folder -> [SessionLog] in
            guard let state = try? folder.state() else { return [] }
            let logs =
                builds(state, EnvironmentStore(folders: context.folders)) + nodes(state, folder) + rays(folder)
                + runs(state, folder)
            return logs.map { log in
                var log = log
                if isNamed { log.title = folder.name + " " + log.title }
                return log
            }
        }
    }

    /// Those that any of `words` fits; a word that fits none is an error.
    package static func chosen(_ words: [String], from logs: [SessionLog]) throws(Failure) -> [SessionLog] {
        let wrong = words.filter { word in !logs.contains { $0.fits(word) } }
        guard wrong.isEmpty else {
            var names: [String] = []
            for log in logs { for name in log.names.prefix(1) where !names.contains(name) { names.append(name) } }
            throw Failure(
                wrong.map { word in
                    Diagnostic(
                        .input, "nothing was written by `\(word)`",
                        hint: suggestion(for: word, among: names)
                            ?? (names.isEmpty ? "nothing was written yet" : listing(names)))
                })
        }
        return logs.filter { log in words.contains { log.fits($0) } }
    }

    package func fits(_ word: String) -> Bool {
        names.contains(word) || (word.count >= 4 && names.last?.hasPrefix(word) == true)
    }

    private static func builds(_ state: SessionState, _ store: EnvironmentStore) -> [SessionLog] {
        let digests = (state.environment?.digests ?? []) + state.unfinishedLayers.sorted() + state.failedLayers.sorted()
        var seen: Set<String> = []
        let locks = Files.names(in: store.root / "logs").filter { $0.hasPrefix(store.lockLogPrefix(of: state.root)) }
            .map { name in
                let plugin = name.dropFirst(store.lockLogPrefix(of: state.root).count).prefix { $0 != "." }
                return SessionLog(
                    title: "lock \(plugin)", file: store.root / "logs" / name, names: ["build", "lock", "\(plugin)"])
            }
        return locks
            + digests.filter { seen.insert($0).inserted && Files.exists(store.log(of: $0)) }.map { digest in
                SessionLog(title: "build \(digest.prefix(8))", file: store.log(of: digest), names: ["build", digest])
            }
    }

    /// What was printed on nodes elsewhere while they were set up.
    private static func nodes(_ state: SessionState, _ folder: SessionFolder) -> [SessionLog] {
        state.nodes.map {
            SessionLog(title: $0.node.id, file: folder.log(ofNode: $0.node.id), names: [$0.node.id, "node"])
        }
        .filter { Files.exists($0.file) }
    }

    private static func rays(_ folder: SessionFolder) -> [SessionLog] {
        Files.exists(folder.rayLog) ? [SessionLog(title: "ray", file: folder.rayLog, names: ["ray"])] : []
    }

    private static func runs(_ state: SessionState, _ folder: SessionFolder) -> [SessionLog] {
        state.commands.sorted { $0.value.number < $1.value.number }
            .filter { Files.exists(folder.log(ofRun: $0.key)) }
            .map { id, command in
                let name = command.name ?? "command"
                let title = command.choices.isEmpty ? "\(name) \(id.prefix(8))" : "\(name) \(command.choices)"
                return SessionLog(
                    title: title, file: folder.log(ofRun: id),
                    names: [name, command.choices] + command.choices.split(separator: " ").map(String.init) + [id])
            }
    }
}
