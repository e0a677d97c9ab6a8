package import FoundationEssentials

/// The blocks of a tar archive, as GNU tar writes them, which every tar reads.
package enum TarWriter {
    package static let block = 512

    package enum Kind: UInt8, Sendable {
        case file = 0x30
        case link = 0x32
        fileprivate var type: UInt8 { rawValue }
    }

    /// Two empty blocks.
    package static let end = [UInt8](repeating: 0, count: 2 * block)

    /// What comes before the contents of an entry.
    ///
    /// `target` is where a link leads to.
    package static func header(
        _ name: String, _ kind: Kind, mode: UInt32, size: Int64, modified: Int64, target: String = ""
    ) -> [UInt8] {
        let (name, target) = (Array(name.utf8), Array(target.utf8))
        var blocks: [UInt8] = []
        if target.count > 100 { blocks += long(target, type: UInt8(ascii: "K")) }
        if name.count > 100 { blocks += long(name, type: UInt8(ascii: "L")) }
        return blocks + plain(name, kind.type, mode: mode, size: size, modified: modified, target: target)
    }

    /// A file that is in memory, whole.
    package static func file(_ name: String, _ contents: Data) -> Data {
        Data(header(name, .file, mode: 0o600, size: Int64(contents.count), modified: 0)) + contents
            + Data(padding(after: Int64(contents.count)))
    }

    /// What fills the last block of contents.
    package static func padding(after size: Int64) -> [UInt8] {
        [UInt8](repeating: 0, count: Int((Int64(block) - size % Int64(block)) % Int64(block)))
    }

    /// An entry whose contents are the name of the next one.
    private static func long(_ name: [UInt8], type: UInt8) -> [UInt8] {
        let size = Int64(name.count + 1)
        let head = plain(Array("././@LongLink".utf8), type, mode: 0, size: size, modified: 0, target: [])
        return head + name + [0] + padding(after: size)
    }

    private static func plain(
        _ name: [UInt8], _ type: UInt8, mode: UInt32, size: Int64, modified: Int64, target: [UInt8]
    ) -> [UInt8] {
        var header = [UInt8](repeating: 0, count: block)
        func put(_ bytes: some Sequence<UInt8>, at offset: Int) {
            for (index, byte) in bytes.enumerated() { header[offset + index] = byte }
        }
        put(name.prefix(100), at: 0)
        put(number(Int64(mode), digits: 7), at: 100)
        put(number(0, digits: 7), at: 108)
        put(number(0, digits: 7), at: 116)
        put(number(size, digits: 11), at: 124)
        put(number(max(0, modified), digits: 11), at: 136)
        header[156] = type
        put(target.prefix(100), at: 157)
        put("ustar  ".utf8, at: 257)
        // The checksum counts as spaces in itself.
        put(repeatElement(UInt8(ascii: " "), count: 8), at: 148)
        let sum = header.reduce(Int64(0)) { $0 + Int64($1) }
        put(number(sum, digits: 6) + [0, UInt8(ascii: " ")], at: 148)
        return header
    }

    /// Octal, or for what is too large in the binary form of GNU tar.
    private static func number(_ value: Int64, digits: Int) -> [UInt8] {
        let text = String(value, radix: 8)
        if text.utf8.count <= digits {
            return Array((String(repeating: "0", count: digits - text.utf8.count) + text).utf8)
        }
        return [0x80] + (0..<digits).map { UInt8(truncatingIfNeeded: value >> min(63, 8 * Int64(digits - 1 - $0))) }
    }
}
