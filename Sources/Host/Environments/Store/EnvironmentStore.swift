package import FoundationEssentials
import Glibc

/// The environments of this machine: a folder for each digest, usable from the moment its stamp
/// is there.
///
/// A layer is built at its final path, since neither a virtual environment nor a conda prefix can
/// be moved safely; the stamp, written last and in one step, is what publishes it. A folder without
/// a stamp is the rest of a build that did not finish: it is removed and built again.
/// `node-store.sh` does the same on other nodes, in folders that may be shared with this machine.
package struct EnvironmentStore: Sendable {
    package let root: String

    package init(folders: Folders) {
        self.init(root: folders.cache)
    }

    package init(root: String) {
        self.root = root
    }

    /// The folder in which the layer with this digest lives.
    package func prefix(of digest: String) -> String { folder(digest) / "layer" }

    /// The folder that all builds of a plugin share.
    package func cache(of plugin: String) -> String { root / "tools" / plugin }

    package func log(of digest: String) -> String { root / "logs" / "\(digest).log" }

    /// The log of what resolved the layer of a plugin in the project in this folder.
    package func lockLog(of root: String, _ plugin: String) -> String {
        self.root / "logs" / "\(lockLogPrefix(of: root))\(plugin).log"
    }

    func lockLogPrefix(of root: String) -> String { "lock-\(Digest.of(root).prefix(16))-" }

    package func lock(of digest: String) -> String { root / "locks" / "\(digest).lock" }

    package func isBuilt(_ digest: String) -> Bool { stamp(of: digest) != nil }

    /// Whether a build was begun that did not finish.
    package func isUnfinished(_ digest: String) -> Bool { !isBuilt(digest) && Files.exists(folder(digest)) }

    /// The stamp of a layer that may be used.
    package func stamp(of digest: String) -> LayerStamp? {
        guard let data = try? Files.read(folder(digest) / "OK"), let stamp = LayerStamp(data), stamp.digest == digest,
            Files.isFolder(prefix(of: digest))
        else { return nil }
        return stamp
    }

    /// The digests of all folders, of finished and unfinished layers.
    var digests: [String] {
        Files.names(in: root / "envs").filter { $0.utf8.count == 32 && $0.allSatisfy(\.isHexDigit) }
    }

    /// All layers that may be used, the oldest first.
    package func built() -> [LayerStamp] {
        digests.compactMap(stamp(of:)).sorted { ($0.built, $0.digest) < ($1.built, $1.digest) }
    }

    /// An empty folder to build in; what an unfinished build left is removed.
    package func clear(_ digest: String) throws(Failure) {
        try discard(digest)
        try Files.makeFolder(prefix(of: digest))
        try Files.makeFolder(temporary(digest), mode: 0o700)
    }

    /// Where the tools of a build put what they need for a moment.
    package func temporary(_ digest: String) -> String { folder(digest) / "tmp" }

    /// Removes a layer; from the first moment nobody sees any of it.
    package func discard(_ digest: String) throws(Failure) {
        try setAside(folder(digest))
    }

    private func setAside(_ folder: String) throws(Failure) {
        guard Files.exists(folder) else { return }
        try Files.makeFolder(root / "trash")
        let aside = root / "trash" / "\(folder.lastPathName).\(getpid()).\(RandomName.make())"
        guard rename(folder, aside) == 0 else { throw Failure(system: errno, "cannot remove `\(folder)`") }
        // Nobody looks there: what cannot be removed now is removed by the next gc.
        try? Files.remove(aside)
    }

    /// Lets a layer no longer be used by anybody new; those who run in it keep their files until it is built
    /// again.
    package func withdraw(_ digest: String) throws(Failure) {
        try Files.remove(folder(digest) / "OK")
    }

    /// What decides about publishing a layer, beside its folder.
    package struct Publication: Sendable {
        package var components: Data
        package var volatile: [String] = []
        package var outputs: [String] = []
        package var checksums: [String] = []

        package init(components: Data, volatile: [String] = [], outputs: [String] = [], checksums: [String] = []) {
            self.components = components
            self.volatile = volatile
            self.outputs = outputs
            self.checksums = checksums
        }
    }

    /// Records of checksums, each with the files that are not as it says.
    package typealias Damaged = [(record: String, files: [String])]

    /// What a layer holds now, of which nothing is written any more.
    package func contents(_ digest: String, _ publication: Publication) async throws -> LayerManifest {
        try await LayerManifest(
            of: prefix(of: digest), volatile: publication.volatile, outputs: publication.outputs)
    }

    /// Makes a layer with these contents usable, in one step.
    ///
    /// Does nothing but returns them where files differ from the checksums that came with them.
    package func publish(
        _ digest: String, _ manifest: LayerManifest, _ publication: Publication
    ) throws(Failure) -> Damaged {
        let folder = folder(digest)
        try setAside(temporary(digest))
        let damaged = try Self.damaged(manifest, in: folder / "layer", publication)
        guard damaged.isEmpty else { return damaged }
        let text = manifest.text
        let stamp = LayerStamp(
            digest: digest, manifest: Digest.of(text), files: manifest.entries.count, size: manifest.size,
            built: Timestamp.now(), volatile: publication.volatile, components: publication.components)
        try Files.replace(folder / "manifest", with: text, durable: false)
        try Files.replace(folder / "stamps", with: manifest.stampText, durable: false)
        // Nothing is forced to the disk: what a crash of the machine loses, the next check finds missing.
        try Files.replace(folder / "OK", with: stamp.data, durable: false)
        use(digest)
        return []
    }

    private static func damaged(
        _ manifest: LayerManifest, in root: String, _ publication: Publication
    ) throws(Failure) -> Damaged {
        guard !publication.checksums.isEmpty else { return [] }
        let patterns = publication.checksums.map(LayerPattern.init)
        let volatile = Set(publication.volatile.map { $0[...] })
        let checksums = Dictionary(manifest.entries.map { ($0.path, $0.checksum) }) { first, _ in first }
        var damaged: Damaged = []
        for entry in manifest.entries where patterns.contains(where: { $0.matches(entry.path) }) {
            guard let text = try Files.read(root / entry.path) else { continue }
            let files = ChecksumRecord(text, at: entry.path).differences(from: checksums)
                .filter { path in !path.split(separator: "/").contains { volatile.contains($0) } }
            if !files.isEmpty { damaged.append((entry.path, files)) }
        }
        return damaged
    }

    /// Notes that a layer is used now, at most once an hour.
    package func use(_ digest: String) {
        let path = folder(digest) / "used"
        if let stamp = FileStamp(path: path), nanosecondsNow() - stamp.modified < 3_600_000_000_000 { return }
        let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { return }
        futimens(descriptor, nil)
        close(descriptor)
    }

    func folder(_ digest: String) -> String { root / "envs" / digest }
}
