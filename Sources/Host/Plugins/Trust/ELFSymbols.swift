/// The symbols that a library shares with others, and the versions it asks of them.
package struct ELFSymbols: Sendable {
    /// A symbol that another library has to define.
    package struct Undefined: Sendable, Equatable {
        package var name: String
        /// The file and the version that it was linked with, where the library says so.
        package var library: String?
        package var version: String?
    }

    package enum Export: Sendable, Equatable {
        case function, data
    }

    /// Tables are read up to here.
    static let mostBytes = 256 << 20
    private static let mostVersions = 4096

    private var table = FileBytes()
    private var names = FileBytes()
    private var versions = FileBytes()
    private var hash = FileBytes()
    /// The version that an index of `versions` stands for.
    private var required: [UInt16: (library: String, version: String)] = [:]
    /// The versions that this library itself defines.
    package private(set) var defined: Set<String> = []
    package private(set) var count = 0

    init() {}

    /// `entries` are those of the dynamic section, `count` is the number of symbols by the section's
    /// header, and `read` gives the bytes at an address.
    init(entries: [UInt64: UInt64], count: Int?, read: (UInt64, Int) -> FileBytes) {
        guard let strings = entries[5], let size = entries[10], let symbols = entries[6] else { return }
        names = read(strings, Int(min(size, UInt64(Self.mostBytes))))
        if let address = entries[0x6FFF_FEF5] { hash = Self.gnuHash(address, read) }
        let chained = entries[4].flatMap { read($0, 8).u32(4) }.map(Int.init)
        self.count = min(max(count ?? 0, chained ?? 0, hashedCount), Self.mostBytes / 24)
        table = read(symbols, self.count * 24)
        self.count = table.count / 24
        if let address = entries[0x6FFF_FFF0] { versions = read(address, self.count * 2) }
        if let address = entries[0x6FFF_FFFE] { readRequired(address, Int(clamping: entries[0x6FFF_FFFF] ?? 0), read) }
        if let address = entries[0x6FFF_FFFC] { readDefined(address, Int(clamping: entries[0x6FFF_FFFD] ?? 0), read) }
    }

    func name(_ position: Int) -> String? { names.text(position) }

    private func name(ofSymbol index: Int) -> String? { table.u32(index * 24).flatMap { names.text(Int($0)) } }

    /// Whether the symbol is defined, global or weak, and seen from outside.
    private func isExported(_ index: Int) -> Bool {
        guard let info = table.u8(index * 24 + 4), let visibility = table.u8(index * 24 + 5),
            let section = table.u16(index * 24 + 6)
        else { return false }
        // Protected symbols are seen from outside as well.
        return section != 0 && [1, 2, 10].contains(info >> 4) && [0, 3].contains(visibility & 3)
    }

    private func kind(_ index: Int) -> Export {
        [2, 10].contains((table.u8(index * 24 + 4) ?? 0) & 15) ? .function : .data
    }

    /// What it exports, by name; the names of its versions are none of it.
    package var exports: [String: Export] {
        var exports: [String: Export] = [:]
        for index in 1..<max(1, count) where isExported(index) && table.u16(index * 24 + 6) != 0xFFF1 {
            if let name = name(ofSymbol: index) { exports[name] = kind(index) }
        }
        return exports
    }

    /// What it exports under one name, found without reading any other.
    package func export(_ name: String) -> Export? {
        index(of: name).map(kind)
    }

    /// What others must define, weak symbols apart: those may be missing.
    package var undefined: [Undefined] { undefined(weak: false) }
    package var weak: [Undefined] { undefined(weak: true) }

    private func undefined(weak: Bool) -> [Undefined] {
        (1..<max(1, count)).compactMap { index in
            guard table.u16(index * 24 + 6) == 0, let info = table.u8(index * 24 + 4), info >> 4 == (weak ? 2 : 1),
                let name = name(ofSymbol: index), !name.isEmpty
            else { return nil }
            let version = versions.u16(index * 2).flatMap { required[$0 & 0x7FFF] }
            return Undefined(name: name, library: version?.library, version: version?.version)
        }
    }

    /// The versions that it asks of each library.
    package var requiredVersions: [(library: String, version: String)] {
        required.values.sorted { ($0.library, $0.version) < ($1.library, $1.version) }
    }
}

/// Versions: two linked lists of records, each with a list of its own.
extension ELFSymbols {
    private mutating func readRequired(_ address: UInt64, _ count: Int, _ read: (UInt64, Int) -> FileBytes) {
        let table = read(address, Self.mostVersions * 16)
        var position = 0
        // Lists that run in circles end, too.
        var left = Self.mostVersions
        for _ in 0..<min(count, Self.mostVersions) {
            guard let entries = table.u16(position + 2),
                let library = table.u32(position + 4).flatMap({ name(Int($0)) }),
                let first = table.u32(position + 8), let next = table.u32(position + 12)
            else { return }
            var entry = position + Int(first)
            for _ in 0..<entries where left > 0 {
                left -= 1
                guard let index = table.u16(entry + 6), let version = table.u32(entry + 8).flatMap({ name(Int($0)) }),
                    let step = table.u32(entry + 12)
                else { return }
                required[index & 0x7FFF] = (library, version)
                if step == 0 { break }
                entry += Int(step)
            }
            if next == 0 { return }
            position += Int(next)
        }
    }

    private mutating func readDefined(_ address: UInt64, _ count: Int, _ read: (UInt64, Int) -> FileBytes) {
        let table = read(address, Self.mostVersions * 16)
        var position = 0
        for _ in 0..<min(count, Self.mostVersions) {
            guard let first = table.u32(position + 12), let next = table.u32(position + 16) else { return }
            if let name = table.u32(position + Int(first)).flatMap({ name(Int($0)) }) { defined.insert(name) }
            if next == 0 { return }
            position += Int(next)
        }
    }
}

/// Looking a name up as the dynamic linker does.
extension ELFSymbols {
    /// The whole hash table, whose length stands nowhere: it ends with the chain of the last bucket.
    private static func gnuHash(_ address: UInt64, _ read: (UInt64, Int) -> FileBytes) -> FileBytes {
        let header = read(address, 16)
        guard let buckets = header.u32(0), let bloom = header.u32(8), buckets < 1 << 24, bloom < 1 << 24 else {
            return FileBytes()
        }
        let head = 16 + Int(bloom) * 8 + Int(buckets) * 4
        let table = read(address, head)
        guard let first = table.u32(4) else { return FileBytes() }
        let last = (0..<Int(buckets)).compactMap { table.u32(head - Int(buckets) * 4 + $0 * 4) }.max() ?? 0
        guard last >= first else { return table }
        var end = head + Int(last - first) * 4
        while end < mostBytes {
            let chain = read(address &+ UInt64(end), 4096)
            guard chain.count > 0 else { return table }
            for position in stride(from: 0, to: chain.count, by: 4) {
                end += 4
                if (chain.u32(position) ?? 1) & 1 != 0 { return read(address, end) }
            }
        }
        return table
    }

    private var bucketCount: Int { Int(hash.u32(0) ?? 0) }
    private var firstHashed: Int { Int(hash.u32(4) ?? 0) }
    private var bucketStart: Int { 16 + Int(hash.u32(8) ?? 0) * 8 }
    private var chainStart: Int { bucketStart + bucketCount * 4 }

    private var hashedCount: Int { hash.count <= chainStart ? 0 : firstHashed + (hash.count - chainStart) / 4 }

    private func index(of name: String) -> Int? {
        guard hash.count >= 16, bucketCount > 0 else {
            return (1..<max(1, count)).first { isExported($0) && names(symbol: $0, name) }
        }
        let sum = name.utf8.reduce(UInt32(5381)) { $0 &* 33 &+ UInt32($1) }
        guard var index = hash.u32(bucketStart + Int(sum) % bucketCount * 4).map(Int.init), index >= firstHashed else {
            return nil
        }
        while let word = hash.u32(chainStart + (index - firstHashed) * 4) {
            if word | 1 == sum | 1, isExported(index), names(symbol: index, name) { return index }
            if word & 1 != 0 { return nil }
            index += 1
        }
        return nil
    }

    private func names(symbol index: Int, _ name: String) -> Bool {
        table.u32(index * 24).map { names.holds(name.utf8, at: Int($0)) } ?? false
    }
}
