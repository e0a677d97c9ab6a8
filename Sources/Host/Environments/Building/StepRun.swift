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
                at: step.place ?? place, cause: reason?.cause ?? script.tail.text.lastLines(10), hint: stepFailure.hint)
        }
        terminal.clearProgress()
        if let text = try? Files.read(told) {
            for line in String(decoding: text, as: UTF8.self).split(separator: "\n") {
                notes(redaction.redacted(String(line)))
            }
            try? Files.remove(told)
        }
        guard exit != .status(0) else { return }
        throw await stepFailure.explained(step, number, exit.shellStatus, script.tail.text, errorClass)
    }

    private var stepFailure: StepFailure {
        StepFailure(
            plugins: plugins, plugin: plugin, operation: operation, request: request, place: place, log: log,
            folder: folder)
    }
}
