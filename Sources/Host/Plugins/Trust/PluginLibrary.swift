import FoundationEssentials
import Glibc

/// A plugin's library, opened once: it is judged, hashed and loaded through this very descriptor, so
/// that what runs is what was verified, whatever happens to its path meanwhile.
struct PluginLibrary: ~Copyable {
    let descriptor: Int32
    /// SHA-256 of the contents.
    let digest: String

    /// Opens the library of a plugin, which must be a plain file of its folder, trusted and loadable.
    ///
    /// Without `digests` all of it is read, also where its digest is remembered; `search` is where the libraries that it needs are looked for.
    init(
        of plugin: Plugin, _ digests: DigestMemory?, judgesOwnership: Bool = true,
        search: @autoclosure () -> LibrarySearch = LibrarySearch()
    ) throws(Failure) {
        let path = plugin.library
        descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw errno == ELOOP
                ? Failure(
                    .plugin, "the library `\(path)` of plugin `\(plugin.id)` is a symbolic link",
                    cause: "a plugin is one folder with its own files",
                    hint: "install the plugin with `ray plugin install`, or copy the library into its folder")
                : Failure(system: errno, "cannot open `\(path)`")
        }
        var status = stat()
        do throws(Failure) {
            guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
                throw Failure(
                    .plugin, "the library `\(path)` of plugin `\(plugin.id)` is no file", hint: plugin.reinstallHint)
            }
            if judgesOwnership { try plugin.judgeOwnership() }
            // What was judged lies at the path; it must be what is open.
            guard FileStamp(path: path) == FileStamp(descriptor: descriptor) else {
                throw Failure(
                    .plugin, "the library `\(path)` of plugin `\(plugin.id)` was replaced while it was looked at",
                    hint: "run the command again")
            }
            // dlopen would say little of what is wrong, and a truncated file would end the process.
            try ELFFile(descriptor: descriptor, size: Int64(status.st_size), path: path)
                .judge(for: Manifest.platform, descriptor: descriptor, search: search())
            digest =
                if let digests {
                    try digests.digest(of: descriptor, named: path)
                } else {
                    try Digest.of(descriptor: descriptor, named: path)
                }
        } catch {
            close(descriptor)
            throw error
        }
    }

    /// Throws all symbols that it needs and no library in reach has.
    ///
    /// That takes longer than the rest, and is asked only when it could not be loaded.
    func judgeSymbols(of plugin: Plugin) throws(Failure) {
        try ELFFile(
            descriptor: descriptor, size: FileStamp(descriptor: descriptor)?.size ?? 0, path: plugin.library
        ).judge(for: Manifest.platform, descriptor: descriptor, resolving: true)
    }

    deinit { close(descriptor) }
}

extension Plugin {
    /// Throws when somebody else could change the plugin's folder, its manifest or its library.
    ///
    /// For a plugin that came with ray, whoever owns the program is trusted as the program is.
    func judgeOwnership() throws(Failure) {
        var ownership = if case .ray(let program) = origin { Ownership(besides: program) } else { Ownership() }
        try judgeOwnership(&ownership)
    }

    /// The same with an `Ownership` that has looked at some of the folders already.
    func judgeOwnership(_ ownership: inout Ownership) throws(Failure) {
        try ownership.judge(folder)
        try ownership.judge(folder / "plugin.yaml")
        try ownership.judge(library)
    }

    /// The digests of its libraries, of every platform for which there is one.
    ///
    /// A manifest may name one file for several, and the file is for one of them.
    func libraryDigests(_ digests: DigestMemory) throws(Failure) -> [String: String] {
        var found: [String: String] = [:]
        for (platform, name) in manifest.libraries {
            let descriptor = open(folder / name, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
            guard descriptor >= 0 else { continue }
            defer { close(descriptor) }
            let size = FileStamp(descriptor: descriptor)?.size ?? 0
            guard let file = try? ELFFile(descriptor: descriptor, size: size, path: folder / name),
                file.isBuilt(for: platform)
            else { continue }
            found[platform] = try digests.digest(of: descriptor, named: folder / name)
        }
        return found
    }

    var reinstallHint: String { "install the plugin again" }
}
