/// The shell text of a command with its `{{name}}` placeholders.
///
/// A value is quoted for the place it stands in, so that it is one piece of text whatever it
/// holds, in dash and in bash. What the command itself hands to another shell, as `eval` and
/// `sh -c` do, is that command's to quote.
package struct CommandTemplate: Sendable, Equatable {
    /// A piece of the command.
    package enum Segment: Sendable, Equatable {
        case text(String)
        case placeholder(String, ShellQuoting)
    }

    /// The whole text as written.
    package let text: String
    /// Where the text stands in its file.
    package let place: Place
    /// The text cut at its placeholders; refused ones stay text.
    package let segments: [Segment]
    /// One error for each placeholder that stands where no quoting is safe.
    package let diagnostics: [Diagnostic]
    /// The names used, each once, in the order of the text.
    package let placeholders: [String]

    /// Reads a text; `place` is where it stands in its file.
    package init(parsing text: String, place: Place) {
        var scanner = ShellScanner(text)
        var segments: [Segment] = []
        var diagnostics: [Diagnostic] = []
        var names: [String] = []
        var end = 0
        let bytes = Array(text.utf8)
        for found in scanner.placeholders() {
            if !names.contains(found.name) { names.append(found.name) }
            switch found.standing {
            case .refused(let trap):
                let before = String(decoding: bytes[..<found.range.lowerBound], as: UTF8.self)
                let same = "{{\(found.name)}}"
                diagnostics.append(
                    trap.diagnostic(
                        for: found.name, at: place.first(of: same, after: before.ranges(of: same).count)))
            case .quoted(let quoting):
                segments.append(.text(String(decoding: bytes[end..<found.range.lowerBound], as: UTF8.self)))
                segments.append(.placeholder(found.name, quoting))
                end = found.range.upperBound
            }
        }
        segments.append(.text(String(decoding: bytes[end...], as: UTF8.self)))
        self.text = text
        self.place = place
        self.segments = segments
        self.diagnostics = diagnostics
        placeholders = names
    }

    /// The shell text with these values; a name without one stands for the empty text.
    ///
    /// Values are put in once: a `{{name}}` inside a value stays as it is.
    package func render(_ values: [String: String]) -> String {
        segments.map { segment in
            switch segment {
            case .text(let text): text
            case .placeholder(let name, let quoting): quoting.quoted(values[name] ?? "")
            }
        }.joined()
    }
}

/// How a value is quoted for where it stands.
package enum ShellQuoting: Sendable, Equatable {
    /// Outside of quotes.
    case bare
    /// Inside single quotes.
    case single
    /// Inside double quotes.
    case double
    /// Inside double quotes right behind `$name`, which the value must not prolong.
    case doubleBehindName

    /// The value as shell text for that place.
    package func quoted(_ value: String) -> String {
        let inSingleQuotes = value.replacing("'", with: "'\\''")
        switch self {
        case .bare: return "'\(inSingleQuotes)'"
        case .single: return inSingleQuotes
        case .double:
            return value.unicodeScalars.map { "\\\"$`".unicodeScalars.contains($0) ? "\\\($0)" : "\($0)" }.joined()
        case .doubleBehindName: return "\"'\(inSingleQuotes)'\""
        }
    }
}
