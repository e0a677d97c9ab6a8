import FoundationEssentials

/// What was found out about plugins, kept in one file while theirs stay as they are: so that a hundred
/// of them are found without reading any.
///
/// A record is lines of text, like those of `RememberedAnswers`, with U+001F between fields and U+001D
/// behind each record.
struct RememberedPlugins {
    private struct Entry {
        var manifestStamp: FileStamp
        /// Nanoseconds since 1970, before the manifest was read.
        var asked: Int64
        var manifestDigest: String
        var fields: [Substring]
        /// Of the library, where it was found to be loadable.
        var library: (stamp: FileStamp, asked: Int64, digest: String)?
    }

    private let file: String
    /// What the records depend on besides: the program that judged, and where libraries are found.
    private let basis: String
    /// As they were read, by folder; most are never looked at.
    private var records: [String: ArraySlice<UInt8>] = [:]
    /// Those that are looked at or new.
    private var entries: [String: Entry] = [:]
    private let isUsed: Bool
    private var hasNews = false

    /// Unless it is used, nothing is read and nothing written.
    init(_ context: Context, isUsed: Bool = true) {
        file = context.folders.cache / "plugins"
        self.isUsed = isUsed
        basis = [context.program, context.folders.pluginSchema, "/etc/ld.so.cache"]
            .map { FileStamp(path: $0)?.text ?? "-" }.joined(separator: " ")
        guard isUsed, let data = Files.readOwn(file) else { return }
        let read = [UInt8](data).split(separator: 0x1D)
        guard let first = read.first, first.elementsEqual(basis.utf8) else { return }
        for record in read.dropFirst() {
            records[String(decoding: record.prefix { $0 != 0x1F }, as: UTF8.self)] = record
        }
    }

    private mutating func entry(of folder: String) -> Entry? {
        if let entry = entries[folder] { return entry }
        guard let record = records[folder] else { return nil }
        let fields = String(decoding: record, as: UTF8.self)[...].parts(0x1F)
        guard fields.count == 20, let stamp = FileStamp(text: fields[1]), let asked = Int64(fields[2]) else {
            return nil
        }
        var entry = Entry(
            manifestStamp: stamp, asked: asked, manifestDigest: String(fields[3]), fields: Array(fields[7...]))
        if let stamp = FileStamp(text: fields[4]), let asked = Int64(fields[5]) {
            entry.library = (stamp, asked, String(fields[6]))
        }
        entries[folder] = entry
        return entry
    }

    /// The plugin in a folder, if its manifest is the one that was judged.
    mutating func plugin(in folder: String) -> Plugin? {
        guard let entry = entry(of: folder), let stamp = FileStamp(path: folder / "plugin.yaml"),
            stamp == entry.manifestStamp, !stamp.isRacy(at: entry.asked),
            let manifest = Manifest(fields: entry.fields)
        else { return nil }
        let plugin = Plugin(manifest: manifest, folder: folder, manifestDigest: entry.manifestDigest)
        return Files.exists(plugin.library) ? plugin : nil
    }

    /// The digest of a plugin's library, if that is the one that was found to be loadable.
    mutating func loadableLibrary(of plugin: Plugin) -> String? {
        guard let library = entry(of: plugin.folder)?.library, let stamp = FileStamp(path: plugin.library),
            stamp == library.stamp, !stamp.isRacy(at: library.asked)
        else { return nil }
        return library.digest
    }

    /// Remembers a plugin whose manifest was read after `asked`.
    mutating func remember(_ plugin: Plugin, asked: Int64) {
        guard let stamp = FileStamp(path: plugin.folder / "plugin.yaml"), !stamp.isRacy(at: asked),
            let fields = plugin.manifest.fields, !fields.contains(where: { $0.contains("\u{1D}") }),
            !plugin.folder.contains(where: \.isSeparator)
        else { return }
        entries[plugin.folder] = Entry(
            manifestStamp: stamp, asked: asked, manifestDigest: plugin.manifestDigest, fields: fields.map { $0[...] })
        hasNews = true
    }

    /// Remembers that a plugin's library, read after `asked`, can be loaded.
    mutating func rememberLoadable(_ digest: String, of plugin: Plugin, asked: Int64) {
        guard let stamp = FileStamp(path: plugin.library), !stamp.isRacy(at: asked), entry(of: plugin.folder) != nil
        else { return }
        entries[plugin.folder]?.library = (stamp, asked, digest)
        hasNews = true
    }

    /// Writes down what is new; forgetting it would cost only time.
    func save() {
        guard hasNews, isUsed else { return }
        var all = records.mapValues { Data($0) }
        for (folder, entry) in entries {
            let head = [folder, entry.manifestStamp.text, "\(entry.asked)", entry.manifestDigest]
            let library = entry.library.map { [$0.stamp.text, "\($0.asked)", $0.digest] } ?? ["-", "-", "-"]
            all[folder] = Data((head + library + entry.fields.map { String($0) }).joined(separator: "\u{1F}").utf8)
        }
        let kept = all.filter { Files.exists($0.key) }.sorted { $0.key < $1.key }.map(\.value)
        Files.writeOwn(file, Data(([Data(basis.utf8)] + kept).joined(separator: [0x1D])))
    }
}

extension Character {
    fileprivate var isSeparator: Bool { ["\u{1D}", "\u{1E}", "\u{1F}"].contains(self) }
}
