import FoundationEssentials
import Glibc

/// Where a command's words go: data to standard output, everything else to standard error.
///
/// With `isJSON` both are JSON: documents on standard output, one event a line on standard error.
package struct Terminal: Sendable {
    package var isJSON = false
    package var isQuiet = false
    /// Whether standard error is a terminal that can show progress in place.
    package var showsProgress: Bool
    /// How errors are written.
    package var style: TextStyle
    /// The width of standard output where it is a terminal.
    private var outputWidth: Int?
    /// The same for all copies.
    let shownQuestion = ShownQuestion()

    /// Paths below `directory` are told relative to it.
    package init(environment: [String: String], directory: String) {
        let isTerminal = isatty(STDERR_FILENO) == 1 && environment["TERM"] != "dumb"
        style = TextStyle(
            hasColour: isTerminal && (environment["NO_COLOR"] ?? "").isEmpty,
            width: isTerminal ? Self.width(of: STDERR_FILENO) : nil, directory: directory)
        showsProgress = isTerminal
        outputWidth = isatty(STDOUT_FILENO) == 1 ? Self.width(of: STDOUT_FILENO) : nil
    }

    private static func width(of descriptor: Int32) -> Int? {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col >= 20 else { return nil }
        return Int(size.ws_col)
    }

    /// Data that could be piped; false when nobody reads it any more.
    @discardableResult
    package func output(_ text: String) -> Bool {
        write(text + "\n", to: STDOUT_FILENO)
    }

    /// A table, which is cut to the width of a terminal.
    package func output(_ table: Table) {
        output(table.text(width: outputWidth))
    }

    /// A JSON document, for programs.
    package func output(json: JSONValue) {
        output(json.indented)
    }

    /// One of many JSON documents, in a line of its own.
    @discardableResult
    package func output(line json: JSONValue) -> Bool {
        output(json.text)
    }

    /// One line about what happens, unless asked to be quiet.
    package func note(_ text: String) {
        guard !isQuiet else { return }
        if isJSON {
            event(["event": "note", "text": .string(text.trimmingSpace)])
        } else {
            let indent = String(text.prefix { $0 == " " })
            let lines = text.printable.split(separator: "\n", omittingEmptySubsequences: false).map {
                style.wrapped(String($0), indent: indent + "  ")
            }
            write(clearLine + lines.joined(separator: "\n") + "\n" + shownQuestion.text, to: STDERR_FILENO)
        }
    }

    /// A table about what happened, unless asked to be quiet; nothing where JSON is wanted.
    package func note(_ table: Table) {
        guard !isQuiet, !isJSON else { return }
        write(clearLine + table.text(width: style.width) + "\n" + shownQuestion.text, to: STDERR_FILENO)
    }

    /// What is being done right now; on a terminal it takes the place of the last progress, in a
    /// pipe it is not shown.
    package func progress(_ text: String) {
        guard showsProgress, !isQuiet, !isJSON, shownQuestion.text.isEmpty else { return }
        let line = text.printable.prefix { !$0.isNewline }.prefix((style.width ?? 80) - 3)
        write(clearLine + "  " + line, to: STDERR_FILENO)
    }

    package func clearProgress() {
        if showsProgress, !isJSON, shownQuestion.text.isEmpty { write(clearLine, to: STDERR_FILENO) }
    }

    package func report(_ diagnostics: [Diagnostic]) {
        // Two who met the same problem say the same of it.
        var distinct: [Diagnostic] = []
        for diagnostic in diagnostics where !distinct.contains(diagnostic) { distinct.append(diagnostic) }
        if isJSON {
            for diagnostic in distinct {
                guard case .object(var members) = diagnostic.json else { continue }
                members["event"] = "diagnostic"
                event(.object(members))
            }
        } else {
            write(
                clearLine + distinct.map { $0.text(style) }.joined(separator: "\n") + "\n" + shownQuestion.text,
                to: STDERR_FILENO)
        }
    }

    /// Whether somebody is there to answer.
    var canAsk: Bool { showsProgress && !isQuiet && !isJSON && isatty(STDIN_FILENO) == 1 }

    /// Asks a question whose answer is yes or no, and waits for a line; anything but yes is no.
    func ask(_ question: String) async throws -> Bool {
        // What was typed before the question is no answer to it.
        tcflush(STDIN_FILENO, TCIFLUSH)
        write(clearLine + question.printable, to: STDERR_FILENO)
        var answer: [UInt8] = []
        while answer.last != UInt8(ascii: "\n") {
            try Task.checkCancellation()
            var waiting = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
            guard poll(&waiting, 1, 100) > 0 else { continue }
            var byte: UInt8 = 0
            guard read(STDIN_FILENO, &byte, 1) == 1 else { break }
            answer.append(byte)
        }
        let word = String(decoding: answer, as: UTF8.self).filter { !$0.isWhitespace }.lowercased()
        return word == "y" || word == "yes"
    }

    /// Writes a question in a line of its own, after which what is typed is not shown.
    func show(question: String) {
        write(clearLine + question, to: STDERR_FILENO)
    }

    /// Ends the line of a question: the Return that is typed after it is not shown.
    func endLine() { write("\n", to: STDERR_FILENO) }

    private func event(_ value: JSONValue) {
        write(value.text + "\n", to: STDERR_FILENO)
    }

    private var clearLine: String { showsProgress && !isQuiet ? "\r\u{1B}[K" : "" }

    @discardableResult
    private func write(_ text: String, to descriptor: Int32) -> Bool {
        Files.writeAll(Data(text.utf8), to: descriptor) == 0
    }
}

extension String {
    fileprivate var trimmingSpace: String { String(drop { $0 == " " }) }
}
