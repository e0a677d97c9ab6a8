extension Diagnostic {
    /// The error as programs read it.
    ///
    /// Its members are `severity`, `class` and `message`, and where they are known `file`, `line`,
    /// `column`, `cause` and `hint`.
    package var json: JSONValue {
        var members: [String: JSONValue] = [
            "severity": .string(severity.rawValue), "class": .string(errorClass.rawValue),
            "message": .string(message),
        ]
        members["file"] = place.map { .string($0.file) }
        members["line"] = place?.line.map { .int(Int64($0)) }
        members["column"] = place?.column.map { .int(Int64($0)) }
        members["cause"] = cause.map(JSONValue.string)
        members["hint"] = hint.map(JSONValue.string)
        return .object(members)
    }
}
