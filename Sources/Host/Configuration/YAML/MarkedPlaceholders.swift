/// `{{name}}` in a YAML text, hidden from YAML: to it a brace is a mapping.
///
/// Each brace becomes one character that means nothing to YAML, so that a placeholder is read as
/// text like any other and every column stays what it was.
enum MarkedPlaceholders {
    /// A piece of a scalar.
    enum Segment: Equatable {
        case text(String)
        case placeholder(String)
    }

    private static let opening: [Unicode.Scalar] = ["\u{10FA00}", "\u{10FA01}"]
    private static let closing: [Unicode.Scalar] = ["\u{10FA02}", "\u{10FA03}"]

    /// The text with its placeholders marked.
    static func mark(_ text: [UInt8]) -> [UInt8] {
        var marked: [UInt8] = []
        var index = 0
        while index < text.count {
            guard let placeholder = Placeholder(in: text, at: index) else {
                marked.append(text[index])
                index += 1
                continue
            }
            let range = placeholder.range
            marked += utf8(opening)
            marked += text[(range.lowerBound + 2)..<(range.upperBound - 2)]
            marked += utf8(closing)
            index = range.upperBound
        }
        return marked
    }

    /// The text as it was written.
    static func unmark(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { opening.contains($0) ? "{" : closing.contains($0) ? "}" : $0 }))
    }

    /// The text cut at its marks.
    ///
    /// Scalars are compared, not characters: an accent may follow a brace.
    static func segments(of text: String) -> [Segment] {
        var segments: [Segment] = []
        var rest = Array(text.unicodeScalars)[...]
        while let start = rest.firstRange(of: opening),
            let end = rest[start.upperBound...].firstRange(of: closing)
        {
            if start.lowerBound > rest.startIndex { segments.append(.text(string(rest[..<start.lowerBound]))) }
            let name = rest[start.upperBound..<end.lowerBound].filter { $0 != " " && $0 != "\t" }
            segments.append(.placeholder(string(name)))
            rest = rest[end.upperBound...]
        }
        if !rest.isEmpty { segments.append(.text(string(rest))) }
        return segments
    }

    private static func string(_ scalars: some Sequence<Unicode.Scalar>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }

    private static func utf8(_ scalars: [Unicode.Scalar]) -> [UInt8] {
        Array(string(scalars).utf8)
    }
}

extension Failure {
    /// This failure in the words of the file before its placeholders were marked.
    var unmarked: Failure {
        Failure(
            diagnostics.map { diagnostic in
                var diagnostic = diagnostic
                diagnostic.message = MarkedPlaceholders.unmark(diagnostic.message)
                diagnostic.hint = diagnostic.hint.map(MarkedPlaceholders.unmark)
                return diagnostic
            })
    }
}
