import FoundationEssentials

/// The environments of this machine: a folder for each digest, usable from the moment its stamp
/// is there.
///
/// A layer is built at its final path, since neither a virtual environment nor a conda prefix can
/// be moved safely; the stamp, written last and in one step, is what publishes it. A folder without
/// a stamp is the rest of a build that did not finish: it is removed and built again.
package struct EnvironmentStore: Sendable {
    /// The stamp: what the layer is made of, for people and for `ray environment list`.
    private struct Stamp: Codable {
        var digest: String
        var components: JSONValue
        var built: String
    }

    package let root: String

    package init(folders: Folders) {
        root = folders.cache
    }

    /// The folder in which the layer with this digest lives.
    package func prefix(of digest: String) -> String { folder(digest) / "layer" }

    /// The folder that all builds of a plugin share.
    package func cache(of plugin: String) -> String { root / "tools" / plugin }

    package func log(of digest: String) -> String { root / "logs" / "\(digest).log" }

    package func lock(of digest: String) -> String { root / "locks" / "\(digest).lock" }

    package func isBuilt(_ digest: String) -> Bool { stamp(of: digest) != nil }

    /// The stamp of a layer that may be used.
    private func stamp(of digest: String) -> Stamp? {
        guard let data = try? Files.read(folder(digest) / "OK"),
            let stamp = try? JSONDecoder().decode(Stamp.self, from: data),
            stamp.digest == digest, Files.isFolder(prefix(of: digest))
        else { return nil }
        return stamp
    }

    /// All layers that may be used, the oldest first.
    package func built() -> [(digest: String, plugin: String, built: String, prefix: String)] {
        Files.names(in: root / "envs").compactMap { stamp(of: $0) }
            .map { ($0.digest, $0.components["plugin"]?.string ?? "-", $0.built, prefix(of: $0.digest)) }
            .sorted { ($0.built, $0.digest) < ($1.built, $1.digest) }
    }

    /// An empty folder to build in; what an unfinished build left is removed.
    func clear(_ digest: String) throws(Failure) {
        try Files.remove(folder(digest))
        try Files.makeFolder(prefix(of: digest))
        try Files.makeFolder(temporary(digest))
        try Files.remove(log(of: digest))
    }

    /// Where the tools of a build put what they need for a moment.
    func temporary(_ digest: String) -> String { folder(digest) / "tmp" }

    func discard(_ digest: String) {
        // Without a stamp it is never used: what cannot be removed now is removed before the next build.
        try? Files.remove(folder(digest))
    }

    /// Makes the layer usable, in one step.
    func publish(_ plan: LayerPlan) throws(Failure) {
        let stamp = Stamp(digest: plan.digest, components: plan.components, built: Timestamp.now())
        try Files.remove(temporary(plan.digest))
        try Files.replace(folder(plan.digest) / "OK", with: JSONValue(encoding: stamp).canonical)
    }

    private func folder(_ digest: String) -> String { root / "envs" / digest }
}
