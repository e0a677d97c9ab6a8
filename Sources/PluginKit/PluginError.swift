/// The kind of a failure, one word that a person and a program can both act on.
///
/// `throttle`, `invalid`, `transient` and `ambiguous` are for cluster providers only.
public enum ErrorClass: String, Sendable, Hashable, Codable, CaseIterable {
    case usage, input, conflict, plugin
    case toolMissing = "tool-missing"
    case unsatisfiable, hash
    case lockStale = "lock-stale"
    case network, auth, quota, capacity, disk
    case buildFailed = "build-failed"
    case verifyFailed = "verify-failed"
    case unreachable, deadline, cancelled, `internal`
    case throttle, invalid, transient, ambiguous
}

/// Why an operation fails.
///
/// Thrown from an operation, it reaches the host as its class and message.
///
/// What the user got wrong belongs into the `diagnostics` of an answer, where all of it is told at
/// once and with its places; this is for what keeps an operation from answering at all.
public struct PluginError: Error, Sendable, Hashable {
    /// The kind of the failure.
    public var errorClass: ErrorClass
    /// One sentence, lower-case, without a full stop, names in back-ticks.
    public var message: String

    /// An error of this class, with one sentence that says what failed.
    public init(_ errorClass: ErrorClass, _ message: String) {
        self.errorClass = errorClass
        self.message = message
    }
}

extension PluginError {
    /// What the host is told when `error` ends an operation.
    init(reporting error: any Error) {
        switch error {
        case let error as PluginError:
            self = error
        case let error as DecodingError:
            self.init(.plugin, "a value is not what it should be: \(error.sentence)")
        default:
            self.init(.plugin, String(describing: error))
        }
    }
}

extension DecodingError {
    /// Where the value is and what is wrong with it, without the dump that `description` gives.
    fileprivate var sentence: String {
        switch self {
        case .keyNotFound(let key, let context):
            "\(context.pointer(to: key)) is missing"
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
            "\(context.pointer()): \(context.debugDescription)"
        @unknown default:
            String(describing: self)
        }
    }
}

extension DecodingError.Context {
    fileprivate func pointer(to key: (any CodingKey)? = nil) -> String {
        let path = codingPath + (key.map { [$0] } ?? [])
        return path.isEmpty ? "the request" : "`\(path.map { "/\($0.stringValue)" }.joined())`"
    }
}
