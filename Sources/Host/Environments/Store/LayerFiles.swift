import Crypto
import FoundationEssentials
import Glibc

/// The files and links below a folder.
struct LayerFiles {
    struct Item: Sendable {
        var path: String
        var kind: UInt8
        var stamp: EntryStamp
    }

    /// Names that are left out wherever they stand.
    let volatile: Set<String>

    /// Adds what is at `place`, itself or all below it, under the name `name`.
    func walk(_ place: String, named name: String, into items: inout [Item]) throws(Failure) {
        var status = stat()
        guard lstat(place, &status) == 0 else { throw Failure(system: errno, "cannot read `\(place)`") }
        switch status.st_mode & S_IFMT {
        case S_IFDIR:
            for child in try Self.names(in: place) where !volatile.contains(child) {
                try walk(place / child, named: name.isEmpty ? child : name / child, into: &items)
            }
        case S_IFLNK:
            items.append(Item(path: name, kind: UInt8(ascii: "l"), stamp: EntryStamp(status)))
        case S_IFREG:
            let kind = status.st_mode & S_IXUSR == 0 ? UInt8(ascii: "f") : UInt8(ascii: "x")
            items.append(Item(path: name, kind: kind, stamp: EntryStamp(status)))
        default:
            // Sockets and pipes have no contents to vouch for.
            break
        }
    }

    /// What is in a folder; `hint` says what to do about a name that is not UTF-8.
    static func names(
        in folder: String, hint: String = "have the build give it another name"
    ) throws(Failure) -> [String] {
        guard let stream = opendir(folder) else { throw Failure(system: errno, "cannot read `\(folder)`") }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard !name.unicodeScalars.contains("\u{FFFD}") else {
                throw Failure(
                    .buildFailed, "the name of a file in `\(folder)` is not UTF-8", cause: name, hint: hint)
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names
    }
}

/// Computes the checksums of many files, one after the other, with one buffer.
struct FileHasher {
    private var buffer = [UInt8](repeating: 0, count: 1 << 17)

    /// The SHA-256 of a file's contents, or of a link's target.
    mutating func checksum(of item: LayerFiles.Item, at path: String) throws(Failure) -> String {
        if item.kind == UInt8(ascii: "l") {
            let count = readlink(path)
            guard count >= 0 else { throw Failure(system: errno, "cannot read `\(path)`") }
            return Digest.hexadecimal(SHA256.hash(data: buffer[..<count]))
        }
        return try checksum(ofFile: path, O_NOFOLLOW)
    }

    /// The SHA-256 of a file's contents.
    mutating func checksum(ofFile path: String, _ flags: Int32 = 0) throws(Failure) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | flags)
        guard descriptor >= 0 else { throw Failure(system: errno, "cannot read `\(path)`") }
        defer { close(descriptor) }
        var hash = SHA256()
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count == 0 { return Digest.hexadecimal(hash.finalize()) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw Failure(system: errno, "cannot read `\(path)`") }
            buffer.withUnsafeBytes { hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: $0[..<count])) }
        }
    }

    private mutating func readlink(_ path: String) -> Int {
        buffer.withUnsafeMutableBytes { bytes in
            bytes.baseAddress.map { Glibc.readlink(path, $0.assumingMemoryBound(to: CChar.self), bytes.count) } ?? -1
        }
    }
}
