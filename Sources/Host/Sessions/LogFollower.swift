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

    /// The whole lines that were added since the last call, at most 1 MiB of them; with `atEnd`
    /// also a last one without a line break.
    mutating func lines(atEnd: Bool = false) -> [String] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        var read = 0
        while read < 1 << 20 {
            let count = pread(descriptor, &buffer, buffer.count, offset)
            if count <= 0 { break }
            rest += buffer[..<count]
            offset += off_t(count)
            read += count
        }
        guard let end = rest.lastIndex(of: UInt8(ascii: "\n")) else { return atEnd ? takeRest() : [] }
        let whole = rest[..<end].split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        rest.removeSubrange(...end)
        return whole.map(Self.text) + (atEnd && read < 1 << 20 ? takeRest() : [])
    }

    private mutating func takeRest() -> [String] {
        defer { rest = [] }
        return rest.isEmpty ? [] : [Self.text(rest[...])]
    }

    /// Of a line that a progress bar wrote over, what was left on screen.
    private static func text(_ line: ArraySlice<UInt8>) -> String {
        let text = String(decoding: line, as: UTF8.self)
        let parts = text.split(separator: "\r", omittingEmptySubsequences: true)
        return parts.last.map(String.init) ?? ""
    }
}
