import Glibc

/// Removes what environments nobody needs take up: what builds left unfinished, and then the layers
/// that were not used for longest, until the rest fits.
package struct StoreCollection: Sendable {
    package struct Removal: Sendable, Codable, Equatable {
        package enum Reason: String, Sendable, Codable {
            case unfinished, unused
        }

        package var digest: String
        /// Bytes.
        package var size: Int64
        package var reason: Reason
    }

    private let store: EnvironmentStore
    /// Digests that stay, whatever their age, as of now.
    private let needed: @Sendable () -> Set<String>

    package init(_ store: EnvironmentStore, needed: @escaping @Sendable () -> Set<String>) {
        self.store = store
        self.needed = needed
    }

    /// What `run` with the same cap removes, in this order, if nothing else changes.
    ///
    /// Layers that somebody builds or uses at the moment are not among them.
    package func removals(cap: Int64) -> [Removal] {
        var removals: [Removal] = []
        var built: [(stamp: LayerStamp, used: Int64)] = []
        for digest in store.digests {
            if let stamp = store.stamp(of: digest) {
                built.append((stamp, FileStamp(path: store.folder(digest) / "used")?.modified ?? 0))
            } else if !FileLock.isHeld(store.lock(of: digest)) {
                removals.append(Removal(digest: digest, size: size(of: store.folder(digest)), reason: .unfinished))
            }
        }
        let needed = needed()
        var total = built.reduce(0) { $0 &+ $1.stamp.size }
        for (stamp, _) in built.sorted(by: { ($0.used, $0.stamp.digest) < ($1.used, $1.stamp.digest) }) {
            guard total > cap else { break }
            guard !needed.contains(stamp.digest), !FileLock.isUsed(store.lock(of: stamp.digest)) else { continue }
            removals.append(Removal(digest: stamp.digest, size: stamp.size, reason: .unused))
            total -= stamp.size
        }
        return removals
    }

    /// Removes them; returns those that were removed.
    package func run(cap: Int64) async throws -> [Removal] {
        for name in Files.names(in: store.root / "trash") { try? Files.remove(store.root / "trash" / name) }
        var done: [Removal] = []
        for removal in removals(cap: cap) {
            // Whoever came first has it; it is then no longer unused.
            guard let lock = try FileLock.acquireNow(store.lock(of: removal.digest), purpose: "ray environment gc")
            else { continue }
            defer { extendLifetime(lock) }
            guard removal.reason == .unused || !store.isBuilt(removal.digest) else { continue }
            // A session may have come up in it since.
            guard removal.reason == .unfinished || !needed().contains(removal.digest) else { continue }
            // Whoever built it may be dead while what it started still writes.
            let mark = "RAY_LAYER=\(store.prefix(of: removal.digest))"
            if removal.reason == .unfinished { try await ProcessTable.end(grace: .zero) { $0.family(variable: mark) } }
            try store.discard(removal.digest)
            done.append(removal)
        }
        forgetOldAnswers()
        return done
    }

    private func size(of folder: String) -> Int64 {
        var items: [LayerFiles.Item] = []
        try? LayerFiles(volatile: []).walk(folder, named: "", into: &items)
        return items.reduce(0) { $0 + $1.stamp.size }
    }

    /// Removes what was written a month ago, and what killed processes left a day ago.
    private func forgetOldAnswers() {
        let day: Int64 = 24 * 3_600_000_000_000
        for (folder, age) in [("answers", 30), ("facts", 30), ("digests", 30), ("logs", 30), ("locking", 1)] {
            for name in Files.names(in: store.root / folder) {
                let path = store.root / folder / name
                guard let stamp = FileStamp(path: path), nanosecondsNow() - stamp.modified > Int64(age) * day else {
                    continue
                }
                try? Files.remove(path)
            }
        }
    }
}
