import ArgumentParser
import FoundationEssentials

struct SessionList: RunnableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List your sessions, wherever they were started.",
        discussion: """
            $ ray session list
            $ ray session list --json
            """)

    @OptionGroup var output: JSONOption

    func run(_ context: Context, _ interrupts: Interrupts) async throws -> Int32 {
        var summaries: [SessionSummary] = []
        var damaged: [Diagnostic] = []
        for folder in SessionFolder.existing(in: context) {
            do throws(Failure) {
                if let summary = try SessionSummary(folder) { summaries.append(summary) }
            } catch {
                damaged += error.diagnostics
            }
        }
        if output.json {
            context.terminal.output(String(decoding: JSONValue(encoding: summaries).canonical, as: UTF8.self))
        } else if summaries.isEmpty && damaged.isEmpty {
            context.terminal.note("no sessions; `ray session start` in a project starts one")
        } else {
            var table = Table("NAME", "STATE", "RAY", "COMMANDS", "CREATED", "PROJECT")
            for summary in summaries {
                table.add(
                    summary.name, summary.state, summary.ray ?? "-", String(summary.commands.count), summary.created,
                    summary.root)
            }
            context.terminal.output(table.text)
        }
        if !damaged.isEmpty { context.terminal.report(damaged) }
        return damaged.isEmpty ? 0 : 1
    }
}

/// One line of `ray session list`.
struct SessionSummary: Codable {
    var name: String
    /// The journal's phase, or what became of it: `interrupted`, `ray-died`.
    var state: String
    var root: String
    var ray: String?
    /// The commands that run now.
    var commands: [String]
    var created: String

    /// nil for a session that was ended and given back.
    init?(_ folder: SessionFolder) throws(Failure) {
        let state = try folder.state()
        guard state.phase != .none else { return nil }
        name = folder.name
        root = state.root
        created = state.created
        ray = state.ray?.isAlive == true ? state.ray?.address : nil
        commands = state.runningCommands.values.map { $0.name ?? $0.text }.sorted()
        let isChanging = FileLock.isHeld(folder.lock)
        self.state =
            switch state.phase {
            case .starting where !isChanging, .stopping where !isChanging: "interrupted"
            case .up where state.ray.map { !$0.isAlive } ?? false && !isChanging: "ray-died"
            default: state.phase.rawValue
            }
    }
}
