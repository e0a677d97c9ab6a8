import FoundationEssentials
import Glibc

/// A command of the user's for a node.
package struct RemoteCommand: Sendable, Equatable {
    /// What the login shell of the user there is to run.
    package var text: String
    /// Whether it must stand on no command line.
    package var isSecret = false

    package init(text: String, isSecret: Bool) {
        self.text = text
        self.isSecret = isSecret
    }

    /// A text for the shell.
    package init(text: String) {
        self.text = text
    }

    /// One word is shell text; words after `--` are a program and its arguments.
    package init(_ words: [String]) throws(Failure) {
        if words.first == "--", words.count > 1 {
            text = words.dropFirst().map(\.shellQuoted).joined(separator: " ")
        } else if words.count == 1, words[0] != "--" {
            text = words[0]
        } else if words.count > 1 {
            throw Failure(
                .usage, "the command has \(words.count) words",
                hint: "put it in quotes to have the shell there read it, or `--` before it to pass each word as it is")
        } else {
            throw Failure(.usage, "a command is missing", hint: "give one, as in `ray exec cluster.yaml 'ray status'`")
        }
    }

    /// What ssh is to run, so that it reads the rc files of an interactive login shell, and what they print
    /// reaches nobody.
    ///
    /// The text comes encoded, since the shell that sshd runs may be any.
    /// `id` is what the outermost shell has in its environment, and nothing that it runs.
    fileprivate func forSSH(_ text: String, id: String) -> String {
        // In a shell of its own, which does not say goodbye.
        let inner = "(unset \(RemoteInterrupt.variable); exec 1>&3 2>&4 3>&- 4>&-\n\(text)\n)"
        let encoded = Data(inner.utf8).base64EncodedString()
        return """
            exec sh -c 'export \(RemoteInterrupt.variable)=\(id); text=$(printf %s \(encoded) | base64 -d; echo .); text=${text%.}; if command -v bash >/dev/null 2>&1; then exec bash --login -i -c "$text" 3>&1 4>&2 >/dev/null 2>&1; else exec sh -l -c "$text" 3>&1 4>&2 >/dev/null 2>&1; fi'
            """
    }
}

/// Runs a command of the user's on a node with this program's own input and output.
package struct RemoteRun: Sendable {
    private let node: ClusterNode
    private let context: Context
    /// Where ssh says what it has to say.
    private let log: String
    /// Names the run there.
    private let id = RandomName.make()

    package init(_ node: ClusterNode, _ context: Context) {
        self.node = node
        self.context = context
        log = context.folders.state / "ssh/log-\(RandomName.make())"
    }

    /// The command's status, 130 where it was interrupted; throws where the connection has ended before it.
    ///
    /// With a terminal here the command has one there, which Ctrl-C goes through as any other key does.
    package func run(_ command: RemoteCommand, _ interrupts: Interrupts) async throws -> Int32 {
        let isTerminal = node.connection.givesTerminals && isatty(0) != 0 && isatty(1) != 0
        let program = try await program(command, terminal: isTerminal)
        if isTerminal {
            return try await checked {
                try await interrupts.leaving { try await ThisMachine().runInTerminal(program) }
            }.shellStatus
        }
        let ended = try await RemoteInterrupt(node, id: id).forwarding {
            try await checked { try await ThisMachine().runInTerminal(program) }
        }
        return ended?.shellStatus ?? 130
    }

    /// What runs the command from here; `terminal` gives it one there.
    ///
    /// What it says of itself is for `checked`.
    package func program(
        _ command: RemoteCommand, terminal: Bool, ports: [Int] = []
    ) async throws -> NodeProgram {
        try Files.makeFolder(log.parentPath, mode: 0o700)
        let text = try await sent(command)
        let words = try node.connection.words(
            running: command.forSSH(text, id: id), last: nil, terminal: terminal, log: log, ports: ports)
        return NodeProgram(words, environment: context.environment, directory: context.workingDirectory)
    }

    /// Runs the program, and throws where the connection has ended before it.
    package func checked(_ body: () async throws -> Exit) async throws -> Exit {
        defer { try? Files.remove(log) }
        let exit = try await body()
        // 255 is ssh's own status and may be the command's: then ssh says nothing, and is still connected.
        let said = try String(decoding: Files.read(log) ?? Data(), as: UTF8.self)
        let mayBeLost = node.connection.statusOfLoss.map { exit == .status($0) } ?? (exit != .status(0))
        guard mayBeLost else { return exit }
        let isOpen = await node.connection.isOpen
        if !said.isEmpty || !isOpen {
            throw Failure(
                .unreachable, "the connection to node `\(node.id)` has ended before the command did",
                cause: said.split(whereSeparator: \.isNewline).last.map(String.init),
                hint: "what the command does there may go on")
        }
        return exit
    }

    /// The text to run; one that is too long for an argument, or that nobody may see there, is sent as a file
    /// first, which removes itself.
    private func sent(_ command: RemoteCommand) async throws -> String {
        guard command.isSecret || command.text.utf8.count > 60_000 else { return command.text }
        let file = ".local/state/ray/exec-\(RandomName.make())"
        let copy = context.folders.state / file.lastPathName
        defer { try? Files.remove(copy) }
        try Files.replace(copy, with: Data("rm -f \"$HOME/\(file)\"\n\(command.text)\n".utf8), mode: 0o600)
        try await node.connection.send(
            copy, to: "umask 077; mkdir -p \"$HOME/.local/state/ray\" && cat > \"$HOME/\(file)\"", node: node.id)
        return ". \"$HOME/\(file)\""
    }
}
