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

    package init(
        _ text: String, environment: [String: String], directory: String, timeout: Duration, log: String
    ) {
        self.text = text
        self.environment = environment
        self.directory = directory
        self.timeout = timeout
        self.log = log
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

    fileprivate init(_ status: TerminationStatus) {
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
        try Files.makeFolder(script.log.parentPath)
        let log: FileDescriptor
        do {
            log = try FileDescriptor.open(
                FilePath(script.log), .writeOnly, options: [.create, .append, .closeOnExec],
                permissions: .ownerReadWrite)
        } catch let error as Errno {
            throw Failure(system: error.rawValue, "cannot write `\(script.log)`")
        }
        defer { try? log.close() }
        return try await within(script.timeout, watch: { watch(Files.tail(of: script.log, lines: 1)) }) {
            let result = try await Subprocess.run(
                .path("/bin/sh"), arguments: ["-e", "-c", script.text], environment: script.variables,
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
                    .path("/bin/sh"), arguments: ["-c", script.text], environment: script.variables,
                    workingDirectory: FilePath(script.directory), platformOptions: Self.ownSession, input: .none,
                    output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
                return (Exit(result.terminationStatus), result.standardOutput, result.standardError)
            } catch let error as SubprocessError {
                throw Failure(.plugin, "a script printed too much or could not be run", cause: "\(error)")
            }
        }
    }

    /// A session of its own, ended as a whole.
    private static var ownSession: PlatformOptions {
        var options = PlatformOptions()
        options.createSession = true
        options.teardownSequence = [
            .send(signal: .terminate, toProcessGroup: true, allowedDurationToNextStep: .seconds(2)),
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

extension NodeScript {
    fileprivate var variables: Environment {
        .custom(
            Dictionary(
                environment.compactMap { name, value in Environment.Key(rawValue: name).map { ($0, value) } }
            ) { first, _ in first })
    }
}
