import FoundationEssentials
import Glibc

/// Where the dynamic linker of this machine finds the libraries that others need.
package struct LibrarySearch: Sendable {
    /// The folders that it looks into without being told.
    private let folders: [String]
    /// `/etc/ld.so.cache`, or nothing where it is not of the format of glibc since 2.2.
    private let cache: FileBytes

    /// Reads the system's configuration below `root`.
    package init(root: String = "/") {
        let multiarch = ["x86_64-linux-gnu", "aarch64-linux-gnu"]
        let usual =
            ["/lib", "/usr/lib"].flatMap { folder in multiarch.map { "\(folder)/\($0)" } }
            + ["/lib64", "/usr/lib64", "/lib", "/usr/lib"]
        cache = Self.readCache(root / "etc/ld.so.cache")
        let configured = cache.count == 0 ? Self.configured(root / "etc/ld.so.conf", depth: 0) : []
        folders = (configured + usual).map { root == "/" ? $0 : root + $0 }.filter(Files.isFolder)
    }

    /// The library of that name that would be loaded for `file`; nil when there is none for its machine.
    package func path(of name: String, for file: ELFFile) -> String? {
        if name.contains("/") { return name.hasPrefix("/") && Self.fits(name, file) ? name : nil }
        return (Self.own(file).map { $0 / name } + cached(name) + folders.map { $0 / name })
            .first { Self.fits($0, file) }
    }

    /// Where a library that `file` needs was looked for, in words.
    package func places(for file: ELFFile) -> [String] {
        Self.own(file) + (cache.count == 0 ? [] : ["/etc/ld.so.cache"]) + folders
    }

    /// The folders that the library itself names; `$ORIGIN` has no meaning for one that is loaded by its
    /// descriptor.
    private static func own(_ file: ELFFile) -> [String] { file.runpath.filter { $0.hasPrefix("/") } }

    /// The linker passes over what is for another machine.
    private static func fits(_ path: String, _ file: ELFFile) -> Bool {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        let header = FileBytes(descriptor, at: 0, count: 20)
        return header.u32(0) == 0x464C_457F && header.u8(4) == (file.is64Bit ? 2 : 1) && header.u16(18) == file.machine
    }

    private static func readCache(_ path: String) -> FileBytes {
        guard let data = try? Files.read(path) else { return FileBytes() }
        let bytes = FileBytes([UInt8](data))
        return bytes.prefix(20).elementsEqual("glibc-ld.so.cache1.1".utf8) ? bytes : FileBytes()
    }

    /// The paths that the cache lists for a name: a header, records of 24 bytes, and text that they
    /// point to.
    private func cached(_ name: String) -> [String] {
        let count = Int(cache.u32(20) ?? 0)
        return stride(from: 48, to: min(48 + count * 24, cache.count), by: 24).compactMap { start in
            guard let key = cache.u32(start + 4), cache.holds(name.utf8, at: Int(key)) else { return nil }
            return cache.u32(start + 8).flatMap { cache.text(Int($0)) }
        }
    }

    /// The folders of `ld.so.conf` and what it includes.
    private static func configured(_ path: String, depth: Int) -> [String] {
        guard depth < 4, let data = try? Files.read(path) else { return [] }
        return String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline).flatMap { line -> [String] in
            let words = line.prefix { $0 != "#" }.split(whereSeparator: \.isWhitespace).map(String.init)
            guard words.first == "include", words.count == 2 else { return words.filter { $0.hasPrefix("/") } }
            let (folder, ending) = ((path.parentPath / words[1]).parentPath, words[1].drop { $0 != "*" }.dropFirst())
            return Files.names(in: folder).filter { $0.hasSuffix(ending) }
                .flatMap { configured(folder / $0, depth: depth + 1) }
        }
    }
}
