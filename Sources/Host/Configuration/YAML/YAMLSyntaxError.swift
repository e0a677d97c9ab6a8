import CLibYAML

/// What stopped libyaml, put into a sentence about the user's file.
struct YAMLSyntaxError {
    private let problem: String
    private let context: String?
    private let contextLine: Int
    private let isEncoding: Bool
    private let line: Int
    private let column: Int
    private let tabColumn: Int?

    init(_ parser: yaml_parser_t, text: UnsafeBufferPointer<UInt8>) {
        problem = parser.problem.map { String(cString: $0) } ?? "it cannot be read"
        context = parser.context.map { String(cString: $0) }
        contextLine = parser.context_mark.line + 1
        isEncoding = parser.error == YAML_READER_ERROR
        if isEncoding {
            // The reader has no marks, only the offset of the byte.
            let before = text.prefix(parser.problem_offset)
            line = before.count { $0 == UInt8(ascii: "\n") } + 1
            let lastLine = before.suffix(while: { $0 != UInt8(ascii: "\n") })
            column = String(decoding: lastLine, as: UTF8.self).unicodeScalars.count + 1
            tabColumn = nil
        } else {
            line = parser.problem_mark.line + 1
            column = parser.problem_mark.column + 1
            tabColumn = Self.tabColumn(inIndentationOf: line, of: text)
        }
    }

    func diagnostic(file: String) -> Diagnostic {
        if let tabColumn {
            return Diagnostic(
                .input, "a tab cannot indent YAML", at: Place(file: file, line: line, column: tabColumn),
                hint: "use spaces")
        }
        let place = Place(file: file, line: line, column: column)
        if isEncoding {
            let isControl = problem.contains("control")
            return Diagnostic(
                .input,
                isControl ? "a control character is not allowed in YAML" : "the file is not UTF-8 text",
                at: place)
        }
        let known = Self.sentences.first { problem.contains($0.problem) }
        let sentence = known?.sentence ?? "this is not YAML: \(problem)"
        return Diagnostic(.input, sentence, at: place, cause: cause, hint: known?.hint)
    }

    private var cause: String? {
        guard let context else { return nil }
        return contextLine < line ? "\(context) that starts on line \(contextLine)" : context
    }

    private static func tabColumn(inIndentationOf line: Int, of text: UnsafeBufferPointer<UInt8>) -> Int? {
        let lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        guard lines.indices.contains(line - 1) else { return nil }
        let indentation = lines[line - 1].prefix { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        return indentation.firstIndex(of: UInt8(ascii: "\t")).map { $0 - indentation.startIndex + 1 }
    }

    private static let sentences: [(problem: String, sentence: String, hint: String?)] = [
        (
            "mapping values are not allowed", "a `key: value` cannot stand here",
            "check the indentation, and quote a text that contains `: `"
        ),
        (
            "could not find expected ':'", "a `:` is missing after a key",
            "write `key: value`, and check the indentation"
        ),
        (
            "did not find expected key", "this does not line up with the keys before it",
            "check the indentation and the quotes"
        ),
        (
            "did not find expected '-' indicator", "this does not line up with the list before it",
            "begin every item with `- ` in one column"
        ),
        ("did not find expected node content", "a value is missing here, or a bracket is not closed", nil),
        ("found unexpected end of stream", "a quote is not closed", nil),
        ("did not find expected ',' or ']'", "a `,` or `]` is missing", nil),
        ("did not find expected ',' or '}'", "a `,` or `}` is missing", nil),
        ("cannot start any token", "a text cannot begin with this character", "put the text in quotes"),
    ]
}

extension UnsafeBufferPointer<UInt8>.SubSequence {
    fileprivate func suffix(while predicate: (UInt8) -> Bool) -> Self {
        guard let last = lastIndex(where: { !predicate($0) }) else { return self }
        return self[index(after: last)...]
    }
}
