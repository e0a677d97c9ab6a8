import FoundationEssentials
import Glibc
import Synchronization

/// What ssh asks while it connects to one node: passwords, one-time codes, passphrases of keys.
///
/// ssh starts this very program for each question, as its SSH_ASKPASS. That one hands the question over through a
/// socket in a folder of this user's alone; what is typed goes back through it, and is kept nowhere.
final class SSHQuestions: Sendable {
    /// Names the socket for the program that ssh starts.
    static let variable = "RAY_SSH_QUESTIONS"
    /// What comes before a text that needs no answer.
    private static let notice = "notice "
    private static let question = "question "
    private static let answer = "answer "

    private let title: String
    private let path: String
    private let context: Context
    private let asked: @Sendable () -> Void
    private let questions = Mutex<[String]>([])

    /// Nil where there is nobody to ask; `asked` is called before each question.
    ///
    /// Nobody else uses `path`, in a folder of this user's alone, meanwhile.
    init?(title: String, path: String, _ context: Context, asked: @escaping @Sendable () -> Void) {
        guard context.terminal.canAskForSecrets else { return nil }
        self.title = title
        self.path = path
        self.context = context
        self.asked = asked
    }

    /// Whether there was a question.
    var haveCome: Bool { questions.withLock { !$0.isEmpty } }

    /// Runs `body`, which starts ssh with these variables, and answers its questions meanwhile.
    func answering<Result: Sendable>(
        _ body: @escaping @Sendable ([String: String]) async throws -> Result
    ) async throws -> Result {
        // One of a program that was killed.
        unlink(path)
        let socket = try LocalSocket(listeningAt: path)
        defer { unlink(path) }
        questions.withLock { $0 = [] }
        let descriptor = SharedSocket(socket)
        return try await withThrowingTaskGroup(of: Result?.self) { [path, context] group in
            group.addTask {
                try await self.serve(descriptor)
                return nil
            }
            group.addTask {
                try await body([
                    "SSH_ASKPASS": context.program, "SSH_ASKPASS_REQUIRE": "force", Self.variable: path,
                ])
            }
            defer { group.cancelAll() }
            while let result = try await group.next() { if let result { return result } }
            throw CancellationError()
        }
    }

    private func serve(_ listener: SharedSocket) async throws {
        while true {
            while !listener.socket.isReadable { try await Task.sleep(for: .milliseconds(30)) }
            guard let client = listener.socket.accepted() else { continue }
            let text = String(decoding: client.rest(), as: UTF8.self)
            if text.hasPrefix(Self.notice) {
                context.terminal.note("\(title): \(text.dropFirst(Self.notice.count))")
            } else if text.hasPrefix(Self.question),
                let answer = try await ask(String(text.dropFirst(Self.question.count)))
            {
                client.say(Self.answer + answer)
            }
        }
    }

    private func ask(_ question: String) async throws -> String? {
        asked()
        let isAgain = questions.withLock { questions in
            defer { questions.append(question) }
            return questions.contains(question)
        }
        if isAgain { context.terminal.note("\(title): it does not accept that") }
        return try await context.terminal.askForSecret("\(title): \(question)")
    }

    /// What this program does where ssh has started it with a question, whose words are its only argument.
    ///
    /// Nil where it was not, and the exit status otherwise.
    static func handOver(_ words: [String], _ environment: [String: String]) -> Int32? {
        guard let path = environment[variable], words.count == 1 else { return nil }
        // Yes or no, as to the key of a host: nothing that is asked here.
        let kind = environment["SSH_ASKPASS_PROMPT"]
        guard kind != "confirm", let socket = LocalSocket(connectingTo: path) else { return 1 }
        guard socket.say((kind == "none" ? notice : question) + words[0]) else { return 1 }
        let reply = String(decoding: socket.rest(), as: UTF8.self)
        guard reply.hasPrefix(answer) else { return 1 }
        return Files.writeAll(Data("\(reply.dropFirst(answer.count))\n".utf8), to: STDOUT_FILENO) == 0 ? 0 : 1
    }
}

/// A socket that tasks have in common.
private final class SharedSocket: Sendable {
    let socket: LocalSocket

    init(_ socket: consuming LocalSocket) {
        self.socket = socket
    }
}
