import FoundationEssentials
import Glibc

/// How a layer's files differ from what its manifest vouches for.
package struct LayerDamage: Sendable, Equatable, Codable {
    package enum Kind: String, Sendable, Codable {
        case missing, changed, extra
    }

    package var kind: Kind
    package var path: String

    package init(_ kind: Kind, _ path: String) {
        self.kind = kind
        self.path = path
    }
}

extension EnvironmentStore {
    /// Compares the sizes and times of a layer's files with those of the build; a file of which only what
    /// a hard link elsewhere changes is different is read before it is judged.
    ///
    /// Returns what is damaged; a layer without `OK` is not asked about.
    package func quickCheck(_ stamp: LayerStamp) throws(Failure) -> [LayerDamage] {
        let folder = folder(stamp.digest)
        guard let manifest = try manifest(stamp) else { return [LayerDamage(.changed, "manifest")] }
        guard let stamps = try Files.read(folder / "stamps"), let taken = FileStamp(path: folder / "stamps"),
            let suspicions = StampedFiles(stamps, taken: taken.modified / 1_000_000_000, count: stamp.files).suspicions(
                in: folder / "layer")
        else { return try fullCheck(stamp) }
        guard !suspicions.isEmpty else { return [] }
        let certain = suspicions.filter { !$0.isHarmless }
            .map { LayerDamage($0.isMissing ? .missing : .changed, $0.path) }
        guard certain.isEmpty else { return certain }
        guard let entries = LayerManifest.entries(in: manifest) else { return [LayerDamage(.changed, "manifest")] }
        // Taken before anything is read: what changes from here on differs from them.
        let fresh = Self.stamps(of: entries, in: folder / "layer")
        let again =
            StampedFiles(stamps, taken: taken.modified / 1_000_000_000, count: stamp.files)
            .suspicions(in: folder / "layer") ?? suspicions
        let doubtful = Set((suspicions + again).map(\.path))
        let damage = try damage(of: entries.filter { doubtful.contains($0.path) }, in: folder / "layer")
        // From now on the files of now are the ones to compare with.
        if damage.isEmpty { restamp(fresh, in: folder) }
        return damage
    }

    /// Reads every file of a layer and compares its checksum, and finds files that nobody vouches for.
    package func fullCheck(_ stamp: LayerStamp) throws(Failure) -> [LayerDamage] {
        let folder = folder(stamp.digest)
        guard let entries = try manifest(stamp).flatMap(LayerManifest.entries) else {
            return [LayerDamage(.changed, "manifest")]
        }
        let fresh = Self.stamps(of: entries, in: folder / "layer")
        var found = try damage(of: entries, in: folder / "layer")
        found += try extras(in: folder / "layer", stamp, besides: entries)
        if found.isEmpty { restamp(fresh, in: folder) }
        return found
    }

    /// Changed, missing and new files by their names, sizes and times alone.
    package func changes(since stamp: LayerStamp) throws(Failure) -> [LayerDamage] {
        let damage = try quickCheck(stamp)
        guard damage.isEmpty, let entries = try manifest(stamp).flatMap(LayerManifest.entries) else { return damage }
        return try extras(in: folder(stamp.digest) / "layer", stamp, besides: entries)
    }

    private func extras(
        in root: String, _ stamp: LayerStamp, besides entries: [LayerManifest.Entry]
    ) throws(Failure) -> [LayerDamage] {
        var files: [LayerFiles.Item] = []
        try LayerFiles(volatile: Set(stamp.volatile)).walk(root, named: "", into: &files)
        let known = Set(entries.map(\.path))
        return files.map(\.path).filter { !known.contains($0) }.sorted().map { LayerDamage(.extra, $0) }
    }

    /// The manifest that the stamp vouches for; nil when it is not that one.
    private func manifest(_ stamp: LayerStamp) throws(Failure) -> Data? {
        guard let text = try Files.read(folder(stamp.digest) / "manifest"), Digest.of(text) == stamp.manifest else {
            return nil
        }
        return text
    }

    private func damage(of entries: [LayerManifest.Entry], in root: String) throws(Failure) -> [LayerDamage] {
        var hasher = FileHasher()
        var found: [LayerDamage] = []
        for entry in entries {
            var items: [LayerFiles.Item] = []
            var status = stat()
            guard lstat(root / entry.path, &status) == 0 else {
                found.append(LayerDamage(.missing, entry.path))
                continue
            }
            // What cannot be read is as good as changed.
            try? LayerFiles(volatile: []).walk(root / entry.path, named: entry.path, into: &items)
            guard items.count == 1, let item = items.first, item.kind == entry.kind, item.stamp.size == entry.size,
                (try? hasher.checksum(of: item, at: root / entry.path)) == entry.checksum
            else {
                found.append(LayerDamage(.changed, entry.path))
                continue
            }
        }
        return found
    }

    private static func stamps(of entries: [LayerManifest.Entry], in root: String) -> String? {
        var text = ""
        for entry in entries {
            var status = stat()
            guard lstat(root / entry.path, &status) == 0 else { return nil }
            text += "\(EntryStamp(status).text) \(LayerPath.escaped(entry.path))\n"
        }
        return text
    }

    /// Keeps new stamps; that this cannot be done does no harm.
    private func restamp(_ text: String?, in folder: String) {
        guard let text else { return }
        try? Files.replace(folder / "stamps", with: Data(text.utf8), durable: false)
    }
}

/// How closely a layer that is there is looked at before it is used.
package enum LayerCheckLevel: String, Sendable, CaseIterable {
    /// Not at all: its stamp is enough.
    case none
    /// The sizes and times of all its files.
    case quick
    /// The contents of all its files.
    case full
}

extension EnvironmentStore {
    /// What is damaged in a layer, as far as this level notices.
    package func check(_ stamp: LayerStamp, _ level: LayerCheckLevel) throws(Failure) -> [LayerDamage] {
        switch level {
        case .none: []
        case .quick: try quickCheck(stamp)
        case .full: try fullCheck(stamp)
        }
    }
}

extension [LayerDamage] {
    /// The first few of them, for a sentence.
    package var sentence: String {
        let words: [LayerDamage.Kind: String] = [.missing: "is missing", .changed: "has changed", .extra: "is new"]
        let named = prefix(2).map { "`\($0.path)` \(words[$0.kind] ?? "")" }.joined(separator: ", ")
        return count > 2 ? "\(named), and \(count - 2) more" : named
    }
}
