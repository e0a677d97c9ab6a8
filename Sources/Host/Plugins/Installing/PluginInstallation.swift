import FoundationEssentials
import Glibc

/// The folder of the user's plugins: puts plugins there in one step, and takes them away.
package struct PluginInstallation {
    private let context: Context
    private let schema: PluginSchema
    private var folder: String { context.folders.userPlugins }

    package init(_ context: Context) throws(Failure) {
        self.context = context
        schema = try PluginSchema(context.folders)
    }

    /// Installs what `word` names and allows it, in place of an older one of its id.
    ///
    /// Whatever goes wrong, what was installed before stays. Returns the plugin and the version that
    /// it takes the place of.
    package func install(_ word: String, sha256: String?) async throws -> (plugin: Plugin, replaced: String?) {
        let source = try PluginSource(word, context)
        if case .url = source, sha256 == nil {
            throw Failure(
                .usage, "a URL needs `--sha256`", cause: "what a server gives out may change",
                hint: "take it from whoever publishes the plugin, not from the server")
        }
        try Files.makeFolder(folder, mode: 0o755)
        let lock = try await FileLock.acquire(folder / ".lock", purpose: "ray plugin install")
        defer { extendLifetime(lock) }
        let staging = folder / ".staging-\(RandomName.make())"
        try clearLeftovers()
        try Files.makeFolder(staging, mode: 0o700)
        defer { try? Files.remove(staging) }
        let archive = PluginArchive(context: context, staging: staging)
        let origin: String
        switch source {
        case .folder(let path):
            guard sha256 == nil else {
                throw Failure(.usage, "`--sha256` is for archives, and `\(word)` is a folder", hint: "leave it out")
            }
            origin = path
        case .archive(let path):
            try archive.take(path)
            if let sha256 { try archive.check(word, sha256) }
            origin = try await archive.unpack(as: path.lastPathName)
        case .url(let url):
            try await archive.fetch(url)
            try archive.check(GitRepository.withoutCredentials(url), sha256 ?? "")
            origin = try await archive.unpack(as: url.lastPathName)
        }
        return try await publish(try stage(origin, in: staging / "plugin", source), from: staging)
    }

    /// What a killed installation left behind.
    private func clearLeftovers() throws(Failure) {
        for name in Files.names(in: folder) where name.hasPrefix(".staging-") { try Files.remove(folder / name) }
    }

    /// Copies the manifest and the libraries, with modes of our own, and judges the copy.
    ///
    /// Whatever else is in the folder, an author's sources say, is no part of the plugin.
    private func stage(_ origin: String, in target: String, _ source: PluginSource) throws(Failure) -> Plugin {
        guard !Files.isLink(origin / "plugin.yaml") else {
            throw Failure(
                .plugin, "the plugin's plugin.yaml is a symbolic link",
                cause: "a plugin is one folder with its own files", hint: "copy the manifest into the folder")
        }
        let given = try Plugin(readingManifestIn: origin, schema: schema.manifest())
        // Whose files these are does not matter: what is judged in the end is the copy.
        _ = try PluginLibrary(of: given, nil, judgesOwnership: false)
        try Files.makeFolder(target, mode: 0o755)
        chmod(target, 0o755)
        let libraries = Set(given.manifest.libraries.values).filter { isFile(origin / $0) }
        for name in libraries.union(["plugin.yaml"]) {
            guard let data = try Files.read(origin / name) else { continue }
            try Files.replace(target / name, with: data, mode: 0o644)
            chmod(target / name, 0o644)
        }
        try InstalledSource.write(source.name, in: target)
        var plugin = try Plugin(readingManifestIn: target, schema: schema.manifest())
        plugin.origin = .user(source: source.name)
        return plugin
    }

    private func isFile(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    /// Judges the staged plugin as if it was to be loaded, and puts it in place.
    private func publish(
        _ staged: Plugin, from staging: String
    ) async throws -> (plugin: Plugin, replaced: String?) {
        let library = try PluginLibrary(of: staged, DigestMemory(folders: context.folders))
        let target = folder / staged.id
        let isNew = !Files.exists(target)
        let replaced = (try? Plugin(readingManifestIn: target, schema: schema.manifest()))?.manifest.version
        var plugin = staged
        plugin.folder = target
        let entry = Allowances.Entry(
            id: plugin.id, folder: target, digests: .init(manifest: plugin.manifestDigest, library: library.digest))
        try Files.swapFolder(staged.folder, into: target)
        do {
            Files.syncFolder(folder)
            try await Allowances.change(context.folders) { $0.allow(entry) }
        } catch {
            // What was there before stays, and is what was allowed.
            try? isNew ? Files.remove(target) : Files.swapFolder(staged.folder, into: target)
            throw error
        }
        return (plugin, replaced)
    }

    /// Takes a plugin out of the user's folder, and back what was allowed of it there.
    package func remove(_ id: String) async throws {
        let target = folder / id
        guard !id.isEmpty, !id.contains("/"), !id.hasPrefix("."), Files.isFolder(target) else {
            throw Failure(
                .input, "no plugin `\(id)` is installed in `\(folder)`",
                hint: suggestion(for: id, among: Files.names(in: folder).filter { !$0.hasPrefix(".") })
                    ?? "`ray plugin list` shows where each plugin is")
        }
        let lock = try await FileLock.acquire(folder / ".lock", purpose: "ray plugin remove")
        defer { extendLifetime(lock) }
        let aside = folder / ".staging-\(RandomName.make())"
        guard rename(target, aside) == 0 else { throw Failure(system: errno, "cannot remove `\(target)`") }
        try Files.remove(aside)
        try await Allowances.change(context.folders) { $0.forget(id: id, folder: target) }
    }
}
