import FoundationEssentials
import Glibc
import Host
import Testing

/// A diagnostic as one line: place, message, and the hint in parentheses.
func line(_ diagnostic: Diagnostic) -> String {
    let place = diagnostic.place.map { place in
        [place.file, place.line.map(String.init), place.column.map(String.init)]
            .compactMap(\.self).joined(separator: ":") + ": "
    }
    let severity = diagnostic.severity == .warning ? "warning: " : ""
    return (place ?? "") + severity + diagnostic.message + (diagnostic.hint.map { " (\($0))" } ?? "")
}

/// Everything that an action says is wrong, a line each; empty when it succeeds.
func problems(_ action: () throws -> Void) -> [String] {
    do {
        try action()
        return []
    } catch let failure as Failure {
        return failure.diagnostics.map(line)
    } catch {
        return ["\(error)"]
    }
}

/// The first thing that an action says is wrong.
func firstProblem(_ action: () throws -> Void) -> String? {
    problems(action).first
}

/// The schema.json of the repository.
func projectSchema() throws -> ProjectSchema {
    let root = #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
    return try ProjectSchema(parsing: try ConfigurationFile.read("/\(root)/schema.json"))
}

/// A folder of a test's own, removed with everything in it at the end.
struct TemporaryFolder: ~Copyable {
    let path: String

    init() {
        var template = Array("/tmp/ray-configuration-XXXXXX".utf8CString)
        mkdtemp(&template)
        path = String(decoding: template.dropLast().map(UInt8.init), as: UTF8.self)
    }

    init(_ files: [String: String]) throws {
        self.init()
        for (name, text) in files { try write(name, text) }
    }

    func makeFolder(_ name: String) {
        var folder = path
        for part in name.split(separator: "/") {
            folder += "/\(part)"
            mkdir(folder, 0o777)
        }
    }

    func write(_ name: String, _ text: String) throws {
        makeFolder(name.split(separator: "/").dropLast().joined(separator: "/"))
        guard let file = fopen("\(path)/\(name)", "w") else { throw Failure(.internal, "cannot write \(name)") }
        fputs(text, file)
        fclose(file)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }
}

/// What a shell prints when it runs a script with `-c`.
func output(of shell: String, running script: String) throws -> String {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { throw Failure(.internal, "pipe failed") }
    defer { close(ends[0]) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
    posix_spawn_file_actions_adddup2(&actions, ends[1], 2)
    posix_spawn_file_actions_addclose(&actions, ends[0])
    let words: [UnsafeMutablePointer<CChar>?] = [shell, "-c", script].map { (word: String) in strdup(word) }
    defer { words.forEach { free($0) } }
    var child: pid_t = 0
    let code = posix_spawnp(&child, shell, &actions, nil, words + [nil], environ)
    close(ends[1])
    guard code == 0 else { throw Failure(.internal, "cannot start \(shell)") }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while case let count = read(ends[0], &buffer, buffer.count), count > 0 { bytes += buffer[..<count] }
    waitpid(child, nil, 0)
    return String(decoding: bytes, as: UTF8.self)
}
