package import FoundationEssentials
import Subprocess
import SystemPackage

/// The conversation with the agent on one node (`node-agent.sh`), over one channel.
///
/// Requests run there at the same time; each has an id, and its answers come as a stream.
package actor NodeConversation {
    /// What the agent says to one request.
    package enum Answer: Sendable, Equatable {
        /// A step was started, or one of an earlier conversation was found.
        case started, found
        /// More of a step's log.
        case log(Data)
        case output(Data)
        case errors(Data)
        /// Who holds the machine instead.
        case held(owner: String, name: String)
        /// The status, `timeout` or `cancelled`; and whether the step had been done before.
        case end(String, isSkipped: Bool)
    }

    private let node: String
    private let requests: AsyncStream<[UInt8]>.Continuation
    private var answers: [String: AsyncThrowingStream<Answer, any Error>.Continuation] = [:]
    private var channel: Task<Void, Never>?
    private var ready: CheckedContinuation<Void, any Error>?
    private var isReady = false
    private var end: Failure?
    private var count = 0
    private var expired: Set<String> = []

    /// Begins the conversation by running `words`, which start the agent; throws when it does not greet.
    package init(node: String, words: [String], environment: [String: String]) async throws {
        self.node = node
        let (stream, requests) = AsyncStream.makeStream(of: [UInt8].self)
        self.requests = requests
        channel = Task { await self.talk(words, environment, stream) }
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            if let end { return continuation.resume(throwing: end) }
            if isReady { return continuation.resume() }
            ready = continuation
        }
    }

    /// The command that starts the agent on a node, whatever its user's shell is; the agent's text comes after it,
    /// encoded.
    static func command(folder: String) -> String {
        "exec sh -c 'eval \"$(printf %s \"$2\" | base64 -d)\"' ray-node-agent \(folder.shellQuoted)"
    }

    private func talk(_ words: [String], _ environment: [String: String], _ requests: AsyncStream<[UInt8]>) async {
        var failure = Failure(.unreachable, "the connection to node `\(node)` has ended", hint: "run the command again")
        do {
            let result = try await Subprocess.run(
                .path(FilePath(words[0])), arguments: Arguments(Array(words.dropFirst())),
                environment: .only(environment),
                input: .inputWriter, output: .sequence, error: .string(limit: 1 << 16)
            ) { execution in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        for await request in requests { _ = try await execution.standardInputWriter.write(request) }
                        try await execution.standardInputWriter.finish()
                    }
                    group.addTask { try await self.listen(to: execution.standardOutput) }
                    try await group.next()
                    group.cancelAll()
                }
            }
            let errors = result.standardError.split(whereSeparator: \.isNewline)
            failure.diagnostics[0].cause = errors.last.map(String.init)
        } catch { failure.diagnostics[0].cause = "\(error)" }
        finish(failure)
    }

    private func listen(to output: SubprocessOutputSequence) async throws {
        var rest: [UInt8] = []
        for try await buffer in output {
            buffer.withUnsafeBytes { rest.append(contentsOf: $0) }
            var start = 0
            while let end = rest[start...].firstIndex(of: UInt8(ascii: "\n")) {
                take(String(decoding: rest[start..<end], as: UTF8.self))
                start = end + 1
            }
            rest.removeFirst(start)
        }
    }

    private func take(_ line: String) {
        let words = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        guard isReady else {
            // What the rc files of the user's shell print comes before.
            guard words == ["ready", "1"] else { return }
            isReady = true
            ready?.resume()
            ready = nil
            return
        }
        guard words.count > 1, let stream = answers[words[1]] else { return }
        func data(_ index: Int) -> Data {
            words.indices.contains(index) ? Data(base64Encoded: words[index]) ?? Data() : Data()
        }
        switch words[0] {
        case "started": stream.yield(.started)
        case "found": stream.yield(.found)
        case "log": stream.yield(.log(data(2)))
        case "out": stream.yield(.output(data(2)))
        case "err": stream.yield(.errors(data(2)))
        case "held":
            stream.yield(.held(owner: words.count > 2 ? words[2] : "", name: String(decoding: data(3), as: UTF8.self)))
        case "end":
            stream.yield(.end(words.count > 2 ? words[2] : "", isSkipped: words.last == "skipped"))
            stream.finish()
            answers[words[1]] = nil
        default: break
        }
    }

    private func finish(_ failure: Failure) {
        end = failure
        ready?.resume(throwing: failure)
        ready = nil
        for stream in answers.values { stream.finish(throwing: failure) }
        answers = [:]
    }

    /// Sends a request; its words follow the id.
    private func ask(_ verb: String, _ words: [String] = [], body: String? = nil) -> (
        id: String, AsyncThrowingStream<Answer, any Error>
    ) {
        count += 1
        let id = "r\(count)"
        let (stream, continuation) = AsyncThrowingStream.makeStream(of: Answer.self)
        if let end {
            continuation.finish(throwing: end)
            return (id, stream)
        }
        answers[id] = continuation
        send(([verb, id] + words).joined(separator: " "), body)
        return (id, stream)
    }

    private func send(_ line: String, _ body: String? = nil) {
        var text = line + "\n"
        if let body {
            let encoded = Array(Data(body.utf8).base64EncodedString().utf8)
            for start in stride(from: 0, to: encoded.count, by: 3000) {
                text += String(decoding: encoded[start..<min(start + 3000, encoded.count)], as: UTF8.self) + "\n"
            }
            text += ".\n"
        }
        requests.yield(Array(text.utf8))
    }

    /// Runs a script with `sh`; it ends with the conversation.
    package func run(_ script: String, timeout: Duration) async throws -> (status: String, output: Data, errors: Data) {
        // The time is kept here: there it would take three processes more.
        let (id, stream) = ask("run", ["0"], body: script)
        let timer = expiring(id, after: timeout)
        defer { timer.cancel() }
        var (status, output, errors) = ("", Data(), Data())
        try await cancelling(id) {
            for try await answer in stream {
                switch answer {
                case .output(let data): output += data
                case .errors(let data): errors += data
                case .end(let word, _): status = word
                default: break
                }
            }
        }
        if expired.remove(id) != nil { status = "timeout" }
        return (status, output, errors)
    }

    private func expiring(_ id: String, after timeout: Duration) -> Task<Void, any Error> {
        Task {
            try await Task.sleep(for: timeout)
            await expire(id)
        }
    }

    /// Ends what has taken too long, also where nobody on the node answers any more.
    private func expire(_ id: String) async {
        guard answers[id] != nil else { return }
        expired.insert(id)
        await cancel(id)
        guard let stream = answers.removeValue(forKey: id) else { return }
        stream.yield(.end("timeout", isSkipped: false))
        stream.finish()
    }

    /// What a script of the host's own prints, which ends with 0 where all is well.
    package func output(of script: String, timeout: Duration = .seconds(30)) async throws -> Data {
        let result = try await run(script, timeout: timeout)
        guard result.status == "0" else { throw Self.scriptFailure(result.status, result.errors) }
        return result.output
    }

    static func scriptFailure(_ status: String, _ output: Data) -> Failure {
        Failure(
            .internal, "a script of ray's own failed on a node with status \(status)",
            cause: String(decoding: output.suffix(500), as: UTF8.self))
    }

    /// What reads the script of a step.
    package enum Shell: String, Sendable {
        /// `sh -e`, with the variables of the agent.
        case sh
        /// The login shell of the user there.
        case login
    }

    /// Runs a step unless one with this digest has succeeded; it goes on without this conversation.
    package func step(
        _ digest: String, _ script: String, _ shell: Shell = .login, timeout: Duration,
        told: @Sendable (Answer) async throws -> Void
    ) async throws -> (status: String, isSkipped: Bool) {
        let (id, stream) = ask("step", [digest, "\(timeout.components.seconds)", shell.rawValue], body: script)
        // The agent keeps the time of a step, but for one whose watcher there was killed.
        let timer = expiring(id, after: timeout + .seconds(30))
        defer { timer.cancel() }
        var result = ("", false)
        try await cancelling(id) {
            for try await answer in stream {
                if case .end(let status, let isSkipped) = answer { result = (status, isSkipped) }
                try await told(answer)
            }
        }
        expired.remove(id)
        return result
    }

    /// Claims the machine; returns who has it instead.
    package func lease(owner: String, name: String) async throws -> (owner: String, name: String)? {
        try await claim("lease", [owner, Data(name.utf8).base64EncodedString()], "claim")
    }

    /// Gives the machine back, if it is this owner's.
    package func release(owner: String) async throws {
        _ = try await claim("release", [owner], "give up the claim to")
    }

    private func claim(_ verb: String, _ words: [String], _ what: String) async throws -> (owner: String, name: String)?
    {
        let (_, stream) = ask(verb, words)
        var holder: (String, String)?
        var errors = Data()
        for try await answer in stream {
            switch answer {
            case .held(let owner, let name): holder = (owner, name)
            case .errors(let data): errors += data
            case .end(let status, _) where status != "0" && holder == nil:
                throw Failure(
                    .input, "cannot \(what) node `\(node)`", cause: String(decoding: errors, as: UTF8.self),
                    hint: "see there whether /var/tmp is full or may not be written to")
            default: break
            }
        }
        return holder
    }

    /// Removes what is kept of steps, so that each runs again when it is asked for.
    package func forgetSteps() async throws {
        for try await _ in ask("forget").1 {}
    }

    private func cancelling(_ id: String, _ body: () async throws -> Void) async throws {
        do { try await body() } catch {
            await cancel(id)
            throw error
        }
        // A stream just ends where its reader is cancelled.
        if Task.isCancelled {
            await cancel(id)
            throw CancellationError()
        }
    }

    /// Ends a request there, and waits for that, three seconds at most: the node might not hear of it any more once
    /// the conversation ends.
    private func cancel(_ id: String) async {
        guard end == nil, answers[id] != nil else { return }
        send("cancel \(id)")
        await Task.detached { [self] in
            for _ in 0..<60 {
                guard await isOpen(id) else { return }
                try? await Task.sleep(for: .milliseconds(50))
            }
        }.value
    }

    private func isOpen(_ id: String) -> Bool { answers[id] != nil }

    /// Ends the conversation; steps go on.
    package func close() async {
        send("quit")
        requests.finish()
        await channel?.value
    }
}
