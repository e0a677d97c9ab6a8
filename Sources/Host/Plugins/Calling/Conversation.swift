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
    }

    let plugin: Plugin
    private let link: any PluginLink
    private let queue: DispatchQueue
    private let cancelled = Atomic<Bool>(false)
    private let state = Mutex(State())

    /// Touched only on `queue`; the lock is for the compiler.
    private struct State {
        var received = Data()
        var printed = PrintedText()
        var calls: UInt32 = 0
        var over = false
    }

    init(_ plugin: Plugin, over link: any PluginLink) {
        self.plugin = plugin
        self.link = link
        queue = DispatchQueue(label: "plugin \(plugin.id)")
    }

    /// Hands over the manifest's operations and waits until the plugin is ready.
    func open(onReport: @escaping @Sendable (PluginReport) -> Void = { _ in }) async throws {
        var frame = FrameWriter(kind: RAYF_OPEN)
        frame.text(plugin.id)
        frame.text(plugin.manifest.version)
        frame.u32(UInt32(plugin.manifest.operations.count))
        for (name, operation) in plugin.manifest.operations.sorted(by: { $0.key < $1.key }) {
            frame.text(name)
            frame.text(operation.signature)
        }
        _ = try await exchange(frame.frame, during: nil, Limits(deadline: .seconds(10)), onReport: onReport)
    }

    /// Calls an operation and returns the bytes of its result.
    func call(
        _ operation: String, _ arguments: PluginArguments, _ limits: Limits,
        onReport: @escaping @Sendable (PluginReport) -> Void
    ) async throws -> Data {
        let number = state.withLock { state in
            state.calls += 1
            return state.calls
        }
        var frame = FrameWriter(kind: RAYF_CALL, call: number)
        frame.text(operation)
        frame.u64(UInt64(limits.deadline / .milliseconds(1)))
        frame.u64(UInt64(limits.result))
        frame.u32(UInt32(arguments.values.count))
        for (name, value) in arguments.values {
            frame.text(name)
            frame.u8(UInt8(value == nil ? RAYF_ABSENT : RAYF_PRESENT))
            frame.bytes(value ?? Data())
        }
        return try await exchange(frame.frame, during: operation, limits, onReport: onReport)
    }

    /// Lets the plugin stop, and reaps its helper.
    func close() async {
        await withCheckedContinuation { continuation in
            queue.async {
                self.state.withLock { state in
                    if !state.over {
                        state.over = true
                        _ = self.link.send(FrameWriter(kind: RAYF_CLOSE).frame, until: .now + .milliseconds(100))
                        _ = self.link.end(politely: true)
                    }
                }
                continuation.resume()
            }
        }
    }

    /// Runs one exchange on the queue, since it blocks.
    private func exchange(
        _ frame: Data, during operation: String?, _ limits: Limits, onReport: @escaping @Sendable (PluginReport) -> Void
    ) async throws -> Data {
        cancelled.store(false, ordering: .relaxed)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                queue.async {
                    let result = self.state.withLock { state in
                        Result { () throws(Failure) in
                            try self.converse(frame, operation, limits, onReport, &state)
                        }
                    }
                    continuation.resume(with: result)
                }
            }
        } onCancel: {
            cancelled.store(true, ordering: .relaxed)
        }
    }

    /// Sends a frame and handles what comes back until the answer, the plugin's end or the deadline.
    private func converse(
        _ frame: Data, _ operation: String?, _ limits: Limits, _ onReport: (PluginReport) -> Void, _ state: inout State
    ) throws(Failure) -> Data {
        guard !state.over else { throw plugin.failure("it has ended and cannot be asked", operation) }
        state.printed = PrintedText()
        defer { if !state.printed.all.isEmpty { onReport(.printed(state.printed.all)) } }
        let clock = ContinuousClock()
        var deadline = clock.now + limits.deadline
        var stopped: Failure?
        guard link.send(frame, until: deadline) else { throw end(.gone, operation, &state) }
        while true {
            do {
                if let answer = try takeAnswer(operation, onReport, &state) { return answer }
            } catch {
                throw error.endsConversation ? end(.said(error.failure), operation, &state) : error.failure
            }
            if stopped == nil, cancelled.load(ordering: .relaxed) {
                stopped = plugin.interruption(operation)
            } else if stopped == nil, clock.now >= deadline {
                stopped = plugin.failure(
                    "it did not finish in \(limits.deadline.inSeconds)\(link.fateAfterDeadline)", operation, .deadline,
                    hint: plugin.reportHint)
            } else if let stopped, clock.now >= deadline {
                throw end(.said(stopped), operation, &state)
            } else {
                switch link.receive(until: deadline, &state.received, &state.printed) {
                case .more: break
                case .closed: throw end(stopped.map(Ending.said) ?? .gone, operation, &state)
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
            _ = link.send(FrameWriter(kind: RAYF_CANCEL, call: state.calls).frame, until: deadline)
        }
    }

    private struct AnswerError: Error {
        var failure: Failure
        var endsConversation: Bool
    }

    /// The answer, if the frames received so far hold one.
    private func takeAnswer(
        _ operation: String?, _ onReport: (PluginReport) -> Void, _ state: inout State
    ) throws(AnswerError) -> Data? {
        do {
            while var frame = try Frame(taking: &state.received) {
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
                case RAYF_RESULT where operation != nil && frame.call == state.calls:
                    let status = try frame.payload.u32()
                    let result = try frame.payload.bytes()
                    let (word, message) = try (frame.payload.text(), frame.payload.text())
                    if status == 0 { return result }
                    let failure =
                        status == 2
                        ? plugin.interruption(operation)
                        : plugin.failure(message, operation, ErrorClass(rawValue: word) ?? .plugin)
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
