import Dispatch
import FoundationEssentials
import Glibc
import PluginRuntime
import Synchronization

/// A plugin inside this very process, on a thread of its own: the same runtime as in the helper, and
/// the same frames.
///
/// Only for plugins that the user has granted it: nothing protects the program from them.
final class InProcessPlugin: PluginLink {
    private struct State {
        var frames: [Data] = []
        var emitted = Data()
        var runtime: Runtime?
        var hasEnded = false
        /// Nobody listens any more.
        var isAbandoned = false
    }

    /// Unchecked: the pointer is used on the plugin's thread, but for cancelling, which any may do.
    private struct Runtime: @unchecked Sendable {
        let pointer: OpaquePointer
    }

    private let library: Int32
    private let state = Mutex(State())
    private let work = DispatchSemaphore(value: 0)
    private let news = DispatchSemaphore(value: 0)

    /// Starts the thread; the library is the one that `library` has open now.
    init(library descriptor: Int32) throws(Failure) {
        library = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
        guard library >= 0 else { throw Failure(system: errno, "cannot start a plugin") }
        var thread = pthread_t()
        let context = Unmanaged.passRetained(self).toOpaque()
        let code = pthread_create(
            &thread, nil,
            { context in
                guard let context else { return nil }
                Unmanaged<InProcessPlugin>.fromOpaque(context).takeRetainedValue().serve()
                return nil
            }, context)
        guard code == 0 else {
            Unmanaged<InProcessPlugin>.fromOpaque(context).release()
            throw Failure(system: code, "cannot start a plugin")
        }
        pthread_detach(thread)
    }

    deinit { close(library) }

    var fateAfterDeadline: String { "; it runs inside ray, where nothing can stop it" }

    func send(_ frame: Data, until deadline: ContinuousClock.Instant) -> Bool {
        var bytes = frame
        guard let parsed = try? Frame(taking: &bytes) else { return false }
        state.withLock { state in
            if Int(parsed.kind) == RAYF_CANCEL {
                if let runtime = state.runtime { ray_runtime_cancel(runtime.pointer, parsed.call) }
            } else {
                state.frames.append(frame)
            }
        }
        work.signal()
        return true
    }

    func receive(
        until deadline: ContinuousClock.Instant, _ frames: inout Data, _ printed: inout PrintedText
    ) -> Reception {
        let left = max(.zero, min(deadline - .now, .milliseconds(100)))
        _ = news.wait(timeout: .now() + .microseconds(Int(left / .microseconds(1))))
        return state.withLock { state in
            frames.append(state.emitted)
            let isOver = state.hasEnded && state.emitted.isEmpty
            state.emitted = Data()
            return isOver ? .closed : .more
        }
    }

    /// What it prints goes where this program prints.
    func drain(into printed: inout PrintedText) {}

    func end(politely: Bool) -> String {
        // Whenever the plugin returns, its thread ends.
        state.withLock { $0.frames.append(FrameWriter(kind: RAYF_CLOSE).frame) }
        work.signal()
        state.withLock { $0.isAbandoned = true }
        for _ in 0..<50 where !state.withLock(\.hasEnded) { usleep(1000) }
        return "it ended without an answer"
    }

    /// Whether the plugin goes on although nobody waits for it.
    var isLeftBehind: Bool { !state.withLock(\.hasEnded) }

    /// The plugin's thread: one frame after the other, until the last.
    private func serve() {
        while true {
            work.wait()
            let frame = state.withLock { $0.frames.isEmpty ? nil : $0.frames.removeFirst() }
            guard var bytes = frame else { continue }
            guard let parsed = try? Frame(taking: &bytes), handle(parsed) else { break }
        }
        state.withLock { $0.hasEnded = true }
        news.signal()
    }

    /// Returns whether more frames may follow.
    private func handle(_ frame: Frame) -> Bool {
        let payload = [UInt8](frame.payload.rest)
        let runtime = state.withLock(\.runtime)
        switch Int(frame.kind) {
        case RAYF_OPEN where runtime == nil:
            let opened = ray_runtime_open(
                library, payload, payload.count,
                { context, frame, size in
                    guard let context, let frame else { return }
                    Unmanaged<InProcessPlugin>.fromOpaque(context).takeUnretainedValue()
                        .emit(UnsafeBufferPointer(start: frame, count: size))
                }, Unmanaged.passUnretained(self).toOpaque())
            state.withLock { $0.runtime = opened.map(Runtime.init) }
            return opened != nil
        case RAYF_CALL:
            guard let runtime else { return false }
            ray_runtime_call(runtime.pointer, frame.call, payload, payload.count)
            return true
        default:
            if let runtime {
                state.withLock { $0.runtime = nil }
                ray_runtime_close(runtime.pointer)
            }
            return false
        }
    }

    private func emit(_ frame: UnsafeBufferPointer<UInt8>) {
        state.withLock { if !$0.isAbandoned { $0.emitted.append(contentsOf: frame) } }
        news.signal()
    }
}
