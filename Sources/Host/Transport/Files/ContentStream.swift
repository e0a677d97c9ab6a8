import Crypto
import FoundationEssentials
import Glibc

/// Writes files into an archive, as much of them in memory as one piece holds.
struct ContentStream {
    private static let piece = 1 << 18
    private let write: @Sendable ([UInt8]) async throws -> Void
    private var waiting: [UInt8] = []

    init(_ write: @escaping @Sendable ([UInt8]) async throws -> Void) {
        self.write = write
        waiting.reserveCapacity(Self.piece + TarWriter.block)
    }

    mutating func add(_ entry: FileEntry, named name: String) async throws {
        if entry.kind == .link {
            try await put(
                TarWriter.header(
                    name, .link, mode: 0o777, size: 0, modified: entry.modified, target: entry.content))
            return
        }
        let descriptor = open(entry.source, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Failure(system: errno, "cannot read `\(entry.source)`") }
        defer { close(descriptor) }
        try await put(
            TarWriter.header(name, .file, mode: entry.mode, size: entry.size, modified: entry.modified))
        var hash = SHA256()
        var left = entry.size
        while left > 0 {
            let bytes = try Self.read(descriptor, Int(min(left, Int64(Self.piece))), entry.source)
            guard !bytes.isEmpty else { break }
            hash.update(data: bytes)
            left -= Int64(bytes.count)
            try await put(bytes)
        }
        guard left == 0, Digest.hexadecimal(hash.finalize()) == entry.content else {
            throw Failure(
                .conflict, "`\(entry.source)` has changed while it was sent", hint: "run the command again")
        }
        try await put(TarWriter.padding(after: entry.size))
    }

    private static func read(_ descriptor: Int32, _ count: Int, _ path: String) throws(Failure) -> [UInt8] {
        var code: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while true {
                let got = Glibc.read(descriptor, buffer.baseAddress, count)
                if got < 0, errno == EINTR { continue }
                if got < 0 { code = errno }
                filled = max(0, got)
                return
            }
        }
        guard code == 0 else { throw Failure(system: code, "cannot read `\(path)`") }
        return bytes
    }

    private mutating func put(_ bytes: [UInt8]) async throws {
        waiting += bytes
        if waiting.count >= Self.piece { try await flush() }
    }

    private mutating func flush() async throws {
        let bytes = waiting
        waiting.removeAll(keepingCapacity: true)
        try await write(bytes)
    }

    mutating func end(with bytes: [UInt8]) async throws {
        waiting += bytes
        try await flush()
    }
}
