import FoundationEssentials
import Glibc
import Subprocess
import SystemPackage

/// A script to run on a node.
package struct NodeScript: Sendable {
    package var text: String
    /// The variables that it sees, all of them.
    package var environment: [String: String]
    package var directory: String
    package var timeout: Duration
    /// The file its output is added to.
    package var log: String
    /// What its log must not hold; nil where nothing it prints is secret, as of programs that stay.
    package var redaction: Redaction?
    /// Where the last of what it prints goes too, where there is a redaction.
    package var tail = OutputTail()

    package init(
        _ text: String, environment: [String: String], directory: String, timeout: Duration, log: String,
        redaction: Redaction? = nil
    ) {
        self.text = text
        self.environment = environment
        self.directory = directory
        self.timeout = timeout
        self.log = log
        self.redaction = redaction
    }
}

/// A program of the user's to run on a node.
package struct NodeProgram: Sendable {
    /// The program's path and its arguments.
    package var words: [String]
    /// The variables that it sees, all of them.
    package var environment: [String: String]
    package var directory: String

    package init(_ words: [String], environment: [String: String], directory: String) {
        self.words = words
        self.environment = environment
        self.directory = directory
    }
}

/// How a process ended.
package enum Exit: Sendable, Equatable {
    case status(Int32)
    case signal(Int32)

    /// The status a shell would report: 128 and the signal's number for a signal.
    package var shellStatus: Int32 {
        switch self {
        case .status(let code): code
        case .signal(let number): 128 + number
        }
    }

    init(_ status: TerminationStatus) {
        switch status {
        case .exited(let code): self = .status(code)
        case .signaled(let number): self = .signal(number)
        }
    }
}

/// Runs scripts and commands on this machine.
package struct ThisMachine: Sendable {
    package init() {}

    /// Runs a script with `sh -e` in a session of its own, so that it and all it starts can be
    /// ended together.
    ///
    /// Throws a failure of class `deadline` after its time-out and `CancellationError` when the
    /// task is cancelled; what stayed in its session is gone by then.
    package func run(_ script: NodeScript, watch: @escaping @Sendable (String) -> Void = { _ in }) async throws -> Exit
    {
        if let redaction = script.redaction {
            let log = try RedactedLog(script.log, redaction, script.tail)
            return try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await log.copy() }
                defer { group.cancelAll() }
                return try await run(script, into: FileDescriptor(rawValue: log.input), watch: watch)
            }
        }
        let log = try Self.open(log: script.log)
        defer { try? log.close() }
        return try await run(script, into: log, watch: watch)
    }

    private func run(
        _ script: NodeScript, into log: FileDescriptor, watch: @escaping @Sendable (String) -> Void
    ) async throws -> Exit {
        try await within(script.timeout, watch: { watch(Files.tail(of: script.log, lines: 1)) }) {
            let result = try await Subprocess.run(
                .path("/bin/sh"), arguments: ["-e", "-c", script.text], environment: .only(script.environment),
                workingDirectory: FilePath(script.directory), platformOptions: Self.ownSession, input: .none,
                output: .fileDescriptor(log, closeAfterSpawningProcess: false), error: .combinedWithOutput)
            return Exit(result.terminationStatus)
        }
    }

    /// Runs a script for what it prints, at most 1 MiB, as `run` does but for the log.
    package func output(of script: NodeScript) async throws -> (exit: Exit, text: String, errors: String) {
        try await within(script.timeout, watch: {}) {
            do {
                let result = try await Subprocess.run(
                    .path("/bin/sh"), arguments: ["-c", script.text], environment: .only(script.environment),
                    workingDirectory: FilePath(script.directory), platformOptions: Self.ownSession, input: .none,
                    output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
                return (Exit(result.terminationStatus), result.standardOutput, result.standardError)
            } catch let error as SubprocessError {
                throw Failure(.plugin, "could not be run to its end", cause: "\(error)")
            }
        }
    }

    /// A session of its own, ended as a whole.
    private static var ownSession: PlatformOptions {
        var options = PlatformOptions()
        options.createSession = true
        options.teardownSequence = [
            .send(signal: .terminate, toProcessGroup: true, allowedDurationToNextStep: .milliseconds(700)),
            .send(signal: .kill, toProcessGroup: true, allowedDurationToNextStep: .zero),
        ]
        return options
    }

    /// Runs `body`, cancels it when it takes too long, and calls `watch` now and then meanwhile.
    private func within<Result: Sendable>(
        _ timeout: Duration, watch: @escaping @Sendable () -> Void,
        _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask { try await body() }
            group.addTask {
                let deadline = ContinuousClock.now + timeout
                while ContinuousClock.now < deadline {
                    try await Task.sleep(for: min(.milliseconds(200), timeout))
                    watch()
                }
                return nil
            }
            defer { group.cancelAll() }
            let first = try await group.next()
            try Task.checkCancellation()
            guard let first, let result = first else {
                throw Failure(.deadline, "did not finish in \(timeout.inSeconds)")
            }
            return result
        }
    }
}

extension ThisMachine {
    /// Runs a program with this program's own input and output, to its end.
    ///
    /// When the task is cancelled the program is asked to end, and made to after five seconds.
    package func runInTerminal(_ program: NodeProgram) async throws -> Exit {
        var options = PlatformOptions()
        options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(5))]
        return try await program.starting {
            try await Subprocess.run(
                .path(FilePath(program.words[0])), arguments: Arguments(Array(program.words.dropFirst())),
                environment: .only(program.environment), workingDirectory: FilePath(program.directory),
                platformOptions: options, input: .currentStandardInput, output: .currentStandardOutput,
                error: .currentStandardError
            ).terminationStatus
        }
    }

    /// Runs a program without input, its output added to a file, to its end.
    ///
    /// When the task is cancelled all that stayed in its session is ended.
    package func run(_ program: NodeProgram, log path: String) async throws -> Exit {
        let log = try Self.open(log: path)
        defer { try? log.close() }
        return try await program.starting {
            try await Subprocess.run(
                .path(FilePath(program.words[0])), arguments: Arguments(Array(program.words.dropFirst())),
                environment: .only(program.environment), workingDirectory: FilePath(program.directory),
                platformOptions: Self.ownSession, input: .none,
                output: .fileDescriptor(log, closeAfterSpawningProcess: false), error: .combinedWithOutput
            ).terminationStatus
        }
    }

    private static func open(log path: String) throws(Failure) -> FileDescriptor {
        try Files.makeFolder(path.parentPath)
        do {
            return try FileDescriptor.open(
                FilePath(path), .writeOnly, options: [.create, .append, .closeOnExec], permissions: .ownerReadWrite)
        } catch {
            throw Failure(system: (error as? Errno)?.rawValue ?? 0, "cannot write `\(path)`")
        }
    }
}

extension NodeProgram {
    fileprivate func starting(_ body: () async throws -> TerminationStatus) async throws -> Exit {
        do { return Exit(try await body()) } catch let error as SubprocessError {
            throw Failure(.input, "cannot run `\(words[0])` in `\(directory)`", cause: "\(error)")
        }
    }
}

extension Environment {
    /// These variables and no others.
    static func only(_ variables: [String: String]) -> Environment {
        .custom(
            Dictionary(variables.compactMap { name, value in Environment.Key(rawValue: name).map { ($0, value) } }) {
                first, _ in first
            })
    }
}
