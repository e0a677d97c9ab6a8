import FoundationEssentials
import Glibc

/// Reads a file that grows, line by line.
struct LogFollower {
    private let path: String
    private var offset: off_t = 0
    /// The beginning of a line whose end is not there yet.
    private var rest: [UInt8] = []

    /// Begins with the first line of the file, which may not be there yet, or with its last lines.
    init(_ path: String, lastLines: Int? = nil) {
        self.path = path
        guard let lastLines, let data = try? Files.read(path) else { return }
        var left = lastLines + (data.last == UInt8(ascii: "\n") ? 1 : 0)
        let start = data.lastIndex { byte in
            if byte == UInt8(ascii: "\n") { left -= 1 }
            return left < 0 || left == 0 && byte == UInt8(ascii: "\n")
        }
        offset = off_t(lastLines <= 0 ? data.count : start.map { $0 + 1 - data.startIndex } ?? 0)
    }

    private static let lineBreak = UInt8(ascii: "\n")
    /// What is longer than this is cut, for the sake of memory.
    private static let longestLine = 16 << 20

    /// The whole lines that were added since the last call, some 1 MiB of them; with `atEnd` also a
    /// last one without a line break.
    ///
    /// None means that there is no more now.
    mutating func lines(atEnd: Bool = false) -> [String] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        var end: Int?
        while rest.count < (end == nil ? Self.longestLine : 1 << 20) {
            let count = pread(descriptor, &buffer, buffer.count, offset)
            guard count > 0 else { return takeLines(through: end) + (atEnd ? takeRest() : []) }
            end = buffer[..<count].lastIndex(of: Self.lineBreak).map { rest.count + $0 } ?? end
            rest += buffer[..<count]
            offset += off_t(count)
        }
        return end == nil ? takeRest() : takeLines(through: end)
    }

    private mutating func takeLines(through end: Int?) -> [String] {
        guard let end else { return [] }
        defer { rest.removeSubrange(...end) }
        return rest[..<end].split(separator: Self.lineBreak, omittingEmptySubsequences: false).map(Self.text)
    }

    private mutating func takeRest() -> [String] {
        defer { rest = [] }
        return rest.isEmpty ? [] : [Self.text(rest[...])]
    }

    /// Of a line that a progress bar wrote over, what was left on screen.
    private static func text(_ line: ArraySlice<UInt8>) -> String {
        String(decoding: line.split(separator: UInt8(ascii: "\r")).last ?? [], as: UTF8.self)
    }
}
