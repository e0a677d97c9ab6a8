/// A JSON Schema (2020-12) that every value of a YAML file can be held against.
///
/// It knows the keywords that refuse values, `$ref` to `#/$defs/…`, and ignores annotations. Two
/// annotations of ours give its messages words: `x-expected` (what a value must be, as in "a path")
/// and `x-refusal` (what a value that fits `not` does wrong, as in "cannot have both").
package struct JSONSchema: Sendable {
    let root: SchemaRule
    let definitions: [String: SchemaRule]

    /// Loads the schema at `pointer` of a document, against whose root its references resolve.
    ///
    /// Throws every error at once, with class `plugin`: a keyword that is not known would do nothing.
    package init(
        _ document: JSONValue, at pointer: String = "", called name: String = "the schema"
    ) throws(Failure) {
        var loader = SchemaLoader(document: document, name: name)
        root = loader.rule(at: pointer)
        definitions = loader.loadReferences()
        guard loader.diagnostics.isEmpty else { throw Failure(loader.diagnostics) }
    }

    /// Everything in which a value differs from the schema, in the order of the file.
    ///
    /// `subject` are the words for the whole file, as in "the project file"; `path` is where in it
    /// the value stands.
    package func findings(
        in node: YAMLNode, of subject: String, path: DocumentPath = DocumentPath()
    ) -> [SchemaFinding] {
        let check = SchemaCheck(definitions: definitions, subject: subject)
        var seen: [SchemaFinding] = []
        for finding in check.findings(in: node, at: path, by: root) where !seen.contains(finding) {
            seen.append(finding)
        }
        return seen.sorted { $0.diagnostic.precedes($1.diagnostic) }
    }
}

/// One difference between a value and its schema.
package struct SchemaFinding: Sendable, Equatable {
    /// What kind of difference it is, for those who know better words.
    package enum Kind: Sendable, Equatable {
        /// A key that the mapping at `path` must not have.
        case unknownKey(YAMLEntry)
        case wrongType
        case other
    }

    /// The kind of the difference.
    package var kind: Kind
    /// The value that differs.
    package var path: DocumentPath
    /// The sentence, with the place.
    package var diagnostic: Diagnostic
}

extension Diagnostic {
    /// The order in which people read: by file, line and column; what has no place comes last.
    package func precedes(_ other: Diagnostic) -> Bool {
        guard let place else { return false }
        guard let otherPlace = other.place else { return true }
        return (place.file, place.line ?? 0, place.column ?? 0)
            < (otherPlace.file, otherPlace.line ?? 0, otherPlace.column ?? 0)
    }
}
