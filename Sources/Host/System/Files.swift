package import FoundationEssentials
import Glibc

/// What identifies the contents of a file without reading it: two equal stamps of one path mean
/// that nothing was written in between, unless the file is as young as the stamp.
package struct FileStamp: Sendable, Hashable, Codable {
    package var size: Int64
    /// Nanoseconds since 1970.
    package var modified: Int64
    package var changed: Int64
    package var inode: UInt64
    package var device: UInt64

    /// Follows links; nil when there is no such file or it cannot be reached.
    package init?(path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        self.init(status)
    }

    /// The stamp of an open file; nil when `descriptor` is not open.
    package init?(descriptor: Int32) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return nil }
        self.init(status)
    }

    package init(size: Int64, modified: Int64, changed: Int64, inode: UInt64, device: UInt64) {
        self.size = size
        self.modified = modified
        self.changed = changed
        self.inode = inode
        self.device = device
    }

    init(_ status: stat) {
        size = Int64(status.st_size)
        // A time that no such number can hold, as of the year 2300, wraps: it need only be the same again.
        modified = Int64(status.st_mtim.tv_sec) &* 1_000_000_000 &+ Int64(status.st_mtim.tv_nsec)
        changed = Int64(status.st_ctim.tv_sec) &* 1_000_000_000 &+ Int64(status.st_ctim.tv_nsec)
        inode = UInt64(status.st_ino)
        device = UInt64(status.st_dev)
    }

    /// Whether the file was touched so shortly before `moment` (nanoseconds since 1970) that a
    /// later change could leave the same stamp: the kernel's clock for files ticks every 4 to 10 ms.
    package func isRacy(at moment: Int64) -> Bool {
        max(modified, changed) &+ 20_000_000 > moment
    }
}

extension FileStamp {
    /// As text without white space.
    var text: String { "\(size),\(modified),\(changed),\(inode),\(device)" }

    init?(text: Substring) {
        let fields = text.utf8.split(separator: UInt8(ascii: ",")).map { Substring($0) }
        guard fields.count == 5, let size = Int64(fields[0]), let modified = Int64(fields[1]),
            let changed = Int64(fields[2]), let inode = UInt64(fields[3]), let device = UInt64(fields[4])
        else { return nil }
        self.init(size: size, modified: modified, changed: changed, inode: inode, device: device)
    }
}

/// Files of this machine.
///
/// Every error is a `Failure` that names the file and the system's reason.
package enum Files {
    package static func exists(_ path: String) -> Bool {
        access(path, F_OK) == 0
    }

    package static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// A path with all links followed; itself where it leads nowhere.
    package static func resolved(_ path: String) -> String {
        guard let real = realpath(path, nil) else { return path }
        defer { free(real) }
        return String(cString: real)
    }

    package static func isLink(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
    }

    /// Whether this user may run the file.
    package static func isProgram(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && access(path, X_OK) == 0
    }

    /// The names in a folder, sorted; empty when it cannot be read.
    package static func names(in folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
    }

    package static func makeFolder(_ path: String, mode: UInt32 = 0o777) throws(Failure) {
        if mkdir(path, mode) == 0 { return }
        switch errno {
        case EEXIST where isFolder(path): return
        case ENOENT where path != "/" && path != ".":
            try makeFolder(path.parentPath, mode: mode)
            if mkdir(path, mode) == 0 || errno == EEXIST { return }
            fallthrough
        default:
            throw Failure(
                system: errno, "cannot make the folder `\(path)`",
                hint:
                    "make it yourself, or choose other folders with HOME and the variables XDG_STATE_HOME, XDG_CACHE_HOME, XDG_DATA_HOME and XDG_CONFIG_HOME"
            )
        }
    }

    /// Removes whatever is at `path`; it is no error when nothing is.
    package static func remove(_ path: String) throws(Failure) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        do { try FileManager.default.removeItem(atPath: path) } catch {
            guard lstat(path, &status) == 0 else { return }
            let reason = (error as? CocoaError)?.underlying as? POSIXError
            throw Failure(system: reason?.code.rawValue ?? errno, "cannot remove `\(path)`")
        }
    }

    /// Puts `data` at `path` in one step: readers see the old file or the whole new one, also after
    /// a crash.
    ///
    /// Without `durable` a crash of the machine may lose the change, but never tear it: enough for
    /// what can be made again.
    package static func replace(
        _ path: String, with data: Data, mode: UInt32 = 0o666, durable: Bool = true
    ) throws(Failure) {
        let temporary = "\(path).\(getpid()).\(RandomName.make()).new"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw Failure(system: errno, "cannot write `\(path)`") }
        let failed = writeAll(data, to: descriptor) != 0 || (durable && fsync(descriptor) != 0)
        let code = errno
        close(descriptor)
        if failed || rename(temporary, path) != 0 {
            let reason = failed ? code : errno
            unlink(temporary)
            throw Failure(system: reason, "cannot write `\(path)`")
        }
        if durable { syncFolder(path.parentPath) }
    }

    /// Puts the folder `new` where `path` is; what was there is then at `new`.
    ///
    /// In one step where the file system can: others see what was there or what is there now.
    package static func swapFolder(_ new: String, into path: String) throws(Failure) {
        typealias Exchange =
            @convention(c) (Int32, UnsafePointer<CChar>, Int32, UnsafePointer<CChar>, UInt32) -> Int32
        if rename(new, path) == 0 { return }
        guard errno == ENOTEMPTY || errno == EEXIST else { throw Failure(system: errno, "cannot write `\(path)`") }
        // glibc has it; the compiler's view of its headers does not.
        if let symbol = dlsym(nil, "renameat2") {
            let exchange = unsafeBitCast(symbol, to: Exchange.self)
            if exchange(AT_FDCWD, new, AT_FDCWD, path, 2) == 0 { return }
        }
        let aside = new + ".old"
        guard rename(path, aside) == 0 else { throw Failure(system: errno, "cannot write `\(path)`") }
        guard rename(new, path) == 0 else {
            let code = errno
            rename(aside, path)
            throw Failure(system: code, "cannot write `\(path)`")
        }
        rename(aside, new)
    }

    package static func syncFolder(_ path: String) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }

    /// Returns 0, or -1 with `errno` set.
    static func writeAll(_ data: Data, to descriptor: Int32) -> Int32 {
        data.withUnsafeBytes { bytes in
            var offset = 0
            while offset < bytes.count {
                let written = write(descriptor, bytes.baseAddress.map { $0 + offset }, bytes.count - offset)
                if written < 0 && errno == EINTR { continue }
                if written < 0 && errno == EAGAIN {
                    // A terminal that another program has set so.
                    var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    poll(&waiting, 1, -1)
                    continue
                }
                if written < 0 { return -1 }
                offset += written
            }
            return 0
        }
    }

    /// Adds to a file, which is made where there is none.
    static func append(_ data: Data, to path: String) throws(Failure) {
        try makeFolder(path.parentPath)
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Failure(system: errno, "cannot write `\(path)`") }
        defer { close(descriptor) }
        guard writeAll(data, to: descriptor) == 0 else { throw Failure(system: errno, "cannot write `\(path)`") }
    }

    /// The whole file, or nil when there is none.
    package static func read(_ path: String) throws(Failure) -> Data? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw Failure(system: errno, "cannot read `\(path)`")
        }
        defer { close(descriptor) }
        return try read(descriptor, named: path)
    }

    /// The whole of a file that this user has made for its own use; nil when there is none, and when
    /// somebody else could have written it or put it there.
    package static func readOwn(_ path: String) -> Data? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var (file, folder) = (stat(), stat())
        guard fstat(descriptor, &file) == 0, stat(path.parentPath, &folder) == 0, isOwn(file), isOwn(folder) else {
            return nil
        }
        return try? read(descriptor, named: path)
    }

    private static func isOwn(_ status: stat) -> Bool {
        status.st_uid == geteuid() && status.st_mode & (S_IWGRP | S_IWOTH) == 0
    }

    /// Writes what `readOwn` reads; that it cannot be written does not matter.
    package static func writeOwn(_ path: String, _ data: Data) {
        try? makeFolder(path.parentPath, mode: 0o700)
        try? replace(path, with: data, mode: 0o600, durable: false)
    }

    /// What is left to read of an open file.
    package static func read(_ descriptor: Int32, named path: String) throws(Failure) -> Data {
        var data = Data()
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count == 0 { return data }
            if count > 0 {
                data.append(contentsOf: buffer[..<count])
            } else if errno != EINTR {
                throw Failure(system: errno, "cannot read `\(path)`")
            }
        }
    }

    /// The last lines of a file, at most `lines` of them and 8 KiB.
    package static func tail(of path: String, lines: Int) -> String {
        guard let file = fopen(path, "re") else { return "" }
        defer { fclose(file) }
        fseek(file, 0, SEEK_END)
        fseek(file, max(0, ftell(file) - 8192), SEEK_SET)
        var bytes = [UInt8](repeating: 0, count: 8192)
        let count = fread(&bytes, 1, bytes.count, file)
        return String(decoding: bytes[..<count], as: UTF8.self).lastLines(lines)
    }
}

extension String {
    /// The last lines with something in them.
    package func lastLines(_ count: Int) -> String {
        // A progress bar writes carriage returns: only what followed the last one was left on screen.
        let lines = split(whereSeparator: \.isNewline).map { $0.split(separator: "\r").last ?? "" }
        return lines.filter { !$0.allSatisfy(\.isWhitespace) }.suffix(count)
            .map { (line: Substring) -> String in line.utf8.count > 400 ? line.prefix(400) + "…" : String(line) }
            .joined(separator: "\n")
    }
}

extension Failure {
    /// A failure that the system reported: its class follows from the code, the cause is its text.
    package init(system code: Int32, _ message: String, hint: String? = nil) {
        let errorClass: ErrorClass =
            switch code {
            case ENOSPC, EDQUOT, EROFS, EFBIG: .disk
            default: .input
            }
        self.init(errorClass, message, cause: String(cString: strerror(code)), hint: hint)
    }
}

/// Now, in nanoseconds since 1970, by the clock that stamps files.
package func nanosecondsNow() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}
