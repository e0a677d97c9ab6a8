import FoundationEssentials
import Glibc
import Host
import Subprocess
import SystemPackage
import Testing

/// What a program printed and how it ended.
struct Outcome {
    var status: Int32
    var output: String
    var errors: String
}

/// A home and a project folder of a test's own, whose path has a space and a quote in it; removed
/// at the end, with every session that was started there.
struct Workplace {
    let folder: String
    /// The project's folder.
    let project: String
    var environment: [String: String]

    /// Runs `body` in a new workplace and clears it up, also when `body` throws.
    static func with(_ body: (Workplace) async throws -> Void) async throws {
        var template = Array("/tmp/ray test's XXXXXX".utf8CString)
        let folder = try #require(mkdtemp(&template).map { String(cString: $0) })
        let workplace = try Workplace(folder)
        do { try await body(workplace) } catch {
            await workplace.clear()
            throw error
        }
        await workplace.clear()
    }

    private init(_ folder: String) throws {
        self.folder = folder
        project = folder / "project"
        try Files.makeFolder(project)
        try Files.makeFolder(folder / "home")
        var environment: [String: String] = [:]
        var entry = environ
        while let pointer = entry.pointee {
            let parts = String(cString: pointer).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { environment[String(parts[0])] = String(parts[1]) }
            entry += 1
        }
        environment = environment.filter { !$0.key.hasPrefix("RAY_") && !$0.key.hasPrefix("XDG_") }
        // The tests may run below a make of our own, which an author's make must not know of.
        for name in ["MAKEFLAGS", "MFLAGS", "MAKELEVEL"] { environment[name] = nil }
        environment["HOME"] = folder / "home"
        environment["XDG_STATE_HOME"] = folder / "state"
        environment["XDG_CACHE_HOME"] = folder / "cache"
        environment["XDG_DATA_HOME"] = folder / "data"
        environment["NO_COLOR"] = "1"
        environment["UV_CACHE_DIR"] = TestBed.uvCache
        if let uv = TestBed.uv {
            environment["PATH", default: ""] = uv.parentPath + ":" + environment["PATH", default: ""]
        }
        self.environment = environment
        // As after `ray plugin allow --rebuilds` for each.
        if let fixtures = TestBed.fixtures {
            try allow(Files.names(in: fixtures).map { (id: $0, folder: fixtures / $0) })
        }
    }

    /// Allows these plugins beside those that are allowed already.
    func allow(_ plugins: [(id: String, folder: String)]) throws {
        let file = folder / "home/.config/ray/plugins.yaml"
        try Files.makeFolder(file.parentPath)
        let before = try Files.read(file) ?? Data("allowed:\n".utf8)
        let entries = plugins.map { "  - {id: \($0.id), folder: \(YAMLText.quoted($0.folder))}\n" }.joined()
        try Files.replace(file, with: before + Data(entries.utf8), durable: false)
    }

    private func clear() async {
        let stopped = try? await ray("session", "stop", "--all", "--terminate")
        if stopped?.status != 0 { Issue.record("cannot stop what was started: \(stopped?.errors ?? "")") }
        try? Files.remove(folder)
    }

    /// Writes a file below the project's folder.
    func write(_ path: String, _ text: String) throws {
        try Files.makeFolder((project / path).parentPath)
        try Files.replace(project / path, with: Data(text.utf8), durable: false)
    }

    /// Makes the project folder a project: `rest` follows its name and cluster.
    func makeProject(named name: String = "p", _ rest: String = "") throws {
        try write(".rayproject/project.yaml", "name: \(name)\ncluster: {config: .rayproject/cluster.yaml}\n\(rest)\n")
        try write(".rayproject/cluster.yaml", "cluster_name: c\nprovider: {type: local}\n")
    }

    /// Runs the built `ray`, with fixture plugins where `plugins` names some.
    func ray(
        _ arguments: String..., in directory: String? = nil, input: String = "", variables: [String: String] = [:],
        plugins: [String] = []
    ) async throws -> Outcome {
        let program = try #require(TestBed.prefix) / "bin/ray"
        var variables = variables
        if !plugins.isEmpty {
            let fixtures = try #require(TestBed.fixtures)
            variables["RAY_PLUGIN_PATH"] = plugins.map { fixtures / $0 }.joined(separator: ":")
        }
        return try await run(program, arguments, in: directory, input: input, variables: variables)
    }

    /// Runs any program in the project's folder.
    func run(
        _ program: String, _ arguments: [String], in directory: String? = nil, input: String = "",
        variables: [String: String] = [:]
    ) async throws -> Outcome {
        let all = environment.merging(variables) { $1 }
        // Not through a pipe: a program that ends before it has read all would end the tests too.
        let file = folder / "input-\(RandomName.make())"
        try Files.replace(file, with: Data(input.utf8), durable: false)
        defer { try? Files.remove(file) }
        let source = try FileDescriptor.open(FilePath(file), .readOnly, options: .closeOnExec)
        defer { try? source.close() }
        let result = try await Subprocess.run(
            program.hasPrefix("/") ? .path(FilePath(program)) : .name(program), arguments: Arguments(arguments),
            environment: .custom(
                Dictionary(all.compactMap { name, value in Environment.Key(rawValue: name).map { ($0, value) } }) { $1 }
            ),
            workingDirectory: FilePath(directory ?? project),
            input: .fileDescriptor(source, closeAfterSpawningProcess: false),
            output: .string(limit: 16 << 20), error: .string(limit: 16 << 20))
        return Outcome(
            status: result.terminationStatus.shellStatus, output: result.standardOutput,
            errors: result.standardError)
    }

    /// Text with the test's own folders replaced by names.
    func plain(_ text: String) -> String {
        let quoted = String(folder.shellQuoted.dropLast())
        return text.replacing(project, with: "PROJECT").replacing(folder, with: "FOLDER")
            .replacing(quoted + "/project", with: "'PROJECT").replacing(quoted, with: "'FOLDER")
            .replacing(quoted.replacing("\\", with: "\\\\") + "/project", with: "'PROJECT")
            .replacing(TestBed.prefix ?? "\0", with: "PREFIX").replacing(TestBed.fixtures ?? "\0", with: "FIXTURES")
    }

    /// The same without the lines of files that errors show, which transcripts test.
    func brief(_ text: String) -> String {
        plain(text).split(separator: "\n", omittingEmptySubsequences: false)
            .filter { $0.wholeMatch(of: #/  ( *|[0-9]+ )\|.*/#) == nil }.joined(separator: "\n")
    }

    /// The records of a session's journal.
    func journal(_ session: String = "p") throws -> [JournalRecord] {
        try Journal.read(folder / "state/ray/sessions" / session / "journal.jsonl").records
    }

    /// What a session's journal amounts to.
    func state(_ session: String = "p") throws -> SessionState { SessionState(try journal(session)) }
}

extension TerminationStatus {
    var shellStatus: Int32 {
        switch self {
        case .exited(let code): code
        case .signaled(let number): 128 + number
        }
    }
}
