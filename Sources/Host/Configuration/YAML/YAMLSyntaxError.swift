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
    /// Whether it stands behind a quote or a bracket that closes a value.
    private let followsValue: Bool

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
            followsValue = false
        } else {
            line = parser.problem_mark.line + 1
            column = parser.problem_mark.column + 1
            tabColumn = Self.tabColumn(inIndentationOf: line, of: text)
            let isEnd = ["expected key", "expected '-' indicator", "<document start>"].contains { parser.says($0) }
            followsValue = isEnd && Self.closesValue(text, line: line, before: column)
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
        if followsValue {
            let sentence = "this follows a value that has ended"
            return Diagnostic(.input, sentence, at: place, cause: cause, hint: "put the whole text into quotes")
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

    private static func closesValue(_ text: UnsafeBufferPointer<UInt8>, line: Int, before column: Int) -> Bool {
        let lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        guard lines.indices.contains(line - 1) else { return false }
        let before = String(decoding: lines[line - 1], as: UTF8.self).unicodeScalars.prefix(column - 1)
        return before.last { $0 != " " }.map { "'\"]}".unicodeScalars.contains($0) } ?? false
    }

    private static let sentences: [(problem: String, sentence: String, hint: String?)] = [
        (
            problem: "mapping values are not allowed", sentence: "a `key: value` cannot stand here",
            hint: "check the indentation, and quote a text that contains `: `"
        ),
        (
            problem: "could not find expected ':'", sentence: "a `:` is missing after a key",
            hint: "write `key: value`, and check the indentation"
        ),
        (
            problem: "did not find expected key", sentence: "this does not line up with the keys before it",
            hint: "check the indentation and the quotes"
        ),
        (
            problem: "did not find expected '-' indicator", sentence: "this does not line up with the list before it",
            hint: "begin every item with `- ` in one column"
        ),
        (
            problem: "did not find expected node content",
            sentence: "a value is missing here, or a bracket is not closed", hint: nil
        ),
        (
            problem: "found unexpected end of stream", sentence: "a quote is not closed", hint: nil
        ),
        (
            problem: "did not find expected ',' or ']'", sentence: "a `,` or `]` is missing", hint: nil
        ),
        (
            problem: "did not find expected ',' or '}'", sentence: "a `,` or `}` is missing", hint: nil
        ),
        (
            problem: "found unknown escape character", sentence: "this `\\` begins nothing that YAML knows",
            hint: "write `\\\\`, or put the text in single quotes"
        ),
        (
            problem: "did not find expected comment or line break", sentence: "this cannot follow a `|` or `>`",
            hint: "begin the text in the next line"
        ),
        (
            problem: "cannot start any token", sentence: "a text cannot begin with this character",
            hint: "put the text in quotes"
        ),
    ]
}

extension yaml_parser_t {
    fileprivate func says(_ words: String) -> Bool { problem.map { String(cString: $0).contains(words) } ?? false }
}

extension UnsafeBufferPointer<UInt8>.SubSequence {
    fileprivate func suffix(while predicate: (UInt8) -> Bool) -> Self {
        guard let last = lastIndex(where: { !predicate($0) }) else { return self }
        return self[index(after: last)...]
    }
}
