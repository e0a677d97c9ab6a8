import Glibc

/// The next program called `ray` on PATH, most likely Ray's own, for words that this one does not
/// know.
package struct NextRay: Sendable {
    /// Passes a `Handover` on to the next program, which may be a script that comes back here.
    package static let variable = "RAY_FORWARDED"
    /// More programs than these cannot be meant: they call each other.
    private static let mostHandovers = 32

    private let words: [String]
    private let path: String
    private let last: Handover?

    package init(words: [String], environment: [String: String]) {
        self.words = words
        path = environment["PATH"] ?? ""
        let last = environment[Self.variable].flatMap(Handover.init)
        // Otherwise it was meant for a program that has long passed its environment on.
        self.last = last.flatMap { $0.process.isThisOrAbove ? $0 : nil }
    }

    /// Puts the next `ray` in the place of this process, with the same words, environment and files.
    ///
    /// Returns where there is none. Throws when it cannot be run.
    package func takeOver() throws(Failure) {
        guard let own = FileIdentity("/proc/self/exe"), let process = ProcessIdentity(running: getpid()) else { return }
        var handover = Handover(process: process, number: (last?.number ?? 0) + 1, words: words, tried: [own])
        if let last, last.digest == handover.digest { handover.tried += last.tried }
        guard let (program, identity) = next(after: handover.tried) else { return }
        guard handover.number <= Self.mostHandovers else {
            throw Failure(
                .conflict, "`\(program)` and `\(ownPath)` keep calling each other",
                hint: "let the script call the `ray` that it means by its path")
        }
        handover.tried.append(identity)
        execute(program, handover)
        let code = errno
        var failure = Failure(system: code, "cannot run `\(program)`, the next `ray` on PATH")
        if code == ENOENT {
            failure.diagnostics[0].errorClass = .toolMissing
            failure.diagnostics[0].hint = "the program that its first line names may be missing"
        }
        throw failure
    }

    private var ownPath: String {
        guard let path = realpath("/proc/self/exe", nil) else { return "ray" }
        defer { free(path) }
        return String(cString: path)
    }

    /// Folders that are relative could be anyone's, and the current one is never searched.
    private func next(after tried: [FileIdentity]) -> (String, FileIdentity)? {
        for folder in path.split(separator: ":") where folder.hasPrefix("/") {
            let program = String(folder) / "ray"
            guard let identity = FileIdentity(program), !tried.contains(identity), Files.isProgram(program) else {
                continue
            }
            return (program, identity)
        }
        return nil
    }

    /// Returns only when it fails; words and variables pass as the bytes that they are.
    private func execute(_ program: String, _ handover: Handover) {
        let words = (1..<max(1, Int(CommandLine.argc))).map { CommandLine.unsafeArgv[$0] }
        setenv(Self.variable, handover.text, 1)
        // Not execve: a script whose first line names no interpreter runs too, as from a shell.
        execvp(program, [strdup("ray")] + words + [nil])
    }
}

/// That words were handed over, by whom, and which programs have had their turn.
struct Handover: Sendable, Equatable {
    var process: ProcessIdentity
    /// How many there were before, one caused by the other.
    var number: Int
    var digest: String
    var tried: [FileIdentity]

    init(process: ProcessIdentity, number: Int, words: [String], tried: [FileIdentity]) {
        self.process = process
        self.number = number
        digest = String(Digest.of(words.joined(separator: "\0")).prefix(16))
        self.tried = tried
    }

    /// nil where the text is none of ours.
    init?(_ text: String) {
        let fields = text.split(separator: " ")
        guard fields.count == 5, let pid = Int32(fields[0]), let started = UInt64(fields[1]),
            let number = Int(fields[2]), (0...1_000_000).contains(number)
        else { return nil }
        process = ProcessIdentity(pid: pid, started: started)
        self.number = number
        digest = String(fields[3])
        tried = fields[4].split(separator: ":").compactMap { FileIdentity(parsing: $0) }
    }

    var text: String {
        "\(process.pid) \(process.started) \(number) \(digest) \(tried.map(\.text).joined(separator: ":"))"
    }
}

/// A file whatever it is called: links lead to the same one.
struct FileIdentity: Sendable, Hashable {
    private var device: UInt64
    private var inode: UInt64

    /// Follows links; nil when there is no such file.
    init?(_ path: String) {
        guard let stamp = FileStamp(path: path) else { return nil }
        device = stamp.device
        inode = stamp.inode
    }

    init?(parsing text: some StringProtocol) {
        let numbers = text.split(separator: ".").compactMap { UInt64($0) }
        guard numbers.count == 2 else { return nil }
        (device, inode) = (numbers[0], numbers[1])
    }

    var text: String { "\(device).\(inode)" }
}

extension ProcessIdentity {
    /// Whether this is the calling process or one that it descends from.
    var isThisOrAbove: Bool {
        var pid = getpid()
        while pid > 0, let entry = ProcessTable.Entry(pid: pid) {
            if entry.identity == self { return true }
            pid = entry.parent
        }
        return false
    }
}
