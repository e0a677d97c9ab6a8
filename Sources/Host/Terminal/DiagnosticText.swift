extension Diagnostic {
    /// The error as people read it.
    ///
    /// `error[class]: FILE:LINE:COLUMN: message`, the line of the file with a caret, then cause and
    /// hint on lines of their own. A label takes the place of the class, and warnings have it too.
    package func text(_ style: TextStyle = TextStyle(), label: String? = nil) -> String {
        let brackets = label ?? (severity == .error ? errorClass.rawValue : nil)
        let word = severity.rawValue + (brackets.map { "[\($0)]:" } ?? ":")
        let location = place.map { "\($0.text(from: style.directory)): " } ?? ""
        let first = style.wrapped(word + " " + (location + message).printable, indent: "  ")
        var lines = [style.painted(word, severity == .error ? "1;31" : "1;33") + first.dropFirst(word.count)]
        if let snippet = place.flatMap({ Snippet($0, width: style.width) }) {
            lines.append(snippet.text(style))
        }
        if let cause {
            lines += cause.printable.split(whereSeparator: \.isNewline).map { "  " + $0 }
        }
        if let hint {
            let text = style.wrapped("  hint: " + hint.printable, indent: "        ")
            lines.append(style.painted("  hint:", "1;36") + text.dropFirst("  hint:".count))
        }
        return lines.joined(separator: "\n")
    }
}

extension Place {
    /// `FILE:LINE:COLUMN`, the file as it reads from `directory`.
    package func text(from directory: String = "/") -> String {
        let path = directory == "/" ? file : file.relative(to: directory)
        return [path, line.map(String.init), column.map(String.init)].compactMap { $0 }.joined(separator: ":")
    }
}
