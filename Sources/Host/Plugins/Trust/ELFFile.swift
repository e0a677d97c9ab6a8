import Glibc

/// What the headers of a library say, read without running or mapping any of it.
///
/// Only the headers, the dynamic section and the tables of symbols and names are read, each up to
/// a bound, so that the size of the library hardly matters. Where a table is not what it should be,
/// what is missing is absent here: the dynamic linker has the last word.
package struct ELFFile: Sendable {
    package let path: String
    package let size: UInt64
    package let is64Bit: Bool
    package let isLittleEndian: Bool
    /// `EM_…` and `ET_…` of the specification.
    package let machine: UInt16
    package let type: UInt16
    /// Where the last segment or the table of sections ends, whichever is further.
    package private(set) var end: UInt64 = 0
    package private(set) var hasExecutableStack = false
    package private(set) var hasDynamicSection = false
    /// DT_FLAGS and DT_FLAGS_1.
    private var flags: (UInt64, UInt64) = (0, 0)
    private var textRelocations = false
    /// The libraries that it needs, in order.
    package private(set) var needed: [String] = []
    package private(set) var soname: String?
    /// The folders of DT_RUNPATH, or of DT_RPATH where there is none.
    package private(set) var runpath: [String] = []
    package private(set) var symbols = ELFSymbols()
    private var segments: [Segment] = []
    private var sectionTable: (offset: UInt64, count: Int, names: Int) = (0, 0, 0)

    /// Bounds on what a broken header can ask for.
    private static let mostDynamic = 1 << 16
    private static let mostSegments = 1 << 12

    private struct Segment {
        var type, flags: UInt32
        var offset, address, fileSize: UInt64
    }

    /// Reads the file behind `descriptor`, whose size is `size`; its position is not used.
    ///
    /// Throws when it is no ELF file. `judge` tells what else keeps it from being loaded.
    package init(descriptor: Int32, size: Int64, path: String) throws(Failure) {
        let header = FileBytes(descriptor, at: 0, count: 64)
        guard header.u32(0) == 0x464C_457F else { throw Failure([Self.noELF(header.prefix(16), path).diagnostic]) }
        let (type, machine) = (header.u16(16) ?? 0, header.u16(18) ?? 0)
        self.path = path
        self.size = UInt64(max(0, size))
        is64Bit = header.u8(4) == 2
        isLittleEndian = header.u8(5) == 1
        self.machine = isLittleEndian ? machine : machine.byteSwapped
        self.type = isLittleEndian ? type : type.byteSwapped
        end = 64
        guard is64Bit, isLittleEndian, isHeaderWhole else { return }
        readTables(header, descriptor)
        guard !isTruncated else { return }
        readDynamicSection(descriptor)
    }

    package var isTruncated: Bool { end > size }
    var isHeaderWhole: Bool { size >= 64 }
    package var hasTextRelocations: Bool { textRelocations || flags.0 & 0x4 != 0 }
    package var hasStaticTLS: Bool { flags.0 & 0x10 != 0 }
    /// A program that can lie anywhere has the type of a library and this flag.
    package var isProgram: Bool { flags.1 & 0x0800_0000 != 0 }

    private mutating func readTables(_ header: FileBytes, _ descriptor: Int32) {
        func end(_ offset: UInt64, _ count: UInt64) -> UInt64 {
            let (sum, overflow) = offset.addingReportingOverflow(count)
            return overflow ? .max : sum
        }
        let (programs, sections) = (header.u64(32) ?? .max, header.u64(40) ?? .max)
        let programCount = min(Int(header.u16(56) ?? 0), Self.mostSegments)
        self.end = end(programs, UInt64(programCount) * 56)
        let table = FileBytes(descriptor, at: programs, count: programCount * 56)
        for start in stride(from: 0, to: programCount * 56, by: 56) {
            guard let type = table.u32(start), let flags = table.u32(start + 4), let offset = table.u64(start + 8),
                let address = table.u64(start + 16), let fileSize = table.u64(start + 32)
            else { break }
            segments.append(Segment(type: type, flags: flags, offset: offset, address: address, fileSize: fileSize))
            if fileSize > 0 { self.end = max(self.end, end(offset, fileSize)) }
        }
        if sections > 0 {
            sectionTable = (sections, Int(header.u16(60) ?? 0), Int(header.u16(62) ?? 0))
            self.end = max(self.end, end(sections, UInt64(sectionTable.count) * 64))
        }
        // Without the header, the kernel gives a stack that can run code.
        let stack = segments.first { $0.type == 0x6474_E551 }
        hasExecutableStack = stack.map { $0.flags & 1 != 0 } ?? true
    }

    private mutating func readDynamicSection(_ descriptor: Int32) {
        guard let segment = segments.first(where: { $0.type == 2 }) else { return }
        hasDynamicSection = true
        let table = FileBytes(
            descriptor, at: segment.offset, count: Int(min(segment.fileSize, UInt64(Self.mostDynamic))))
        var entries: [UInt64: UInt64] = [:]
        var neededNames: [Int] = []
        for start in stride(from: 0, to: table.count, by: 16) {
            guard let tag = table.u64(start), tag != 0, let value = table.u64(start + 8) else { break }
            if tag == 1 { neededNames.append(Int(clamping: value)) } else { entries[tag] = value }
        }
        textRelocations = entries[22] != nil
        flags = (entries[30] ?? 0, entries[0x6FFF_FFFB] ?? 0)
        let dynamicSymbols = sections(descriptor).first { $0.type == 11 }
        symbols = ELFSymbols(
            entries: entries, count: dynamicSymbols.map { Int(clamping: $0.size / 24) },
            read: { address, count in
                FileBytes(descriptor, at: offset(of: address), count: min(count, Int(clamping: size)))
            })
        needed = neededNames.compactMap(symbols.name)
        soname = entries[14].flatMap { symbols.name(Int(clamping: $0)) }
        runpath = ((entries[29] ?? entries[15]).flatMap { symbols.name(Int(clamping: $0)) } ?? "")
            .split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        if entries[29] == nil, entries[15] == nil { runpath = [] }
    }

    /// Where in the file an address of the running library lies; beyond every file where it does not.
    private func offset(of address: UInt64) -> UInt64 {
        for segment in segments where segment.type == 1 && address >= segment.address {
            let inside = address - segment.address
            if inside < segment.fileSize { return segment.offset &+ inside }
        }
        return .max
    }

    private struct Section {
        var name: Int
        var type: UInt32
        var offset, size: UInt64
        var link: Int
    }

    private func sections(_ descriptor: Int32) -> [Section] {
        let table = FileBytes(descriptor, at: sectionTable.offset, count: sectionTable.count * 64)
        return stride(from: 0, to: table.count, by: 64).compactMap { start in
            guard let name = table.u32(start), let type = table.u32(start + 4), let offset = table.u64(start + 24),
                let size = table.u64(start + 32), let link = table.u32(start + 40)
            else { return nil }
            return Section(name: Int(name), type: type, offset: offset, size: size, link: Int(link))
        }
    }

    /// The names of its sections, `.debug_info` among them where it was built for a debugger.
    package func sectionNames(_ descriptor: Int32) -> Set<String> {
        let sections = sections(descriptor)
        guard sections.indices.contains(sectionTable.names) else { return [] }
        let names = bytes(of: sections[sectionTable.names], descriptor)
        return Set(sections.compactMap { names.text($0.name) })
    }

    /// Whether it has a function of that name which is not exported.
    package func hides(_ name: String, _ descriptor: Int32) -> Bool {
        let sections = sections(descriptor)
        guard let table = sections.first(where: { $0.type == 2 }), sections.indices.contains(table.link) else {
            return false
        }
        let (symbols, names) = (bytes(of: table, descriptor), bytes(of: sections[table.link], descriptor))
        return stride(from: 0, to: symbols.count, by: 24).contains { start in
            symbols.u16(start + 6) != 0 && symbols.u32(start).map { names.holds(name.utf8, at: Int($0)) } ?? false
        }
    }

    private func bytes(of section: Section, _ descriptor: Int32) -> FileBytes {
        FileBytes(descriptor, at: section.offset, count: Int(clamping: min(section.size, size)))
    }
}
