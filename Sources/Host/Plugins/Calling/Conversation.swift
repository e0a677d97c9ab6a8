import Dispatch
import FoundationEssentials
import Glibc
import PluginAPI
import PluginRuntime
import Synchronization

/// One plugin in its helper, and the calls made to it, one after the other.
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
    private let process: HelperProcess
    private let queue: DispatchQueue
    private let cancelled = Atomic<Bool>(false)
    private let state = Mutex(State())

    /// Touched only on `queue`; the lock is for the compiler.
    private struct State {
        var received = Data()
        var printed = Data()
        var printedCount = 0
        var calls: UInt32 = 0
        var over = false
    }

    init(_ plugin: Plugin, process: HelperProcess) {
        self.plugin = plugin
        self.process = process
        queue = DispatchQueue(label: "plugin \(plugin.id)")
    }

    /// Hands over the manifest's operations and waits until the plugin is ready.
    func open() async throws {
        var frame = FrameWriter(kind: RAYF_OPEN)
        frame.text(plugin.id)
        frame.text(plugin.manifest.version)
        frame.u32(UInt32(plugin.manifest.operations.count))
        for (name, operation) in plugin.manifest.operations.sorted(by: { $0.key < $1.key }) {
            frame.text(name)
            frame.text(operation.signature)
        }
        _ = try await exchange(frame.frame, during: nil, Limits(deadline: .seconds(10)), onReport: { _ in })
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
                        _ = self.send(FrameWriter(kind: RAYF_CLOSE).frame, until: .now + .milliseconds(100))
                        _ = self.process.end(politely: true)
                        self.process.closeDescriptors()
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
        state.printedCount = 0
        state.printed = Data()
        let clock = ContinuousClock()
        var deadline = clock.now + limits.deadline
        var stopped: Failure?
        guard send(frame, until: deadline) else { throw end(.gone, operation, &state) }
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
                    "it did not finish in \(limits.deadline.inSeconds) and was ended", operation, .deadline,
                    hint: plugin.reportHint)
            } else if let stopped, clock.now >= deadline {
                throw end(.said(stopped), operation, &state)
            } else {
                switch receive(until: deadline, &state) {
                case .more: break
                case .closed: throw end(stopped.map(Ending.said) ?? .gone, operation, &state)
                }
                if state.printedCount > limits.printed {
                    throw end(
                        .said(
                            plugin.failure("it printed more than \(limits.printed >> 20) MiB and was ended", operation)),
                        operation, &state)
                }
                continue
            }
            deadline = clock.now + limits.grace
            _ = send(FrameWriter(kind: RAYF_CANCEL, call: state.calls).frame, until: deadline)
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
                    if Int32(level) >= Int32(RAYP_LOG_WARNING) { onReport(.warning(text)) }
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
            return nil
        } catch let error as AnswerError {
            throw error
        } catch {
            throw AnswerError(
                failure: plugin.failure("it sent something that is no answer", operation), endsConversation: true)
        }
    }

    private enum Ending {
        /// The helper closed its end without an answer.
        case gone
        case said(Failure)
    }

    /// Ends the helper and says why, with the last that the plugin printed.
    private func end(_ ending: Ending, _ operation: String?, _ state: inout State) -> Failure {
        state.over = true
        let status: Int32
        var failure: Failure
        switch ending {
        case .gone:
            status = process.end(politely: true)
            failure = plugin.failure(describe(waitStatus: status), operation)
        case .said(let said):
            _ = process.end(politely: false)
            failure = said
        }
        _ = drainOutput(&state)
        let last = String(decoding: state.printed.suffix(2000), as: UTF8.self)
            .split(whereSeparator: \.isNewline).suffix(5).joined(separator: "\n")
        if !failure.diagnostics.isEmpty, failure.diagnostics[0].cause == nil, !last.isEmpty, last.utf8.count < 1000 {
            failure.diagnostics[0].cause = last
        }
        process.closeDescriptors()
        return failure
    }

    private enum Reception { case more, closed }

    /// Waits for bytes of the socket or of what the plugin prints, a tenth of a second at most, so
    /// that a cancel is noticed.
    private func receive(until deadline: ContinuousClock.Instant, _ state: inout State) -> Reception {
        let left = max(.zero, min(deadline - .now, .milliseconds(100)))
        var waiting = [
            pollfd(fd: process.socket, events: Int16(POLLIN), revents: 0),
            pollfd(fd: process.output, events: Int16(POLLIN), revents: 0),
        ]
        guard poll(&waiting, 2, Int32((left / .milliseconds(1)).rounded(.up))) > 0 else { return .more }
        if waiting[1].revents & Int16(POLLIN) != 0 { _ = drainOutput(&state) }
        guard waiting[0].revents != 0 else {
            // The output may be closed long before the socket: then there is nothing to poll for.
            if waiting[1].revents & Int16(POLLIN) == 0 { usleep(1000) }
            return .more
        }
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let count = read(process.socket, &buffer, buffer.count)
        if count > 0 {
            state.received.append(contentsOf: buffer[..<count])
            return .more
        }
        return count < 0 && (errno == EAGAIN || errno == EINTR) ? .more : .closed
    }

    private func drainOutput(_ state: inout State) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let count = read(process.output, &buffer, buffer.count)
        guard count > 0 else { return false }
        state.printedCount += count
        state.printed.append(contentsOf: buffer[..<count])
        state.printed = Data(state.printed.suffix(4096))
        return true
    }

    /// Writes all of `data`, as far as the helper takes it before `deadline`.
    private func send(_ data: Data, until deadline: ContinuousClock.Instant) -> Bool {
        var rest = data
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes {
                Glibc.send(process.socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if sent > 0 {
                rest = rest.dropFirst(sent)
            } else if errno == EAGAIN, ContinuousClock.now < deadline {
                var waiting = pollfd(fd: process.socket, events: Int16(POLLOUT), revents: 0)
                _ = poll(&waiting, 1, 100)
            } else if errno != EINTR {
                return false
            }
        }
        return true
    }
}
