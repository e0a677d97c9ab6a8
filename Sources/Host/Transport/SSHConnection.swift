import FoundationEssentials
import Glibc
import Subprocess
import SystemPackage

/// The connection to one machine, which everything that goes there shares.
///
/// A master process of OpenSSH holds it; it stays for some minutes after the last use, so that the next command
/// needs no handshake.
package struct SSHConnection: Sendable {
    package let target: SSHTarget
    private let program: String
    private let socket: String
    private let options: [String]
    private let context: Context
    let environment: [String: String]

    package init(_ target: SSHTarget, _ files: SSHFiles, _ context: Context) throws(Failure) {
        self.target = target
        program = files.program
        socket = files.socket(of: target)
        options =
            try files.hostKeyOptions(for: target) + [
                "ControlPath=\(SSHFiles.quoted(socket))", "ServerAliveInterval=5", "ServerAliveCountMax=3",
                "LogLevel=ERROR",
                "BatchMode=yes",
            ]
        self.context = context
        // What ssh says is read, so it says it in one language.
        environment = context.environment.merging(["LC_ALL": "C"]) { $1 }
    }

    /// How long an unused connection stays.
    private static let persistence = Duration.seconds(600)

    /// Opens the connection, unless it is open already, and waits up to `wait` for a machine that boots.
    ///
    /// `told` gets the reason whenever it becomes another. What ssh asks is asked on the terminal, by the title of
    /// the node; `asked` is called before each question.
    package func open(
        node: String, title: String, wait: Duration, told: @Sendable (String) -> Void,
        asked: @escaping @Sendable () -> Void = {}
    ) async throws {
        let guardian = try await FileLock.acquire(
            "\(socket).lock", purpose: "connecting to \(target.name)", waiting: { _ in })
        defer { extendLifetime(guardian) }
        let questions = SSHQuestions(title: title, path: "\(socket).ask", context, asked: asked)
        var begin = ContinuousClock.now
        var last: SSHFailure?
        while !isOpen {
            guard let output = try await startMaster(questions) else { return }
            try Task.checkCancellation()
            // Nobody types as fast as machines boot.
            if questions?.haveCome == true { begin = .now }
            let failure = SSHFailure(output).knowing(target)
            let waited = ContinuousClock.now - begin
            guard failure.mayPass, waited < wait else {
                throw Failure([
                    failure.diagnostic(
                        target, node: node, output: output, waited: failure.mayPass ? waited : nil,
                        asking: try await asking(questions))
                ])
            }
            if failure != last { told(failure.words) }
            last = failure
            try await Task.sleep(for: .milliseconds(250))
        }
    }

    /// Whether a master listens.
    package var isOpen: Bool { LocalSocket(connectingTo: socket) != nil }

    /// Why nothing was asked, where that is so.
    private func asking(_ questions: SSHQuestions?) async throws -> SSHFailure.Asking {
        guard let questions else { return .noTerminal }
        guard !questions.haveCome else { return .yes }
        let result = try await Subprocess.run(
            .path(FilePath(program)), arguments: ["-V"], environment: .only(environment), input: .none,
            output: .discarded,
            error: .string(limit: 4096))
        return SSHFailure.Asking(version: result.standardError)
    }

    /// Starts the master; returns what ssh said where it could not, nil where it runs.
    private func startMaster(_ questions: SSHQuestions?) async throws -> String? {
        guard let questions else { return try await startMaster([], [:]) }
        // The first value of an option counts.
        return try await questions.answering { try await startMaster(["-o", "BatchMode=no"], $0) }
    }

    private func startMaster(_ first: [String], _ variables: [String: String]) async throws -> String? {
        unlink(socket)
        let seconds = Self.persistence.components.seconds
        let words =
            first + ["-M", "-N", "-f", "-o", "ControlPersist=\(seconds)", "-o", "ConnectTimeout=10"]
            + allWords(options)
        var apart = PlatformOptions()
        // Ctrl-C is for this program, which then ends ssh.
        apart.createSession = true
        let result = try await Subprocess.run(
            .path(FilePath(program)), arguments: Arguments(words),
            environment: .only(environment.merging(variables) { $1 }),
            platformOptions: apart, input: .none, output: .discarded, error: .string(limit: 1 << 16))
        return result.terminationStatus.isSuccess ? nil : result.standardError
    }

    /// The words of ssh, which says to the file `log` what is its own.
    package func words(
        running command: String, last: String? = nil, terminal: Bool = false, log: String? = nil, ports: [Int] = []
    ) -> [String] {
        let forwarded = ports.flatMap { ["-L", "127.0.0.1:\($0):127.0.0.1:\($0)"] }
        return [program, terminal ? "-tt" : "-T"] + (log.map { ["-E", $0] } ?? []) + forwarded + allWords(options)
            + [command] + (last.map { [$0] } ?? [])
    }

    private func allWords(_ options: [String]) -> [String] {
        options.flatMap { ["-o", $0] } + target.words + ["--", target.host]
    }

    /// Has a port of this machine lead to one there; returns what ssh said where it could not.
    func forward(_ port: PortForwarding.Port) async throws -> String? {
        let claim = claim(of: port.local)
        let client = ProcessIdentity(running: getpid())
        // Before: whoever finds it when this program was killed ends what it began.
        try Files.replace(
            claim, with: JSONValue(encoding: ForwardedPort(remote: port.remote, client: client)).canonical,
            durable: false)
        let said = try await control("forward", port)
        if said != nil { unlink(claim) }
        return said
    }

    /// Ends what `forward` began.
    func cancel(_ port: PortForwarding.Port) async {
        _ = try? await control("cancel", port)
        unlink(claim(of: port.local))
    }

    func endAbandoned(_ local: Int) async {
        guard let data = try? Files.read(claim(of: local)),
            let port = try? JSONDecoder().decode(ForwardedPort.self, from: data), port.client?.isRunning != true
        else { return }
        await cancel(.init(local: local, remote: port.remote))
    }

    /// Which program has a port forwarded by this connection.
    private struct ForwardedPort: Codable {
        var remote: Int
        var client: ProcessIdentity?
    }

    private func claim(of local: Int) -> String { "\(socket).port-\(local)" }

    private func control(_ word: String, _ port: PortForwarding.Port) async throws -> String? {
        let result = try await Subprocess.run(
            .path(FilePath(program)),
            arguments: Arguments(
                ["-O", word, "-L", "localhost:\(port.local):localhost:\(port.remote)"] + allWords(options)),
            environment: .only(environment), input: .none, output: .discarded, error: .string(limit: 1 << 16))
        return result.terminationStatus.isSuccess ? nil : result.standardError
    }

    /// Ends the connection.
    package func close() async {
        _ = try? await Subprocess.run(
            .path(FilePath(program)), arguments: Arguments(["-O", "exit"] + allWords(options)),
            environment: .only(environment), input: .none, output: .discarded, error: .discarded)
    }
}
