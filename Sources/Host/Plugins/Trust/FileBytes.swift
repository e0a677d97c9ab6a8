import Glibc

/// A part of a file in memory, read by position: every look beyond its end is nil.
struct FileBytes: Sendable {
    private let bytes: [UInt8]

    /// What there is of `count` bytes of a file from `offset` on.
    ///
    /// Read rather than mapped, since a file that is cut while it is mapped ends the process.
    init(_ descriptor: Int32, at offset: UInt64, count: Int) {
        guard count > 0, let start = off_t(exactly: offset) else {
            bytes = []
            return
        }
        bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let read = pread(
                    descriptor, buffer.baseAddress.map { $0 + filled }, count - filled, start + off_t(filled))
                if read < 0 && errno == EINTR { continue }
                guard read > 0 else { return }
                filled += read
            }
        }
    }

    init(_ bytes: [UInt8] = []) { self.bytes = bytes }

    var count: Int { bytes.count }

    func u8(_ position: Int) -> UInt8? { load(position) }
    func u16(_ position: Int) -> UInt16? { load(position).map(UInt16.init(littleEndian:)) }
    func u32(_ position: Int) -> UInt32? { load(position).map(UInt32.init(littleEndian:)) }
    func u64(_ position: Int) -> UInt64? { load(position).map(UInt64.init(littleEndian:)) }

    private func load<Value: BitwiseCopyable>(_ position: Int) -> Value? {
        guard position >= 0, position <= bytes.count - MemoryLayout<Value>.size else { return nil }
        return bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: position, as: Value.self) }
    }

    /// The bytes from a position up to a NUL.
    func text(_ position: Int) -> String? {
        guard bytes.indices.contains(position) else { return nil }
        return bytes.withUnsafeBytes { buffer in
            let rest = UnsafeRawBufferPointer(rebasing: buffer[position...])
            return rest.firstIndex(of: 0).map { String(decoding: rest[..<$0], as: UTF8.self) }
        }
    }

    /// Whether `name` and a NUL stand at a position.
    func holds(_ name: some Collection<UInt8>, at position: Int) -> Bool {
        guard position >= 0, position < bytes.count - name.count else { return false }
        return bytes[position + name.count] == 0 && bytes[position..<position + name.count].elementsEqual(name)
    }

    func prefix(_ count: Int) -> ArraySlice<UInt8> { bytes.prefix(count) }
}
