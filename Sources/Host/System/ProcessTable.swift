import Glibc

/// One process of this machine, as `/proc` shows it.
///
/// A pid alone is reused; with its start time it is not.
package struct ProcessIdentity: Sendable, Hashable, Codable {
    package var pid: Int32
    /// Clock ticks after boot.
    package var started: UInt64

    package init(pid: Int32, started: UInt64) {
        self.pid = pid
        self.started = started
    }

    /// The process with this pid now; nil when there is none or it only waits to be reaped.
    package init?(running pid: Int32) {
        guard let entry = ProcessTable.Entry(pid: pid), !entry.isZombie else { return nil }
        self = entry.identity
    }

    package var isRunning: Bool { ProcessIdentity(running: pid) == self }

    /// The name of the machine on which pids mean what they mean here.
    package static var machine: String {
        var buffer = [CChar](repeating: 0, count: 256)
        gethostname(&buffer, buffer.count - 1)
        return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}

/// The processes of this machine at one moment.
package struct ProcessTable: Sendable {
    package struct Entry: Sendable {
        package var identity: ProcessIdentity
        package var parent: Int32
        package var isZombie: Bool

        /// Reads `/proc/PID/stat` (proc(5)); nil when the process is gone.
        init?(pid: Int32) {
            guard let bytes = readProc("/proc/\(pid)/stat"),
                // The name in parentheses may hold anything, also ") ".
                let end = bytes.lastIndex(of: UInt8(ascii: ")"))
            else { return nil }
            let fields = String(decoding: bytes[(end + 1)...], as: UTF8.self).split(separator: " ")
            guard fields.count > 19, let parent = Int32(fields[1]),
                let started = UInt64(fields[19])
            else { return nil }
            identity = ProcessIdentity(pid: pid, started: started)
            self.parent = parent
            isZombie = fields[0] == "Z" || fields[0] == "X"
        }
    }

    package var entries: [Entry]

    /// All processes but those that only wait to be reaped.
    package static func now() -> ProcessTable {
        ProcessTable(
            entries: Files.names(in: "/proc").compactMap { Int32($0) }.compactMap(Entry.init)
                .filter { !$0.isZombie })
    }

    /// The processes whose environment, as they were started, has an entry that begins with
    /// `variable`, those whose output goes to a file below `folder`, and all that descend from any
    /// of them.
    ///
    /// Each way alone misses some: a process may overwrite its environment (Ray's workers do, by
    /// setting their title), leave its session, or be orphaned.
    package func family(variable: String, folder: String? = nil) -> [ProcessIdentity] {
        var members = Set<Int32>()
        for entry in entries where entry.identity.pid != getpid() {
            let pid = entry.identity.pid
            let belongs =
                Self.carries(variable, pid) || folder.map { Self.writes(below: $0, pid) } == true
            if belongs { members.insert(pid) }
        }
        var grew = true
        while grew {
            grew = false
            for entry in entries where entry.identity.pid != getpid() && members.contains(entry.parent) {
                grew = members.insert(entry.identity.pid).inserted || grew
            }
        }
        return entries.map(\.identity).filter { members.contains($0.pid) }
    }

    private static func carries(_ variable: String, _ pid: Int32) -> Bool {
        guard let bytes = readProc("/proc/\(pid)/environ") else { return false }
        return bytes.split(separator: 0).contains { $0.starts(with: variable.utf8) }
    }

    private static func writes(below folder: String, _ pid: Int32) -> Bool {
        [1, 2].contains { descriptor in
            var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
            let count = readlink("/proc/\(pid)/fd/\(descriptor)", &buffer, buffer.count)
            guard count > 0 else { return false }
            return String(decoding: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
                .hasPrefix(folder + "/")
        }
    }

    /// Ends the processes that `find` names, also those that appear meanwhile: SIGTERM, after
    /// `grace` SIGKILL, until there is none.
    ///
    /// Returns how many were ended. Throws when some could not be, ten seconds after SIGKILL.
    @discardableResult
    package static func end(
        grace: Duration, _ find: (ProcessTable) -> [ProcessIdentity]
    ) async throws(Failure) -> Int {
        var asked = Set<ProcessIdentity>()
        let clock = ContinuousClock()
        let deadline = clock.now + grace
        while true {
            let left = find(.now())
            if left.isEmpty { return asked.count }
            let force = clock.now >= deadline
            guard clock.now < deadline + .seconds(10) else {
                throw Failure(
                    .internal, "cannot end \(left.map { "process \($0.pid)" }.joined(separator: ", "))",
                    hint: "end them as their owner, and run the command again")
            }
            for process in left where (force || !asked.contains(process)) && process.isRunning {
                kill(process.pid, force ? SIGKILL : SIGTERM)
                asked.insert(process)
            }
            // Not cancellable: what was begun here must come to its end.
            await Task.detached { try? await Task.sleep(for: .milliseconds(10)) }.value
        }
    }
}

private func readProc(_ path: String) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
        let count = read(descriptor, &buffer, buffer.count)
        if count <= 0 { return count < 0 && bytes.isEmpty ? nil : bytes }
        bytes += buffer[..<count]
    }
}
