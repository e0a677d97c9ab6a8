import PluginAPI

/// The call that an operation is serving: its log, its progress and its time.
///
/// Valid until the operation returns; until then it may be used from any thread.
public struct Call: Sendable {
    /// How much a line of the log matters.
    public enum Level: Sendable, Hashable {
        case debug, info, warning, error
    }

    private let host: Shared<UnsafePointer<rayp_host_t>>?
    private let op: Shared<OpaquePointer>?

    init(host: Shared<UnsafePointer<rayp_host_t>>, op: OpaquePointer) {
        self.host = host
        self.op = Shared(op)
    }

    private init() {
        host = nil
        op = nil
    }

    /// A call that nobody serves, for tests of operations: it is never cancelled and has no end.
    public static let unobserved = Call()

    /// Adds a line to the log of this call.
    ///
    /// Does not block on the host's user.
    public func log(_ text: String, _ level: Level = .info) {
        guard let host = host?.value.pointee, let op else { return }
        withBytes(of: text) { host.log(op.value, level.code, $0, $1) }
    }

    /// Reports that `done` of `total` units of work are done, where `total` is 0 if it is not
    /// known; `text` says what is being done.
    public func progress(_ done: Int, of total: Int = 0, _ text: String = "") {
        guard let host = host?.value.pointee, let op else { return }
        withBytes(of: text) { host.progress(op.value, UInt64(max(0, done)), UInt64(max(0, total)), $0, $1) }
    }

    /// Whether the operation should stop soon.
    ///
    /// One that does not ask is ended by force a little after its deadline.
    public var isCancelled: Bool {
        guard let host = host?.value.pointee, let op else { return false }
        return host.cancelled(op.value) != 0
    }

    /// Throws `CancellationError` when the operation should stop; the host then takes the call as
    /// cancelled, not as failed.
    public func checkCancellation() throws {
        if isCancelled { throw CancellationError() }
    }

    /// The time until the deadline of this call; zero when it has passed.
    public var remaining: Duration {
        guard let host = host?.value.pointee, let op else { return .seconds(3600) }
        return .milliseconds(host.remaining_ms(op.value))
    }

    /// Tells the host why the call fails, and gives the status to return.
    func fail(_ error: PluginError) -> rayp_status_t {
        guard let host = host?.value.pointee, let op else { return .init(RAYP_FAILED) }
        return withBytes(of: error.message) { host.fail(op.value, error.errorClass.rawValue, $0, $1) }
    }

    private func withBytes<Result>(of text: String, _ body: (UnsafePointer<CChar>, UInt64) -> Result) -> Result {
        text.withCString { body($0, UInt64(text.utf8.count)) }
    }
}

extension Call.Level {
    fileprivate var code: rayp_log_level_t {
        switch self {
        case .debug: .init(RAYP_LOG_DEBUG)
        case .info: .init(RAYP_LOG_INFO)
        case .warning: .init(RAYP_LOG_WARNING)
        case .error: .init(RAYP_LOG_ERROR)
        }
    }
}
