import FoundationEssentials
import Glibc

/// What is at a path, with links followed.
enum FileStatus {
    /// Tells a folder from all others, however it was reached.
    struct Identity: Hashable {
        var device: UInt64
        var inode: UInt64
    }

    case file
    case folder(Identity)
    /// A socket, a pipe or a device: reading it may never end.
    case special
    /// A link to what is not there.
    case brokenLink(target: String)

    /// nil where there is nothing.
    init?(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else {
            guard let target = try? FileManager.default.destinationOfSymbolicLink(atPath: path) else { return nil }
            self = .brokenLink(target: target)
            return
        }
        switch status.st_mode & S_IFMT {
        case S_IFREG: self = .file
        case S_IFDIR: self = .folder(Identity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino)))
        default: self = .special
        }
    }

    /// Why a file or a folder cannot be read, in the words of the system; nil where it can be.
    static func refusal(of path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor < 0 else {
            close(descriptor)
            return nil
        }
        return String(cString: strerror(errno))
    }
}
