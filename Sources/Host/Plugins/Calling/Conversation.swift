import Dispatch
import FoundationEssentials
import Glibc
import PluginAPI
import PluginRuntime
import Synchronization

/// One plugin, wherever it runs, and the calls made to it, one after the other.
///
/// Whatever the plugin does (crash, hang, exit, print, answer nonsense), a call ends in time with
/// its answer or with one error that names plugin, operation and cause; after such an error the
/// conversation is over.
final class Conversation: Sendable {
    /// What a call may take and give.
    struct Limits {
        var deadline: Duration
        /// How long a plugin may go on after its deadline or a cancel before it is ended by force.
        var grace: Duration = .milliseconds(500)
        var result = 16 << 20
        /// Bytes that a plugin may print in a call.
        var printed = 1 << 20
        /// Lines that it may log, and bytes that it may report in all.
        var lines = 10_000
        var reported = 16 << 20
    }

    let plugin: Plugin
    private let link: any PluginLink
    private let queue: DispatchQueue
    private let cancelled = Atomic<Bool>(false)
    private let calls = Atomic<UInt32>(0)
    private let state = Mutex(State())

    /// How long an answer is waited for where it is asked, before the queue goes on.
    ///
    /// Most answers come sooner, and going to another thread and back takes longer than they do.
    private static let moment = Duration.milliseconds(1)
    /// A frame of this size goes out at once, whatever the plugin does.
    private static let smallFrame = 64 << 10

    /// Locked while a plugin is waited for, and so used by one thread at a time.
    private struct State {
        var received = Data()
        var printed = PrintedText()
        var lines = 0
        var reported = 0
        var over = false
        /// An exchange has begun and waits for its turn in the queue; no other may begin.
        var isUnderWay = false
    }

    /// One frame of the host's, and what becomes of it.
    private struct Exchange {
        let frame: Data
        /// The number of the call; 0 while the plugin is opened.
        let number: UInt32
        /// nil while the plugin is opened.
        let operation: String?
        let limits: Limits
        let onReport: @Sendable (PluginReport) -> Void
        let continuation: CheckedContinuation<Data, any Error>
        /// nil until the frame is sent.
        var deadline: ContinuousClock.Instant?
        /// Why it was asked to end.
        var stopped: Failure?
    }

    init(_ plugin: Plugin, over link: any PluginLink) {
        self.plugin = plugin
        self.link = link
        queue = DispatchQueue(label: "plugin \(plugin.id)")
    }

    /// Whether the plugin goes on although the conversation is over.
    var isLeftBehind: Bool { link.isLeftBehind }

    /// Hands over the manifest's operations and waits until the plugin is ready.
    func open(onReport: @escaping @Sendable (PluginReport) -> Void = { _ in }) async throws {
        var frame = FrameWriter(kind: RAYF_OPEN)
        frame.describe(plugin)
        _ = try await exchange(frame.frame, 0, during: nil, Limits(deadline: .seconds(10)), onReport: onReport)
    }

    /// Calls an operation and returns the bytes of its result.
    func call(
        _ operation: String, _ arguments: PluginArguments, _ limits: Limits,
        onReport: @escaping @Sendable (PluginReport) -> Void
    ) async throws -> Data {
        let number = calls.add(1, ordering: .relaxed).newValue
        var frame = FrameWriter(kind: RAYF_CALL, call: number)
        frame.ask(operation, arguments, deadline: limits.deadline, largestResult: limits.result)
        return try await exchange(frame.frame, number, during: operation, limits, onReport: onReport)
    }

    /// Lets the plugin stop, and reaps its helper.
    func close() async {
        await withCheckedContinuation { continuation in
            queue.async { self.close(continuation) }
        }
    }

    private func close(_ continuation: CheckedContinuation<Void, Never>) {
        let isClosed = state.withLock { state in
            guard !state.isUnderWay else { return false }
            guard !state.over else { return true }
            state.over = true
            _ = link.send(FrameWriter(kind: RAYF_CLOSE).frame, until: .now + .milliseconds(100))
            _ = link.end(politely: true)
            return true
        }
        // What is under way stands in the queue already.
        if isClosed { continuation.resume() } else { queue.async { self.close(continuation) } }
    }

    /// Runs one exchange: here for a moment, then on the queue, since it blocks.
    private func exchange(
        _ frame: Data, _ number: UInt32, during operation: String?, _ limits: Limits,
        onReport: @escaping @Sendable (PluginReport) -> Void
    ) async throws -> Data {
        cancelled.store(false, ordering: .relaxed)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let exchange = Exchange(
                    frame: frame, number: number, operation: operation, limits: limits, onReport: onReport,
                    continuation: continuation)
                if frame.count > Self.smallFrame || !begin(exchange) {
                    queue.async { self.finish(exchange) }
                }
            }
        } onCancel: {
            cancelled.store(true, ordering: .relaxed)
        }
    }

    /// Begins an exchange and waits for its answer, but only for a moment; false when another one is
    /// under way.
    private func begin(_ exchange: Exchange) -> Bool {
        let answer: Result<Data, Failure>?? =
            state.withLockIfAvailable { state in
                guard !state.isUnderWay else { return nil }
                var exchange = exchange
                let answer = converse(&exchange, patience: .now + Self.moment, &state)
                if answer == nil {
                    state.isUnderWay = true
                    queue.async { [exchange] in self.finish(exchange) }
                }
                return .some(answer)
            } ?? nil
        guard let answer else { return false }
        if let answer { exchange.continuation.resume(with: answer) }
        return true
    }

    /// Brings an exchange to its end, in its turn.
    private func finish(_ exchange: Exchange) {
        let answer: Result<Data, Failure>? = state.withLock { state in
            guard exchange.deadline != nil || !state.isUnderWay else { return nil }
            state.isUnderWay = false
            var exchange = exchange
            return converse(&exchange, patience: nil, &state)
        }
        // The one that is under way stands in the queue already.
        guard let answer else { return queue.async { self.finish(exchange) } }
        exchange.continuation.resume(with: answer)
    }

    /// Sends the frame and handles what comes back until the answer, the plugin's end or the deadline;
    /// nil when there is none of these until `patience` ends.
    private func converse(
        _ exchange: inout Exchange, patience: ContinuousClock.Instant?, _ state: inout State
    ) -> Result<Data, Failure>? {
        let answer: Data?
        do throws(Failure) {
            if exchange.deadline == nil { try send(&exchange, &state) }
            answer = try self.answer(&exchange, patience, &state)
        } catch {
            report(exchange, state)
            return .failure(error)
        }
        guard let answer else { return nil }
        report(exchange, state)
        return .success(answer)
    }

    private func report(_ exchange: Exchange, _ state: State) {
        if !state.printed.all.isEmpty { exchange.onReport(.printed(state.printed.all)) }
    }

    private func send(_ exchange: inout Exchange, _ state: inout State) throws(Failure) {
        state.printed = PrintedText()
        (state.lines, state.reported) = (0, 0)
        guard !state.over else { throw plugin.failure("it has ended and cannot be asked", exchange.operation) }
        let deadline = ContinuousClock.now + exchange.limits.deadline
        exchange.deadline = deadline
        guard link.send(exchange.frame, until: deadline) else { throw end(.gone, exchange.operation, &state) }
    }

    private func answer(
        _ exchange: inout Exchange, _ patience: ContinuousClock.Instant?, _ state: inout State
    ) throws(Failure) -> Data? {
        let (operation, limits, clock) = (exchange.operation, exchange.limits, ContinuousClock())
        guard var deadline = exchange.deadline else { return nil }
        defer { exchange.deadline = deadline }
        while true {
            do {
                if let answer = try takeAnswer(to: exchange, &state) { return answer }
            } catch {
                throw error.endsConversation ? end(.said(error.failure), operation, &state) : error.failure
            }
            if let patience, clock.now >= patience { return nil }
            if exchange.stopped == nil, cancelled.load(ordering: .relaxed) {
                exchange.stopped = plugin.interruption(operation)
            } else if exchange.stopped == nil, clock.now >= deadline {
                exchange.stopped = plugin.failure(
                    "it did not finish in \(limits.deadline.inSeconds)\(link.fateAfterDeadline)", operation, .deadline,
                    hint: plugin.reportHint)
            } else if let stopped = exchange.stopped, clock.now >= deadline {
                throw end(.said(stopped), operation, &state)
            } else {
                switch link.receive(until: min(deadline, patience ?? deadline), &state.received, &state.printed) {
                case .more: break
                // Reaping may take its time.
                case .closed where patience != nil: return nil
                case .closed: throw end(exchange.stopped.map(Ending.said) ?? .gone, operation, &state)
                }
                if state.printed.count > limits.printed {
                    throw end(
                        .said(
                            plugin.failure("it printed more than \(limits.printed >> 20) MiB and was ended", operation)),
                        operation, &state)
                }
                continue
            }
            deadline = clock.now + limits.grace
            _ = link.send(FrameWriter(kind: RAYF_CANCEL, call: exchange.number).frame, until: deadline)
        }
    }

    private struct AnswerError: Error {
        var failure: Failure
        var endsConversation: Bool
    }

    /// The answer, if the frames received so far hold one.
    private func takeAnswer(to exchange: Exchange, _ state: inout State) throws(AnswerError) -> Data? {
        let (operation, limits, onReport) = (exchange.operation, exchange.limits, exchange.onReport)
        do {
            while var frame = try Frame(taking: &state.received) {
                try count(frame, operation, limits, &state)
                switch Int(frame.kind) {
                case RAYF_LOG:
                    let level = try frame.payload.u8()
                    let text = try frame.payload.text()
                    onReport(.log(.init(rawValue: level) ?? .info, text))
                case RAYF_PROGRESS:
                    _ = try (frame.payload.u64(), frame.payload.u64())
                    onReport(.progress(try frame.payload.text()))
                case RAYF_READY where operation == nil: return Data()
                case RAYF_REFUSED where operation == nil:
                    throw AnswerError(
                        failure: Failure(
                            .plugin, "plugin `\(plugin.id)` cannot be used", cause: try frame.payload.text(),
                            hint: "install a release of the plugin that fits this ray"),
                        endsConversation: true)
                case RAYF_RESULT where operation != nil && frame.call == exchange.number:
                    let status = try frame.payload.u32()
                    let result = try frame.payload.bytes()
                    let (word, message) = try (frame.payload.text(), frame.payload.text())
                    if status == 0 { return result }
                    let failure =
                        status == 2
                        ? plugin.interruption(operation)
                        : plugin.failure(message, operation, ofClass: word)
                    throw AnswerError(failure: failure, endsConversation: false)
                default: throw MalformedFrame()
                }
            }
            // What was taken would stay in memory as long as something follows.
            state.received = Data(state.received)
            return nil
        } catch let error as AnswerError {
            throw error
        } catch {
            throw AnswerError(
                failure: plugin.failure("it sent something that is no answer", operation), endsConversation: true)
        }
    }

    /// Ends a plugin that has more to report than anyone reads.
    private func count(_ frame: Frame, _ operation: String?, _ limits: Limits, _ state: inout State) throws(AnswerError)
    {
        let kind = Int(frame.kind)
        guard kind == RAYF_LOG || kind == RAYF_PROGRESS else { return }
        state.reported += frame.payload.rest.count
        if kind == RAYF_LOG { state.lines += 1 }
        let excess =
            state.lines > limits.lines
            ? "it logged more than \(limits.lines) lines"
            : state.reported > limits.reported ? "it reported more than \(limits.reported >> 20) MiB" : nil
        guard let excess else { return }
        throw AnswerError(
            failure: plugin.failure(excess + link.fateAfterDeadline, operation), endsConversation: true)
    }

    private enum Ending {
        /// The other side is closed without an answer.
        case gone
        case said(Failure)
    }

    /// Ends the plugin and says why, with the last that it printed.
    private func end(_ ending: Ending, _ operation: String?, _ state: inout State) -> Failure {
        state.over = true
        var failure: Failure
        switch ending {
        case .gone:
            failure = plugin.failure(link.end(politely: true), operation)
        case .said(let said):
            _ = link.end(politely: false)
            failure = said
        }
        link.drain(into: &state.printed)
        if !failure.diagnostics.isEmpty, failure.diagnostics[0].cause == nil {
            failure.diagnostics[0].cause = state.printed.lastLines
        }
        return failure
    }
}
