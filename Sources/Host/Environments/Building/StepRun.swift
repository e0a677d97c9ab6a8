import FoundationEssentials

/// Runs the scripts of one answer of a builder on this machine, and says what it means when one fails.
struct StepRun: Sendable {
    var context: Context
    var plugins: PluginHost
    var plugin: Plugin
    /// `plan` or `lock`.
    var operation: String
    /// What the builder was asked with.
    var request: JSONValue
    var variables: [String: String]
    var directory: String
    var log: String
    /// Where the layer stands in the project file.
    var place: Place?
    var secrets: [String]
    /// A folder on the file system that a build fills.
    var folder: String
    /// Lines that scripts want the user to read.
    var notes: @Sendable (String) -> Void

    private let machine = ThisMachine()

    init(
        _ context: Context, _ plugins: PluginHost, _ plugin: Plugin, operation: String, request: JSONValue,
        variables: [String: String], directory: String, log: String, place: Place?, secrets: [String], folder: String,
        notes: @escaping @Sendable (String) -> Void
    ) {
        self.context = context
        self.plugins = plugins
        self.plugin = plugin
        self.operation = operation
        self.request = request
        self.variables = variables
        self.directory = directory
        self.log = log
        self.place = place
        self.secrets = secrets
        self.folder = folder
        self.notes = notes
    }

    /// Runs one script; `number` counts the steps from 0, `verify` being the one after the last.
    func run(_ step: LayerPlan.Step, number: Int, _ errorClass: ErrorClass = .buildFailed) async throws {
        let terminal = context.terminal
        let begin = ContinuousClock.now
        var variables = variables
        let told = (variables["TMPDIR"] ?? folder) / "notes"
        variables["RAY_NOTES"] = told
        let redaction = Redaction(environment: variables, home: context.folders.home, named: secrets)
        // A script may be longer than an argument can be.
        let file = (variables["TMPDIR"] ?? folder) / "step"
        try Files.replace(file, with: Data(step.script.utf8), mode: 0o600, durable: false)
        let script = NodeScript(
            ". \(file.shellQuoted)", environment: variables, directory: directory,
            timeout: .bounded(seconds: step.timeout ?? 3600),
            log: log, redaction: redaction)
        let exit: Exit
        do {
            exit = try await machine.run(
                script,
                watch: { line in
                    let time = (ContinuousClock.now - begin).forPeople
                    terminal.progress("    \(plugin.id): \(time)\(line.isEmpty ? "" : ", ")\(line)")
                })
        } catch let failure as Failure {
            let reason = failure.diagnostics.first
            throw Failure(
                reason?.errorClass ?? .internal, "\(plugin.id): `\(step.title)` \(reason?.message ?? "failed")",
                at: step.place ?? place, cause: reason?.cause ?? script.tail.text.lastLines(10), hint: hint)
        }
        terminal.clearProgress()
        if let text = try? Files.read(told) {
            for line in String(decoding: text, as: UTF8.self).split(separator: "\n") {
                notes(redaction.redacted(String(line)))
            }
            try? Files.remove(told)
        }
        guard exit != .status(0) else { return }
        throw await failure(of: step, number, exit, script.tail.text, errorClass)
    }

    private var hint: String { "the whole output is in `\(log)`" }

    private func failure(
        of step: LayerPlan.Step, _ number: Int, _ exit: Exit, _ output: String, _ errorClass: ErrorClass
    ) async -> Failure {
        var explained = await explanation(number, exit, output)
        for index in explained.indices {
            explained[index].place = explained[index].place ?? step.place ?? place
            if explained[index].hint == nil { explained[index].hint = hint }
        }
        if explained.contains(where: { $0.errorClass == .disk }) || Self.tellsFullDisk(output) {
            return diskFailure(step, output)
        }
        guard explained.isEmpty else { return Failure(explained) }
        return Failure(
            errorClass, "\(plugin.id): `\(step.title)` failed with status \(exit.shellStatus)",
            at: step.place ?? place, cause: output.lastLines(10), hint: hint)
    }

    /// What the builder makes of it; nothing where it cannot say.
    private func explanation(_ number: Int, _ exit: Exit, _ output: String) async -> [Diagnostic] {
        guard plugin.manifest.operations["explain"] != nil, case .object(var request) = request else { return [] }
        request["failure"] = [
            "operation": .string(operation), "step": .int(Int64(number)), "status": .int(Int64(exit.shellStatus)),
            "output": .string(output),
        ]
        let answer = try? await plugins.call(plugin, "explain", .object(request))
        return answer?.diagnostics(of: plugin).filter { $0.severity == .error } ?? []
    }

    private static func tellsFullDisk(_ output: String) -> Bool {
        ["No space left on device", "(os error 28)", "Disk quota exceeded", "(os error 122)"]
            .contains { output.contains($0) }
    }

    private func diskFailure(_ step: LayerPlan.Step, _ output: String) -> Failure {
        let words = output.split(separator: "\n").last { Self.tellsFullDisk(String($0)) }
        let space = DiskSpace(of: folder)
        return Failure(
            .disk, "\(plugin.id): the disk is full: `\(step.title)` failed", at: step.place ?? place,
            cause: [space?.sentence, words.map { $0.trimmed }].compactMap(\.self).joined(separator: "\n"),
            hint:
                "make room there (`ray environment gc` removes environments), or choose another folder with XDG_CACHE_HOME"
        )
    }
}

extension Substring {
    fileprivate var trimmed: String {
        let text = drop { $0.isWhitespace }
        return String(text.reversed().drop { $0.isWhitespace }.reversed())
    }
}

/// Tries again what failed for want of a network, and nothing else.
func retryingNetwork<Result>(
    told: (String) -> Void, _ body: () async throws -> Result
) async throws -> Result {
    for pause in [1.0, 3.0] {
        do { return try await body() } catch let failure as Failure
            where failure.diagnostics.first?.errorClass == .network && failure.diagnostics.first?.isPermanent == false
        {
            let pause = pause * Double.random(in: 0.8...1.3)
            told(
                "\(failure.diagnostics.first?.message ?? "no network"): trying again in \(Duration.seconds(pause).inSeconds)"
            )
            try await Task.sleep(for: .seconds(pause))
        }
    }
    return try await body()
}
