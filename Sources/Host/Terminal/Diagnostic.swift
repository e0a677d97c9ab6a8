/// The kind of a failure, one word that a person and a program can both act on.
package enum ErrorClass: String, Sendable, Codable, CaseIterable {
    case usage, input, conflict, plugin
    case toolMissing = "tool-missing"
    case unsatisfiable, hash
    case lockStale = "lock-stale"
    case network, auth, quota, capacity, disk
    case buildFailed = "build-failed"
    case verifyFailed = "verify-failed"
    case unreachable, deadline, cancelled, `internal`
}

/// A position in a file; line and column count from 1, the column in characters.
package struct Place: Sendable, Hashable, Codable {
    package var file: String
    package var line: Int?
    package var column: Int?

    package init(file: String, line: Int? = nil, column: Int? = nil) {
        self.file = file
        self.line = line
        self.column = column
    }
}

/// One thing to tell the user: what is wrong, where, why, and what to do about it.
package struct Diagnostic: Sendable, Equatable {
    package enum Severity: String, Sendable, Codable {
        case error, warning
    }

    package var severity: Severity
    package var errorClass: ErrorClass
    /// One sentence without a full stop, lower-case, names in back-ticks.
    package var message: String
    package var place: Place?
    /// Why, in the words of whoever said it: a tool's last lines, the system's error.
    package var cause: String?
    /// What to do next.
    package var hint: String?
    /// Whether trying again cannot help, whatever the class says.
    package var isPermanent = false
    /// How the call of a provider that failed may be made again; nil where it may not.
    package var repetition: Repetition?

    package enum Repetition: Sendable {
        /// It has changed nothing.
        case again
        /// It may have made nodes, which its token finds.
        case afterFinding
    }

    package init(
        _ errorClass: ErrorClass, _ message: String, at place: Place? = nil, cause: String? = nil,
        hint: String? = nil, severity: Severity = .error
    ) {
        self.severity = severity
        self.errorClass = errorClass
        self.message = message
        self.place = place
        self.cause = cause
        self.hint = hint
    }
}

/// The error that Host throws: everything that is wrong, at once.
package struct Failure: Error, Sendable, Equatable {
    package var diagnostics: [Diagnostic]

    package init(_ diagnostics: [Diagnostic]) {
        self.diagnostics = diagnostics
    }

    package init(
        _ errorClass: ErrorClass, _ message: String, at place: Place? = nil, cause: String? = nil,
        hint: String? = nil
    ) {
        self.init([Diagnostic(errorClass, message, at: place, cause: cause, hint: hint)])
    }
}
