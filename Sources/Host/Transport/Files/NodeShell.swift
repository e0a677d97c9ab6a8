package import FoundationEssentials
import Subprocess
import SystemPackage

/// How commands are run on one node, whatever reaches it.
package struct NodeShell: Sendable {
    /// For people.
    package let node: String
    /// Runs a script with `sh` and returns what it prints.
    let run: @Sendable (String) async throws -> Data
    /// The words that run a command, for the user's shell there, with this program's input and output.
    let words: @Sendable (String) throws -> [String]
    let environment: [String: String]

    package init(
        node: String, environment: [String: String], run: @escaping @Sendable (String) async throws -> Data,
        words: @escaping @Sendable (String) throws -> [String]
    ) {
        self.node = node
        self.environment = environment
        self.run = run
        self.words = words
    }

    /// A node that a conversation is held with.
    package init(_ node: ClusterNode, _ conversation: NodeConversation, environment: [String: String]) {
        self.init(node: node.title, environment: environment) { script in
            let result = try await conversation.run(script, timeout: .seconds(600))
            guard result.status == "0" else {
                throw NodeShell.failure(on: node.title, status: result.status, errors: result.errors)
            }
            return result.output
        } words: {
            try node.connection.words(running: $0)
        }
    }

    /// What nodes do for files; the words that it is to work on come before it.
    static func script(_ context: Context) throws(Failure) -> String {
        let file = context.folders.prefix / "share/ray/node-files.sh"
        guard let text = try Files.read(file) else { throw Failure(incompleteInstallation: file) }
        return String(decoding: text, as: UTF8.self)
    }

    /// The command that runs this script, whatever the shell of the user is.
    static func command(_ script: String) -> String {
        let text = Data(script.utf8).base64EncodedString()
        return "exec sh -c 'eval \"$(printf %s \(text) | base64 -d)\"' ray-node-files"
    }

    /// What a script for files ended with.
    static func failure(on node: String, status: String, errors: Data) -> Failure {
        let text = String(decoding: errors.suffix(8192), as: UTF8.self)
        let lines = text.split(whereSeparator: \.isNewline)
        let isFull = ["No space left on device", "Disk quota exceeded", "Read-only file system"].contains {
            text.contains($0)
        }
        let own = lines.filter { $0.hasPrefix("ray-files: ") }.map { $0.dropFirst("ray-files: ".count) }
        let cause = own.isEmpty ? text.lastLines(5) : own.prefix(5).joined(separator: "\n")
        if isFull {
            return Failure(
                .disk, "\(node): files cannot be written", cause: cause,
                hint: "make room there, and run the command again: it goes on from there")
        }
        return Failure(
            .input, "\(node): files cannot be written, with status \(status)", cause: cause.isEmpty ? nil : cause,
            hint: "see what is at that path there, and whether the user may write it")
    }

    /// Runs a command there that takes what `body` writes once it has said `ray-files go`; what comes before that on
    /// its output is said by the user's shell.
    func push(
        _ script: String, head: Data,
        _ body: @escaping @Sendable (_ write: @escaping @Sendable ([UInt8]) async throws -> Void) async throws -> Void
    ) async throws {
        let words = try words(Self.command(script))
        let result = try await Subprocess.run(
            .path(FilePath(words[0])), arguments: Arguments(Array(words.dropFirst())), environment: .only(environment),
            input: .inputWriter, output: .sequence, error: .bytes(limit: 1 << 20)
        ) { execution in
            let input = execution.standardInputWriter
            var lines = OutputLines()
            do {
                _ = try await input.write(Array(head))
                var told = execution.standardOutput.makeAsyncIterator()
                while !lines.contains("ray-files go"), let buffer = try await told.next() { lines.add(buffer) }
                if lines.contains("ray-files go") {
                    try await body { bytes in _ = try await input.write(bytes) }
                }
                try await input.finish()
                while let buffer = try await told.next() { lines.add(buffer) }
            } catch let error as SubprocessError {
                // What ends early says why, and that counts.
                try? await input.finish()
                _ = error
            }
            return lines.contains("ray-files done")
        }
        guard result.terminationStatus.isSuccess, result.closureResult else {
            throw Self.failure(
                on: node, status: "\(Exit(result.terminationStatus).shellStatus)",
                errors: Data(result.standardError))
        }
    }
}

/// The lines that a script has printed until now.
struct OutputLines {
    private var text = Data()

    mutating func add(_ buffer: SubprocessOutputSequence.Buffer) {
        buffer.withUnsafeBytes { text.append(contentsOf: $0) }
        // Only what is said last matters.
        if text.count > 1 << 16 { text = Data(text.suffix(1 << 15)) }
    }

    func contains(_ line: String) -> Bool {
        text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast()
            .contains { $0.elementsEqual(line.utf8) }
    }
}
