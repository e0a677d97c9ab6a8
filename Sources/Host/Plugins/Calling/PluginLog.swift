import FoundationEssentials
import Glibc

/// What plugins said and printed, a file for each under its id.
struct PluginLog: Sendable {
    /// Beyond this many bytes a file becomes `ID.log.1`.
    private static let most: Int64 = 1 << 20

    private let folder: String

    init(_ folders: Folders) { folder = folders.state / "plugins" }

    func file(of id: String) -> String { folder / "\(id).log" }

    /// Adds lines about one operation.
    func add(_ text: String, kind: String, _ operation: String?, of id: String) {
        let head = "\(Timestamp.now()) \(operation ?? "load") \(kind): "
        let lines = text.split(whereSeparator: \.isNewline).map { head + $0.printableText + "\n" }.joined()
        guard !lines.isEmpty else { return }
        // A log that cannot be written must not keep a plugin from working.
        try? Files.makeFolder(folder, mode: 0o700)
        let file = file(of: id)
        if let stamp = FileStamp(path: file), stamp.size > Self.most { rename(file, file + ".1") }
        let descriptor = open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return }
        _ = Files.writeAll(Data(lines.utf8), to: descriptor)
        close(descriptor)
    }
}

extension Substring {
    fileprivate var printableText: String { String(self).printable }
}
