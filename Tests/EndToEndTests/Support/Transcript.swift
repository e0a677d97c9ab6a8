import FoundationEssentials
import Host
import Testing

/// Cases of the program's use, as text: files, command lines, and all that is printed.
///
/// The first two characters of a line say what it is: `# ` begins a case with its sentence, `@ ` a
/// file with its path, `| ` a line of that file, `$ ` a command line for bash, `  ` a line of its
/// standard output, `! ` one of its standard error, `= ` its exit status. What stands before the
/// first case is there in all of them. With RAY_TEST_UPDATE set the file is written anew with what
/// was printed, for people to review.
struct Transcript: Sendable {
    struct Command: Sendable, Equatable {
        var line: String
        var output = ""
        var errors = ""
        var status: Int32 = 0
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var title: String
        var transcript: String
        var files: [(path: String, text: String)] = []
        var commands: [Command] = []

        var testDescription: String { "\(transcript): \(title)" }
    }

    let name: String
    private(set) var common: [(path: String, text: String)] = []
    private(set) var cases: [Case] = []

    static let folder = #filePath.parentPath.parentPath / "Transcripts"

    static var isUpdating: Bool { TestBed.variable("RAY_TEST_UPDATE") != nil }

    /// Reads `Transcripts/NAME.txt`.
    init(_ name: String) {
        self.name = name
        let data = (try? Files.read(Self.folder / "\(name).txt")) ?? nil
        for line in String(decoding: data ?? Data(), as: UTF8.self).split(
            separator: "\n", omittingEmptySubsequences: false)
        {
            read(String(line.prefix(2)), String(line.dropFirst(2)))
        }
    }

    private mutating func read(_ kind: String, _ text: String) {
        let last = cases.indices.last
        switch kind {
        case "# ": cases.append(Case(title: text, transcript: name))
        case "@ ":
            if let last { cases[last].files.append((text, "")) } else { common.append((text, "")) }
        case "| ", "|":
            guard let last, let file = cases[last].files.indices.last else {
                if let file = common.indices.last, last == nil { common[file].text += text + "\n" }
                return
            }
            cases[last].files[file].text += text + "\n"
        case "$ ": if let last { cases[last].commands.append(Command(line: text)) }
        default:
            guard let last, let command = cases[last].commands.indices.last else { return }
            switch kind {
            case "  ": cases[last].commands[command].output += text + "\n"
            case "! ", "!": cases[last].commands[command].errors += text + "\n"
            case "= ": cases[last].commands[command].status = Int32(text) ?? -1
            default: break
            }
        }
    }

    mutating func replaceCommands(_ commands: (String) -> [Command]) {
        for index in cases.indices { cases[index].commands = commands(cases[index].title) }
    }

    /// The text of the file.
    var text: String {
        func lines(_ text: String, _ mark: String) -> String {
            var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            if lines.last == "" { lines.removeLast() }
            return lines.map { ($0.isEmpty && mark != "  " ? String(mark.prefix(1)) : mark) + $0 + "\n" }.joined()
        }
        func files(_ files: [(path: String, text: String)]) -> String {
            files.map { "@ \($0.path)\n" + lines($0.text, "| ") }.joined()
        }
        return files(common)
            + cases.map { item in
                "\n# \(item.title)\n" + files(item.files)
                    + item.commands.map { command in
                        "$ \(command.line)\n" + lines(command.output, "  ") + lines(command.errors, "! ")
                            + "= \(command.status)\n"
                    }.joined()
            }.joined()
    }
}

extension Transcript.Case {
    /// Puts the files of the case, and those common to all, into a workplace.
    func write(in place: Workplace, common: [(path: String, text: String)]) throws {
        for file in common + files { try place.write(file.path, file.text) }
    }

    /// Runs the commands and returns what they printed.
    func run(in place: Workplace) async throws -> [Transcript.Command] {
        var ran: [Transcript.Command] = []
        let program = try #require(TestBed.prefix) / "bin"
        let path = program + ":" + (place.environment["PATH"] ?? "")
        for command in commands {
            let outcome = try await place.run(
                "/bin/bash", ["-c", command.line], variables: ["PATH": path, "FIXTURES": TestBed.fixtures ?? ""])
            ran.append(
                Transcript.Command(
                    line: command.line, output: place.plain(outcome.output), errors: place.plain(outcome.errors),
                    status: outcome.status))
        }
        return ran
    }
}
