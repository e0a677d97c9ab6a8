import Crypto
package import FoundationEssentials
import Glibc

/// SHA-256 as lower-case hexadecimal text.
package enum Digest {
    package static func of(_ data: Data) -> String {
        hexadecimal(SHA256.hash(data: data))
    }

    package static func of(_ text: String) -> String { of(Data(text.utf8)) }

    package static func of(_ value: JSONValue) -> String { of(value.canonical) }

    /// Of a file's contents, read from the descriptor's start.
    package static func of(descriptor: Int32, named path: String) throws(Failure) -> String {
        var hash = SHA256()
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        var offset: off_t = 0
        while true {
            let count = pread(descriptor, &buffer, buffer.count, offset)
            if count == 0 { return hexadecimal(hash.finalize()) }
            if count > 0 {
                buffer.withUnsafeBytes { hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: $0[..<count])) }
                offset += off_t(count)
            } else if errno != EINTR {
                throw Failure(system: errno, "cannot read `\(path)`")
            }
        }
    }

    static func hexadecimal(_ digest: some Sequence<UInt8>) -> String {
        func digit(_ value: UInt8) -> UInt8 { value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") - 10 + value }
        return String(unsafeUninitializedCapacity: 2 * SHA256.Digest.byteCount) { text in
            var index = 0
            for byte in digest {
                text[index] = digit(byte >> 4)
                text[index + 1] = digit(byte & 15)
                index += 2
            }
            return index
        }
    }
}

/// Digests of files, remembered by their stamps, so that a file that has not changed is not read.
package struct DigestMemory: Sendable {
    private struct Entry: Codable {
        var stamp: FileStamp
        var digest: String
        /// Nanoseconds since 1970.
        var recorded: Int64
    }

    private let folder: String

    package init(folders: Folders) {
        folder = folders.cache / "digests"
    }

    /// The digest of the contents of `path`, which is opened only when it may have changed.
    package func digest(ofFile path: String) throws(Failure) -> String {
        if let stamp = FileStamp(path: path), let digest = remembered(path, stamp) { return digest }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Failure(system: errno, "cannot read `\(path)`") }
        defer { close(descriptor) }
        return try digest(of: descriptor, named: path)
    }

    private func remembered(_ path: String, _ stamp: FileStamp) -> String? {
        guard let data = Files.readOwn(record(of: path)),
            let entry = try? JSONDecoder().decode(Entry.self, from: data)
        else { return nil }
        return entry.stamp == stamp && !entry.stamp.isRacy(at: entry.recorded) ? entry.digest : nil
    }

    private func record(of path: String) -> String { folder / Digest.of(path) }

    /// The digest of an open file; `path` is what it is remembered under.
    package func digest(of descriptor: Int32, named path: String) throws(Failure) -> String {
        let stamp = FileStamp(descriptor: descriptor)
        if let stamp, let digest = remembered(path, stamp) { return digest }
        let recorded = nanosecondsNow()
        let digest = try Digest.of(descriptor: descriptor, named: path)
        if let stamp, let data = try? JSONEncoder().encode(Entry(stamp: stamp, digest: digest, recorded: recorded)) {
            Files.writeOwn(record(of: path), data)
        }
        return digest
    }
}
