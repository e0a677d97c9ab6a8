extension Diagnostic {
    /// This diagnostic for programs: every key is always there, null where there is nothing to say.
    package var json: JSONValue {
        func text(_ text: String?) -> JSONValue { text.map(JSONValue.string) ?? .null }
        func number(_ number: Int?) -> JSONValue { number.map { .int(Int64($0)) } ?? .null }
        return [
            "severity": .string(severity.rawValue), "class": .string(errorClass.rawValue),
            "message": .string(message), "file": text(place?.file), "line": number(place?.line),
            "column": number(place?.column), "cause": text(cause), "hint": text(hint),
        ]
    }
}
