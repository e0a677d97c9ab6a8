import FoundationEssentials
import Glibc

/// A socket of this machine that has a path.
struct LocalSocket: ~Copyable {
    let descriptor: Int32

    /// Connects to whoever listens at `path`; nil where nobody does.
    init?(connectingTo path: String) {
        guard let descriptor = Self.make(path, { Glibc.connect($0, $1, $2) }) else { return nil }
        self.descriptor = descriptor
    }

    /// Listens at `path`, where nothing is yet.
    init(listeningAt path: String) throws(Failure) {
        let made = Self.make(path) { bind($0, $1, $2) == 0 ? listen($0, 8) : -1 }
        guard let made else { throw Failure(system: errno, "cannot listen at `\(path)`") }
        descriptor = made
    }

    private init(_ descriptor: Int32) {
        self.descriptor = descriptor
    }

    private static func make(
        _ path: String, _ use: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32? {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
            errno = ENAMETOOLONG
            return nil
        }
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                use(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard status != 0 else { return descriptor }
        let number = errno
        close(descriptor)
        errno = number
        return nil
    }

    /// Whether there is something to read, or somebody to accept, now.
    var isReadable: Bool {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&waiting, 1, 0) > 0
    }

    /// Who has connected; nil where that one has gone again.
    func accepted() -> LocalSocket? {
        let other = accept(descriptor, nil, nil)
        guard other >= 0 else { return nil }
        _ = fcntl(other, F_SETFD, FD_CLOEXEC)
        return LocalSocket(other)
    }

    /// All that comes until the other side has said everything.
    func rest() -> [UInt8] {
        var (bytes, buffer) = ([UInt8](), [UInt8](repeating: 0, count: 4096))
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return bytes }
            bytes += buffer[..<count]
        }
    }

    /// Says this, and that it is everything; false where nobody hears it.
    @discardableResult
    func say(_ text: String) -> Bool {
        let isSaid = Files.writeAll(Data(text.utf8), to: descriptor) == 0
        return isSaid && shutdown(descriptor, Int32(SHUT_WR)) == 0
    }

    deinit { close(descriptor) }
}
