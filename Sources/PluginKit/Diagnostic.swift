/// A position in a file of the project.
public struct Place: Sendable, Hashable, Codable {
    /// The absolute path of the file, on the machine that runs the plugin.
    public var file: String
    /// The line, counted from 1; nil for the file as a whole.
    public var line: Int?
    /// The column in characters, counted from 1; nil for the line as a whole.
    public var column: Int?

    /// A position; without a line it stands for the whole file.
    public init(file: String, line: Int? = nil, column: Int? = nil) {
        self.file = file
        self.line = line
        self.column = column
    }
}

/// One thing to tell the user: what is wrong, where, and what to do about it.
public struct Diagnostic: Sendable, Hashable, Codable {
    /// Whether the work can go on.
    public enum Severity: String, Sendable, Hashable, Codable {
        case error, warning
    }

    /// Whether the work can go on.
    public var severity: Severity
    /// The kind of what is wrong.
    public var errorClass: ErrorClass
    /// One sentence, lower-case, without a full stop, names in back-ticks.
    public var message: String
    /// Why, where that takes more than the sentence, as the words of a tool; nil otherwise.
    public var cause: String?
    /// What to do next; nil where it is plain.
    public var hint: String?
    /// The file it is in; nil where it is in none.
    public var file: String?
    /// The line in `file`, counted from 1.
    public var line: Int?
    /// The column in characters, counted from 1.
    public var column: Int?
    /// Whether trying again cannot help, although it is of class `network`; nil for what the class says.
    public var isPermanent: Bool?

    private enum CodingKeys: String, CodingKey {
        case severity, errorClass = "class", message, cause, hint, file, line, column, isPermanent = "permanent"
    }

    /// A diagnostic of this class, an error unless told otherwise.
    public init(
        _ errorClass: ErrorClass, _ message: String, at place: Place? = nil, cause: String? = nil,
        hint: String? = nil, severity: Severity = .error, isPermanent: Bool? = nil
    ) {
        self.isPermanent = isPermanent
        self.severity = severity
        self.errorClass = errorClass
        self.message = message
        self.cause = cause
        self.hint = hint
        file = place?.file
        line = place?.line
        column = place?.column
    }
}
