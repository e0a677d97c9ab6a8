import Subprocess
import SystemPackage

/// What a node is reached by, as it is written down.
package enum NodeTarget: Sendable, Hashable {
    case ssh(SSHTarget)
    case command(CommandTarget)
}

extension NodeTarget: Codable {
    private enum CodingKeys: String, CodingKey { case prefix }

    package init(from decoder: any Decoder) throws {
        let isCommand = try decoder.container(keyedBy: CodingKeys.self).contains(.prefix)
        self = isCommand ? .command(try CommandTarget(from: decoder)) : .ssh(try SSHTarget(from: decoder))
    }

    package func encode(to encoder: any Encoder) throws {
        switch self {
        case .ssh(let target): try target.encode(to: encoder)
        case .command(let target): try target.encode(to: encoder)
        }
    }
}

/// The way to one node, which everything that goes there shares.
protocol NodeConnection: Sendable {
    var nodeTarget: NodeTarget { get }
    /// What the words are run with on this machine.
    var environment: [String: String] { get }
    /// Whether a command can have a terminal there.
    var givesTerminals: Bool { get }
    /// The status of the words when the way has ended before the command; nil where that may be any.
    var statusOfLoss: Int32? { get }

    /// Opens the way, unless it is open already, and waits up to `wait` for a node that boots.
    ///
    /// `told` gets the reason whenever it becomes another; `asked` hears when the user is asked for something.
    func open(
        node: String, title: String, wait: Duration, told: @Sendable (String) -> Void,
        asked: @escaping @Sendable () -> Void
    ) async throws

    var isOpen: Bool { get async }

    /// The words that run a command there; `terminal` gives it one, and `ports` of the node are reachable here
    /// meanwhile.
    ///
    /// The command ends with `last`, a word that no shell reads otherwise than it stands: where that is long and the
    /// same for many nodes, it is in memory once.
    func words(running command: String, last: String?, terminal: Bool, log: String?, ports: [Int]) throws -> [String]

    /// Has a port of this machine lead to one there; returns what was said where it could not.
    func forward(_ port: PortForwarding.Port) async throws -> String?

    /// Ends what `forward` began.
    func cancel(_ port: PortForwarding.Port) async

    /// Ends what a program that was killed has forwarded from this port of this machine.
    func endAbandoned(_ local: Int) async

    func close() async
}

extension NodeConnection {
    /// The words that run a command there with this program's own input and output.
    func words(running command: String, last: String? = nil) throws -> [String] {
        try words(running: command, last: last, terminal: false, log: nil, ports: [])
    }

    /// How a script of our own ends there, with `sh` and this file for its input.
    func run(
        _ script: String, input file: String = "/dev/null"
    ) async throws -> (exit: Exit, text: String, errors: String) {
        let words = try words(running: "exec sh -c \(script.shellQuoted)")
        let input = try FileDescriptor.open(FilePath(file), .readOnly, options: .closeOnExec)
        defer { try? input.close() }
        let result = try await Subprocess.run(
            .path(FilePath(words[0])), arguments: Arguments(Array(words.dropFirst())), environment: .only(environment),
            input: .fileDescriptor(input, closeAfterSpawningProcess: false), output: .string(limit: 1 << 20),
            error: .string(limit: 1 << 16))
        return (Exit(result.terminationStatus), result.standardOutput, result.standardError)
    }

    /// Has a script of our own there take this file.
    func send(_ file: String, to script: String, node: String) async throws {
        let (exit, _, errors) = try await run(script, input: file)
        guard exit != .status(0) else { return }
        throw Failure(
            .unreachable, "cannot write on node `\(node)`", cause: errors.isEmpty ? nil : errors.lastLines(1),
            hint: "see whether its disk is full")
    }

    /// What a script of our own prints there.
    func output(of script: String, node: String) async throws -> String {
        let (exit, text, errors) = try await run(script)
        guard exit != .status(0) else { return text }
        throw Failure(
            .unreachable, "the connection to node `\(node)` has ended",
            cause: errors.isEmpty ? nil : errors.lastLines(1), hint: "run the command again")
    }
}

extension SSHConnection: NodeConnection {
    var nodeTarget: NodeTarget { .ssh(target) }
    var givesTerminals: Bool { true }
    var statusOfLoss: Int32? { 255 }
}
