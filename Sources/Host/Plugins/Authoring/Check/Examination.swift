import FoundationEssentials
import Glibc
import PluginRuntime

/// A plugin in a helper of its own that is judged rather than used: whatever it does is an answer.
final class Examination {
    /// What the helper does before the plugin is open, and which host it plays.
    struct Terms {
        /// How often to start and stop the plugin first.
        var rounds = 0
        /// The size and the minor version of the host's table; nil for those of today.
        var host: (size: Int, minor: Int)?
        /// Whether calls are made to find out which parameters are read; they have no results.
        var probes = false
        var isExamined = true
    }

    enum Answer: Equatable {
        case ready
        case result(Data)
        case failed(word: String, message: String)
        case cancelled
        /// The runtime does not take the plugin.
        case refused(String)
        /// The process is gone, with this wait status.
        case ended(Int32)
        /// It went on although its time was over and it was told to stop.
        case hung
        /// What it sent was no frame.
        case malformed
    }

    /// What the helper noticed, in order.
    private(set) var notices: [(code: String, text: String)] = []
    /// What the plugin was doing, in the helper's words.
    private(set) var stage = "loading it"
    /// How often it was started and stopped before it was opened.
    private(set) var rounds = 0
    private(set) var printed = Data()
    private let plugin: Plugin
    private let process: HelperProcess
    private var received = Data()
    private var calls: UInt32 = 0
    private var isOver = false

    init(_ plugin: Plugin, program: String, environment: [String: String]) throws(Failure) {
        self.plugin = plugin
        let library = Glibc.open(plugin.library, O_RDONLY | O_CLOEXEC)
        guard library >= 0 else { throw Failure(system: errno, "cannot open `\(plugin.library)`") }
        defer { Glibc.close(library) }
        process = try HelperProcess.start(program: program, library: library, environment: environment)
    }

    deinit {
        if !isOver { _ = process.end(politely: false) }
    }

    /// Loads and starts the plugin.
    func open(_ terms: Terms = Terms()) -> Answer {
        var frame = FrameWriter(kind: terms.isExamined ? RAYF_EXAMINE : RAYF_OPEN)
        if terms.isExamined {
            frame.u32(UInt32(terms.rounds))
            frame.u32(UInt32(terms.host?.size ?? 0))
            frame.u32(UInt32(terms.host?.minor ?? 0))
            frame.u32(terms.probes ? 1 : 0)
        }
        frame.describe(plugin)
        return exchange(frame.frame, deadline: .seconds(3))
    }

    /// Calls an operation; `cancelled` has the cancel arrive before it.
    func call(
        _ operation: String, _ arguments: PluginArguments, deadline: Duration = .seconds(2), cancelled: Bool = false
    ) -> Answer {
        calls += 1
        stage = "`\(operation)`"
        var frame = FrameWriter(kind: RAYF_CALL, call: calls)
        frame.ask(operation, arguments, deadline: deadline, largestResult: 16 << 20)
        let cancel = cancelled ? FrameWriter(kind: RAYF_CANCEL, call: calls).frame : Data()
        return exchange(cancel + frame.frame, deadline: deadline)
    }

    /// Stops the plugin and waits until its helper has told everything; nil when it ended as it should.
    func close() -> Answer? {
        guard !isOver else { return nil }
        stage = "its stop"
        let answer = exchange(FrameWriter(kind: RAYF_CLOSE).frame, deadline: .seconds(2))
        return answer == .ended(0) ? nil : answer
    }

    private func exchange(_ frame: Data, deadline: Duration) -> Answer {
        guard !isOver else { return .malformed }
        let clock = ContinuousClock()
        var end = clock.now + deadline
        var isStopped = false
        var rest = frame
        while true {
            do { if let answer = try takeAnswer() { return answer } } catch { return finish(.malformed) }
            // Whoever asked does not want to know any more.
            if Task.isCancelled { return finish(.hung) }
            if clock.now >= end {
                guard !isStopped else { return finish(.hung) }
                isStopped = true
                end = clock.now + .milliseconds(500)
                rest += FrameWriter(kind: RAYF_CANCEL, call: calls).frame
            }
            if !transfer(&rest, until: end) { return finish(nil) }
        }
    }

    /// Ends the helper; without an answer, what became of the helper is it.
    private func finish(_ answer: Answer?) -> Answer {
        isOver = true
        let status = process.reap(politely: answer == nil).status
        while drainOutput() {}
        return answer ?? .ended(status)
    }

    /// Sends and receives what can be; false at the end of the stream.
    private func transfer(_ rest: inout Data, until end: ContinuousClock.Instant) -> Bool {
        let left = max(.zero, min(end - .now, .milliseconds(100)))
        var waiting = [
            pollfd(fd: process.socket, events: Int16(rest.isEmpty ? POLLIN : POLLIN | POLLOUT), revents: 0),
            pollfd(fd: process.output, events: Int16(POLLIN), revents: 0),
        ]
        guard poll(&waiting, 2, Int32((left / .milliseconds(1)).rounded(.up))) > 0 else { return true }
        if waiting[1].revents & Int16(POLLIN) != 0 { _ = drainOutput() }
        if waiting[0].revents & Int16(POLLOUT) != 0 {
            let sent = rest.withUnsafeBytes { send(process.socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            if sent > 0 { rest = Data(rest.dropFirst(sent)) }
        }
        guard waiting[0].revents & Int16(POLLIN | POLLHUP | POLLERR) != 0 else {
            // The output may be closed long before the socket: then there is nothing to poll for.
            if waiting[0].revents == 0, waiting[1].revents & Int16(POLLIN) == 0 { usleep(1000) }
            return true
        }
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let count = read(process.socket, &buffer, buffer.count)
        if count > 0 { received.append(contentsOf: buffer[..<count]) }
        return count > 0 || count < 0 && (errno == EAGAIN || errno == EINTR)
    }

    private func drainOutput() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let count = read(process.output, &buffer, buffer.count)
        guard count > 0 else { return false }
        if printed.count < 1 << 16 { printed.append(contentsOf: buffer[..<count]) }
        return true
    }

    private func takeAnswer() throws(MalformedFrame) -> Answer? {
        while var frame = try Frame(taking: &received) {
            switch Int(frame.kind) {
            case RAYF_LOG, RAYF_PROGRESS: continue
            case RAYF_FINDING:
                let (code, text) = try (frame.payload.text(), frame.payload.text())
                switch code {
                case "stage": stage = text
                case "rounds": rounds = Int(text) ?? 0
                default: notices.append((code, text))
                }
            case RAYF_READY: return .ready
            case RAYF_REFUSED: return .refused(try frame.payload.text())
            case RAYF_RESULT where frame.call == calls:
                let (status, result) = try (frame.payload.u32(), frame.payload.bytes())
                let (word, message) = try (frame.payload.text(), frame.payload.text())
                switch status {
                case 0: return .result(result)
                case 2: return .cancelled
                default: return .failed(word: word, message: message)
                }
            default: throw MalformedFrame()
            }
        }
        return nil
    }
}
