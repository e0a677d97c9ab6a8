import FoundationEssentials

/// A node that a program of this machine runs commands in.
package struct CommandTarget: Sendable, Hashable, Codable {
    /// The program and its first arguments; the words of a command follow.
    package var prefix: [String]
    /// The same where the command is to have a terminal; nil where it cannot.
    package var terminalPrefix: [String]?

    private enum CodingKeys: String, CodingKey {
        case prefix, terminalPrefix = "terminal_prefix"
    }

    package init(prefix: [String], terminalPrefix: [String]? = nil) {
        self.prefix = prefix
        self.terminalPrefix = terminalPrefix
    }

    /// For people.
    var name: String { prefix.map(\.shellQuoted).joined(separator: " ") }
}

/// The way to a node by words that stand before each command.
///
/// Nothing stays open between commands, and no port is forwarded.
struct CommandConnection: NodeConnection {
    private let target: CommandTarget
    private let prefix: [String]
    private let terminalPrefix: [String]?
    let environment: [String: String]

    /// Throws where the program is not there.
    init(_ target: CommandTarget, _ context: Context) throws(Failure) {
        self.target = target
        prefix = try Self.found(target.prefix, context)
        if let words = target.terminalPrefix {
            terminalPrefix = try Self.found(words, context)
        } else {
            terminalPrefix = nil
        }
        environment = context.environment
    }

    private static func found(_ words: [String], _ context: Context) throws(Failure) -> [String] {
        let program = words.first ?? ""
        let path = program.hasPrefix("/") ? (Files.isProgram(program) ? program : nil) : context.tool(program)
        guard let path else {
            throw Failure(
                .toolMissing, "`\(program)`, which the provider reaches nodes with, is not on PATH",
                hint: "install it, or add its folder to PATH")
        }
        return [path] + words.dropFirst()
    }

    var nodeTarget: NodeTarget { .command(target) }
    var givesTerminals: Bool { terminalPrefix != nil }
    var statusOfLoss: Int32? { nil }

    func open(
        node: String, title: String, wait: Duration, told: @Sendable (String) -> Void,
        asked: @escaping @Sendable () -> Void
    ) async throws {
        let begin = ContinuousClock.now
        var last: String?
        while true {
            let (exit, _, errors) = try await run("exit 0")
            if exit == .status(0) { return }
            let said = errors.split(whereSeparator: \.isNewline).last.map(String.init)
            let words = said ?? "it ended with status \(exit.shellStatus)"
            // What shells and those that start containers say where a program cannot be run.
            let mayPass = exit != .status(126) && exit != .status(127)
            let waited = ContinuousClock.now - begin
            guard mayPass, waited < wait else {
                let since = mayPass ? ", and that for \(waited.inSeconds)" : ""
                throw Failure(
                    .unreachable, "cannot reach node `\(node)` with `\(target.name)`: it runs no `sh` there\(since)",
                    cause: words, hint: "see whether the node is up: `\(target.name) sh -c 'exit 0'` shows more")
            }
            if words != last { told(words) }
            last = words
            try await Task.sleep(for: .milliseconds(500))
        }
    }

    var isOpen: Bool {
        get async { (try? await run("exit 0"))?.exit == .status(0) }
    }

    func words(
        running command: String, last: String?, terminal: Bool, log: String?, ports: [Int]
    ) throws -> [String] {
        guard ports.isEmpty else { throw noForwarding }
        let all = terminal ? terminalPrefix ?? prefix : prefix
        guard let last else { return all + shell(command) }
        return all + shell("\(command) \"$1\"") + ["sh", last]
    }

    /// In the home of the user there, as a login would be.
    private func shell(_ command: String) -> [String] { ["sh", "-c", "cd 2>/dev/null || cd /; \(command)"] }

    private var noForwarding: Failure {
        Failure(
            .conflict, "no port can be forwarded through `\(target.name)`",
            hint: "leave the port out, and use the address of the node where this machine has a way to it")
    }

    func forward(_ port: PortForwarding.Port) async throws -> String? { throw noForwarding }

    func cancel(_ port: PortForwarding.Port) async {}

    func endAbandoned(_ local: Int) async {}

    func close() async {}
}
