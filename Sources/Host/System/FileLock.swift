import FoundationEssentials
import Glibc

/// A lock on a file, exclusive unless it is shared, released when this value ends or the process dies.
///
/// The file is never deleted, and says who holds the lock, for those who wait.
package struct FileLock: ~Copyable {
    private let descriptor: Int32

    /// The process that holds a lock.
    package struct Holder: Codable, Sendable, Equatable {
        package var pid: Int32
        /// What it is doing, for people: "ray session start".
        package var purpose: String
        /// ISO 8601.
        package var since: String
        /// The name of its machine: homes may be shared.
        package var host: String?
    }

    /// Waits until the lock is free, and takes it.
    ///
    /// `waiting` is called once when it is not, with its holder where that is known. Throws
    /// `CancellationError` when the task is cancelled meanwhile.
    package static func acquire(
        _ path: String, purpose: String, waiting: (Holder?) -> Void = { _ in }
    ) async throws -> FileLock {
        try Files.makeFolder(path.parentPath)
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw Failure(system: errno, "cannot lock `\(path)`") }
        let lock = FileLock(descriptor: descriptor)
        var said = false
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            guard errno == EWOULDBLOCK || errno == EINTR else {
                throw Failure(system: errno, "cannot lock `\(path)`")
            }
            if !said { waiting(holder(of: path)) }
            said = true
            try await Task.sleep(for: .milliseconds(5))
        }
        lock.sign(purpose)
        return lock
    }

    /// Takes the lock if it is free now.
    package static func acquireNow(_ path: String, purpose: String) throws(Failure) -> FileLock? {
        try Files.makeFolder(path.parentPath)
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw Failure(system: errno, "cannot lock `\(path)`") }
        let lock = FileLock(descriptor: descriptor)
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { return nil }
        lock.sign(purpose)
        return lock
    }

    /// Shares the lock with others that share it, if nobody has it for himself now.
    package static func shareNow(_ path: String) -> FileLock? {
        try? Files.makeFolder(path.parentPath)
        var descriptor = open(path, O_RDONLY | O_CREAT | O_CLOEXEC, 0o666)
        if descriptor < 0 { descriptor = open(path, O_RDONLY | O_CLOEXEC) }
        guard descriptor >= 0 else { return nil }
        let lock = FileLock(descriptor: descriptor)
        guard flock(descriptor, LOCK_SH | LOCK_NB) == 0 else { return nil }
        return lock
    }

    /// Lets others share the lock; for a moment in between it may be somebody else's.
    package func share() {
        flock(descriptor, LOCK_SH)
    }

    private func sign(_ purpose: String) {
        let holder = Holder(
            pid: getpid(), purpose: purpose, since: Timestamp.now(), host: ProcessIdentity.machine)
        ftruncate(descriptor, 0)
        _ = Files.writeAll((try? JSONEncoder().encode(holder)) ?? Data(), to: descriptor)
    }

    private init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// Who holds the lock at `path`, or held it last and still runs; nil where that is not known.
    package static func holder(of path: String) -> Holder? {
        guard let data = try? Files.read(path) else { return nil }
        let holder = try? JSONDecoder().decode(Holder.self, from: data)
        return holder.flatMap { holder in
            let isHere = holder.host.map { $0 == ProcessIdentity.machine } ?? true
            return isHere && ProcessIdentity(running: holder.pid) == nil ? nil : holder
        }
    }

    /// Whether some process holds the lock now, for itself or with others.
    package static func isUsed(_ path: String) -> Bool {
        let descriptor = open(path, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return flock(descriptor, LOCK_EX | LOCK_NB) != 0
    }

    /// Whether some process holds the lock for itself now.
    package static func isHeld(_ path: String) -> Bool {
        let descriptor = open(path, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return flock(descriptor, LOCK_SH | LOCK_NB) != 0
    }

    deinit { close(descriptor) }
}
