import FoundationEssentials
import Glibc

/// One line of a session's journal.
package struct JournalRecord: Sendable, Codable, Equatable {
    /// An intent is written before an effect, its outcome after it; both are on disk before the
    /// next thing happens.
    ///
    /// An intent without an outcome says where a start was cut off.
    package enum Phase: String, Sendable, Codable { case intent, outcome }

    package enum Step: String, Sendable, Codable {
        /// The session itself: from its first start to its end.
        case session
        case nodes
        /// One layer of the environment, and one script of its build.
        case layer
        case buildStep = "build-step"
        /// All layers, as commands see them.
        case environment
        /// The session's own Ray.
        case ray
        case command
        case stop
    }

    package var number: Int
    package var time: String
    package var phase: Phase
    package var step: Step
    /// Which one, where a step happens more than once.
    package var id: String?
    package var data: JSONValue
}

/// The journal of a session: JSON lines, each with a checksum, only ever added to.
package enum Journal {
    private struct Line: Codable {
        var record: JournalRecord
        var sum: String
    }

    /// Reads all records.
    ///
    /// A last line that was cut off by a crash is left out; anything else that is wrong throws.
    /// Also returns the length of the readable part.
    package static func read(_ path: String) throws(Failure) -> (records: [JournalRecord], length: Int) {
        guard let data = try Files.read(path) else { return ([], 0) }
        return try records(in: data, after: 0, of: path)
    }

    /// The records in a part of a journal that begins with record `count + 1`.
    fileprivate static func records(
        in data: Data, after count: Int, of path: String
    ) throws(Failure) -> (records: [JournalRecord], length: Int) {
        var records: [JournalRecord] = []
        var start = data.startIndex
        while let end = data[start...].firstIndex(of: UInt8(ascii: "\n")) {
            guard let record = decode(Data(data[start..<end])), record.number == count + records.count + 1
            else {
                throw Failure(
                    .internal, "the journal is damaged", at: Place(file: path, line: count + records.count + 1),
                    cause: "the line does not match its checksum or its place",
                    hint: "end the session's processes, if there are any, and remove the folder `\(path.parentPath)`")
            }
            records.append(record)
            start = data.index(after: end)
        }
        return (records, start - data.startIndex)
    }

    private static func decode(_ line: Data) -> JournalRecord? {
        guard let line = try? JSONDecoder().decode(Line.self, from: line) else { return nil }
        return line.sum == checksum(line.record) ? line.record : nil
    }

    fileprivate static func encode(_ record: JournalRecord) -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // A record holds nothing that JSON cannot say.
        let line = (try? encoder.encode(Line(record: record, sum: checksum(record)))) ?? Data()
        return line + [UInt8(ascii: "\n")]
    }

    private static func checksum(_ record: JournalRecord) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(Digest.of((try? encoder.encode(record)) ?? Data()).prefix(16))
    }
}

/// The one writer of a journal. It holds the session's lock until it is closed.
package actor JournalWriter {
    private var lock: FileLock?
    private let lockPath: String
    private let path: String
    private let descriptor: Int32
    private var count: Int
    /// Bytes of whole records.
    private var length: Int
    /// What the records so far amount to.
    package private(set) var state: SessionState

    /// Waits until no other process writes, then reads what is there and drops the rest of a line
    /// that a crash cut off.
    package init(_ folder: SessionFolder, purpose: String, waiting: (FileLock.Holder?) -> Void) async throws {
        try Files.makeFolder(folder.path, mode: 0o700)
        lock = try await FileLock.acquire(folder.lock, purpose: purpose, waiting: waiting)
        lockPath = folder.lock
        path = folder.journal
        let (records, length) = try Journal.read(folder.journal)
        self.length = length
        descriptor = open(folder.journal, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Failure(system: errno, "cannot write `\(folder.journal)`") }
        count = records.count
        state = SessionState(records)
        guard ftruncate(descriptor, off_t(length)) == 0, lseek(descriptor, 0, SEEK_END) >= 0 else {
            throw Failure(system: errno, "cannot write `\(folder.journal)`")
        }
        if records.isEmpty { Files.syncFolder(folder.path) }
    }

    /// Adds a record; it is on disk when this returns.
    package func append(
        _ phase: JournalRecord.Phase, _ step: JournalRecord.Step, id: String? = nil, _ data: JSONValue = [:]
    ) throws {
        let record = JournalRecord(
            number: count + 1, time: Timestamp.now(), phase: phase, step: step, id: id, data: data)
        let line = Journal.encode(record)
        guard Files.writeAll(line, to: descriptor) == 0, fdatasync(descriptor) == 0 else {
            let code = errno
            // Half a line with another behind it could not be read.
            ftruncate(descriptor, off_t(length))
            lseek(descriptor, off_t(length), SEEK_SET)
            throw Failure(system: code, "cannot write `\(path)`", hint: "free some space and run the command again")
        }
        length += line.count
        count += 1
        state.apply(record)
    }

    /// Removes all that is kept of a session that was given back, but for the lock; only `close` may
    /// follow.
    package func forget() {
        // What cannot be removed says that there is no session.
        for name in Files.names(in: path.parentPath) where path.parentPath / name != lockPath {
            try? Files.remove(path.parentPath / name)
        }
    }

    /// Lets other processes write.
    package func close() {
        lock = nil
    }

    /// Waits for the lock again after `close`, and reads what others have written meanwhile.
    package func reopen(purpose: String, waiting: @Sendable (FileLock.Holder?) -> Void) async throws {
        lock = try await FileLock.acquire(lockPath, purpose: purpose, waiting: waiting)
        lseek(descriptor, off_t(length), SEEK_SET)
        let added = try Journal.records(in: Files.read(descriptor, named: path), after: count, of: path)
        for record in added.records { state.apply(record) }
        count += added.records.count
        length += added.length
        guard ftruncate(descriptor, off_t(length)) == 0, lseek(descriptor, 0, SEEK_END) >= 0 else {
            throw Failure(system: errno, "cannot write `\(path)`")
        }
    }

    deinit { Glibc.close(descriptor) }
}
