import FoundationEssentials
import Glibc

/// What a plugin says while it works.
enum PluginReport: Sendable {
    /// The levels of rayp_log_level_t.
    enum Level: UInt8, Sendable {
        case debug, info, warning, error
    }

    case progress(String)
    case log(Level, String)
    /// What it printed in one call.
    case printed(Data)
}

extension Plugin {
    /// A failure of `operation`, or of loading where there is none.
    ///
    /// What is the plugin's own fault is for its author to hear.
    func failure(
        _ why: String, _ operation: String?, _ errorClass: ErrorClass = .plugin, cause: String? = nil,
        hint: String? = nil
    ) -> Failure {
        Failure(
            errorClass, "plugin `\(id)` failed \(operation.map { "in `\($0)`" } ?? "while loading"): \(why)",
            cause: cause,
            hint: hint ?? (errorClass == .plugin ? reportHint : nil))
    }

    /// The failure of an operation, of the class that the plugin named.
    func failure(_ why: String, _ operation: String?, ofClass word: String) -> Failure {
        let (errorClass, repetition): (ErrorClass, Diagnostic.Repetition?) =
            switch word {
            case "throttle": (.quota, .again)
            case "transient": (.network, .again)
            case "ambiguous": (.unreachable, .afterFinding)
            case "invalid": (.input, nil)
            default: (ErrorClass(rawValue: word) ?? .plugin, nil)
            }
        var failure = failure(why, operation, errorClass)
        failure.diagnostics[0].repetition = repetition
        return failure
    }

    /// The failure of an operation that has answered something else than the contract says.
    func wrongShape(ofAnswerTo operation: String, _ cause: String) -> Failure {
        failure("its answer has a shape that is not in the contract", operation, cause: cause)
    }

    /// How long an operation may take.
    func deadline(of operation: String) -> Duration {
        .bounded(seconds: manifest.operations[operation]?.deadline ?? 30)
    }

    var reportHint: String { "report it to the author of `\(id)` \(manifest.version), which is in `\(folder)`" }

    func interruption(_ operation: String?) -> Failure {
        Failure(
            .cancelled, "plugin `\(id)` was interrupted \(operation.map { "in `\($0)`" } ?? "while loading")",
            hint: "run the same command again to go on from here")
    }
}

extension Error {
    /// What a value that could not be decoded lacks, without the dump of Swift types.
    var sentence: String {
        switch self as? DecodingError {
        case .keyNotFound(let key, let context)?:
            "`\(Self.pointer(context.codingPath + [key]))` is missing"
        case .typeMismatch(_, let context)?, .valueNotFound(_, let context)?, .dataCorrupted(let context)?:
            (context.codingPath.isEmpty ? "" : "`\(Self.pointer(context.codingPath))`: ") + context.debugDescription
        default: "\(self)"
        }
    }

    private static func pointer(_ path: [any CodingKey]) -> String {
        path.map { "/\($0.intValue.map(String.init) ?? $0.stringValue)" }.joined()
    }
}

/// How a helper ended, as what its plugin did.
func describe(waitStatus status: Int32) -> String {
    let signal = status & 0x7f
    if signal == 0 { return "it exited with status \(status >> 8 & 0xff) without an answer" }
    let names = [
        SIGABRT: "SIGABRT", SIGSEGV: "SIGSEGV", SIGBUS: "SIGBUS", SIGILL: "SIGILL", SIGFPE: "SIGFPE",
        SIGKILL: "SIGKILL", SIGTRAP: "SIGTRAP",
    ]
    return "it crashed (\(names[signal] ?? "signal \(signal)"))"
}

extension Duration {
    /// A time that a plugin asks for, between a millisecond and a hundred days.
    package static func bounded(seconds: Double) -> Duration { .seconds(min(max(seconds, 0.001), 8_640_000)) }

    /// This duration as people say it: "1 s", "0.5 s", "2 min".
    package var inSeconds: String {
        let seconds = self / .seconds(1)
        if seconds >= 120, seconds.truncatingRemainder(dividingBy: 60) == 0 { return "\(Int(seconds / 60)) min" }
        if seconds == seconds.rounded() { return "\(Int(seconds)) s" }
        return "\((seconds * 10).rounded() / 10) s"
    }
}
