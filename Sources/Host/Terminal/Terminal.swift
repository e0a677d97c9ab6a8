import FoundationEssentials
import Glibc

/// Where a command's words go: data to standard output, everything else to standard error.
package struct Terminal: Sendable {
    package var hasColour: Bool
    package var isQuiet: Bool
    /// Whether standard error is a terminal that can show progress in place.
    package var showsProgress: Bool

    package init(environment: [String: String]) {
        let isTerminal = isatty(STDERR_FILENO) == 1 && environment["TERM"] != "dumb"
        hasColour = isTerminal && (environment["NO_COLOR"] ?? "").isEmpty
        showsProgress = isTerminal
        isQuiet = false
    }

    /// Data that could be piped.
    package func output(_ text: String) {
        write(text + "\n", to: STDOUT_FILENO)
    }

    /// One line about what happens, unless asked to be quiet.
    package func note(_ text: String) {
        guard !isQuiet else { return }
        write(clearLine + text + "\n", to: STDERR_FILENO)
    }

    /// What is being done right now; on a terminal it takes the place of the last progress, in a
    /// pipe it is not shown.
    package func progress(_ text: String) {
        guard showsProgress, !isQuiet else { return }
        let line = text.printable.prefix { !$0.isNewline }.prefix(100)
        write(clearLine + "  " + line, to: STDERR_FILENO)
    }

    package func clearProgress() {
        if showsProgress { write(clearLine, to: STDERR_FILENO) }
    }

    package func report(_ diagnostics: [Diagnostic]) {
        // Two who met the same problem say the same of it.
        var distinct: [Diagnostic] = []
        for diagnostic in diagnostics where !distinct.contains(diagnostic) { distinct.append(diagnostic) }
        write(
            clearLine + distinct.map { $0.rendered(colour: hasColour) }.joined(separator: "\n") + "\n",
            to: STDERR_FILENO)
    }

    private var clearLine: String { showsProgress ? "\r\u{1B}[K" : "" }

    private func write(_ text: String, to descriptor: Int32) {
        _ = Files.writeAll(Data(text.utf8), to: descriptor)
    }
}

extension Diagnostic {
    /// `error[class]: FILE:LINE:COLUMN: message`, then cause and hint on lines of their own.
    package func rendered(colour: Bool = false) -> String {
        func paint(_ text: String, _ code: String) -> String { colour ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text }
        let word = severity == .error ? "error[\(errorClass.rawValue)]" : "warning"
        let location = place.map { "\($0.text): " } ?? ""
        var lines = [paint(word + ":", severity == .error ? "1;31" : "1;33") + " " + (location + message).printable]
        if let cause {
            lines += cause.printable.split(whereSeparator: \.isNewline).map { "  " + $0 }
        }
        if let hint { lines.append(paint("  hint:", "1;36") + " " + hint.printable) }
        return lines.joined(separator: "\n")
    }
}

extension String {
    /// Without the control characters by which text from a file, a tool or a plugin could take over
    /// the terminal; line breaks and tabs stay.
    var printable: String {
        String(
            String.UnicodeScalarView(
                unicodeScalars.map { scalar in
                    let isControl =
                        scalar.value < 32 && scalar != "\n" && scalar != "\t" || (127..<160).contains(scalar.value)
                    return isControl ? "\u{FFFD}" : scalar
                }))
    }
}

extension Place {
    package var text: String {
        [file, line.map(String.init), column.map(String.init)].compactMap { $0 }.joined(separator: ":")
    }
}
