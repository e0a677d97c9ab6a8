import FoundationEssentials
import Glibc

/// The stamps of a layer's files as they were when it was built, compared with the files of now.
///
/// Read on every start and for thousands of files: in place, without a string for each.
struct StampedFiles {
    struct Suspicion: Equatable {
        var path: String
        var isMissing: Bool
        /// Whether only what a hard link elsewhere changes too is different.
        var isHarmless: Bool
    }

    /// The text of `stamps`, each line ended by a zero byte.
    private var bytes: [UInt8]
    /// When they were taken, in seconds since 1970.
    private let taken: Int64
    /// How many there have to be.
    private let count: Int

    init(_ text: Data, taken: Int64, count: Int) {
        (self.taken, self.count) = (taken, count)
        bytes = [UInt8](text)
        for index in bytes.indices where bytes[index] == UInt8(ascii: "\n") { bytes[index] = 0 }
    }

    /// The files in `root` that are not as they were; nil where the text is no list of stamps.
    func suspicions(in root: String) -> [Suspicion]? {
        guard bytes.isEmpty || bytes.last == 0 else { return nil }
        let folder = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { return nil }
        defer { close(folder) }
        return bytes.withUnsafeBufferPointer { bytes in
            var found: [Suspicion] = []
            var line = StampLine(bytes)
            var left = count
            while !line.isAtEnd {
                guard let recorded = line.next() else { return nil }
                left -= 1
                var status = stat()
                let isThere: Bool
                if line.isEscaped {
                    isThere = fstatat(folder, line.path, &status, AT_SYMLINK_NOFOLLOW) == 0
                } else {
                    isThere = fstatat(folder, line.pathPointer, &status, AT_SYMLINK_NOFOLLOW) == 0
                }
                guard isThere else {
                    found.append(Suspicion(path: line.path, isMissing: true, isHarmless: false))
                    continue
                }
                let now = EntryStamp(status)
                let isSame = recorded.size == now.size && line.agrees(recorded.modified, now.modified)
                if !isSame {
                    found.append(Suspicion(path: line.path, isMissing: false, isHarmless: false))
                } else if recorded.inode != now.inode || !line.agrees(recorded.changed, now.changed)
                    || (!line.isPrecise && recorded.changed.seconds >= taken)
                {
                    // In whole seconds, what is as young as its stamp may have changed since.
                    found.append(Suspicion(path: line.path, isMissing: false, isHarmless: true))
                }
            }
            return left == 0 ? found : nil
        }
    }
}

/// Reads `SIZE MTIME CTIME INODE PATH`, one line after the other.
private struct StampLine {
    typealias Time = (seconds: Int64, nanoseconds: Int64)

    private let bytes: UnsafeBufferPointer<UInt8>
    private var offset = 0
    private var pathStart = 0
    private(set) var isEscaped = false
    /// Whether the line tells nanoseconds, which not every tool does.
    private(set) var isPrecise = true

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    var isAtEnd: Bool { offset >= bytes.count }

    /// Of a line that was read, so that there are bytes.
    var pathPointer: UnsafePointer<CChar> {
        UnsafeRawPointer(bytes.baseAddress.unsafelyUnwrapped + pathStart).assumingMemoryBound(to: CChar.self)
    }

    var path: String { LayerPath.unescaped(String(cString: pathPointer)) }

    mutating func next() -> (size: Int64, modified: Time, changed: Time, inode: UInt64)? {
        guard let size = number(), let modified = time(), let changed = time(), let inode = inode() else { return nil }
        pathStart = offset
        isEscaped = false
        while bytes[offset] != 0 {
            if bytes[offset] == UInt8(ascii: "\\") { isEscaped = true }
            offset += 1
        }
        guard offset > pathStart else { return nil }
        offset += 1
        return (size, modified, changed, inode)
    }

    func agrees(_ recorded: Time, _ now: Time) -> Bool {
        recorded.seconds == now.seconds && (!isPrecise || recorded.nanoseconds == now.nanoseconds)
    }

    /// Digits up to a space or, where `point` is allowed for, a point.
    private mutating func number(point: Bool = false) -> Int64? {
        var value: Int64 = 0
        let start = offset
        while offset < bytes.count, case let byte = bytes[offset], byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9")
        {
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            guard !overflow else { return nil }
            value = product &+ Int64(byte - UInt8(ascii: "0"))
            offset += 1
        }
        guard offset > start, offset < bytes.count else { return nil }
        if bytes[offset] == UInt8(ascii: " ") {
            offset += 1
        } else if !(point && bytes[offset] == UInt8(ascii: ".")) {
            return nil
        }
        return value
    }

    /// Of as many bits as the system has for it.
    private mutating func inode() -> UInt64? {
        var value: UInt64 = 0
        let start = offset
        while offset < bytes.count, case let byte = bytes[offset], byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9")
        {
            value = value &* 10 &+ UInt64(byte - UInt8(ascii: "0"))
            offset += 1
        }
        guard offset > start, offset < bytes.count, bytes[offset] == UInt8(ascii: " ") else { return nil }
        offset += 1
        return value
    }

    private mutating func time() -> Time? {
        guard let seconds = number(point: true) else { return nil }
        isPrecise = bytes[offset] == UInt8(ascii: ".")
        guard isPrecise else { return (seconds, 0) }
        offset += 1
        return number().map { (seconds, $0) }
    }
}
