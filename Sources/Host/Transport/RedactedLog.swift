import FoundationEssentials
import Glibc
import Synchronization

/// The last of what a script printed, its secrets taken out; also there where no log can be written.
package final class OutputTail: Sendable {
    /// Bytes.
    private static let size = 64 << 10
    private let bytes = Mutex(Data())

    package init() {}

    package var text: String { bytes.withLock { String(decoding: $0, as: UTF8.self) } }

    func append(_ more: Data) {
        bytes.withLock { bytes in
            bytes.append(more)
            if bytes.count > Self.size { bytes = Data(bytes.suffix(Self.size)) }
        }
    }
}

/// A log file behind a pipe: what is written into the pipe goes to the file without its secrets.
///
/// What a script left running may hold the pipe for as long as it likes: nothing waits for that, and
/// what it writes after the end is lost.
final class RedactedLog: Sendable {
    /// Where the script writes.
    let input: Int32
    private let output: Int32
    private let file: Int32
    private let redaction: Redaction
    private let tail: OutputTail

    /// Adds to the file at `path`.
    init(_ path: String, _ redaction: Redaction, _ tail: OutputTail) throws(Failure) {
        self.tail = tail
        try Files.makeFolder(path.parentPath)
        file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw Failure(system: errno, "cannot write `\(path)`") }
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else {
            let code = errno
            close(file)
            throw Failure(system: code, "cannot make a pipe")
        }
        (output, input) = (ends[0], ends[1])
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        _ = fcntl(output, F_SETFL, O_NONBLOCK)
        self.redaction = redaction
    }

    deinit {
        for descriptor in [input, output, file] { close(descriptor) }
    }

    /// Copies until the task is cancelled, and then what is there by then.
    func copy() async {
        var line = Data()
        while !Task.isCancelled {
            drain(into: &line)
            try? await Task.sleep(for: .milliseconds(5))
        }
        drain(into: &line)
        write(line)
    }

    private func drain(into line: inout Data) {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = read(output, &buffer, buffer.count), count > 0 {
            line.append(contentsOf: buffer[..<count])
            // A secret does not reach over the end of a line.
            let end = line.lastIndex { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }.map {
                line.index(after: $0)
            }
            guard let end = end ?? (line.count > 1 << 20 ? line.endIndex : nil) else { continue }
            write(line[..<end])
            line = Data(line[end...])
        }
    }

    private func write(_ text: Data) {
        guard !text.isEmpty else { return }
        let redacted = Data(redaction.redacted(String(decoding: text, as: UTF8.self)).utf8)
        tail.append(redacted)
        // Where the disk is full, what is printed says so too.
        _ = Files.writeAll(redacted, to: file)
    }
}
