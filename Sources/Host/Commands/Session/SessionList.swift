import ArgumentParser

struct SessionList: RunnableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List your sessions, wherever they were started.",
        discussion: """
            $ ray session list
            $ ray session list --json
            """)

    @OptionGroup var output: OutputOptions

    func run(_ context: Context, _ interrupts: Interrupts) async throws -> Int32 {
        let (summaries, damaged) = SessionSummary.all(of: SessionFolder.existing(in: context))
        if context.terminal.isJSON {
            context.terminal.output(json: JSONValue(encoding: summaries))
        } else if summaries.isEmpty && damaged.isEmpty {
            context.terminal.note("no sessions; `ray session start` in a project starts one")
        } else {
            var table = Table("NAME", "STATE", "RAY", "RUNNING", "CREATED", "PROJECT")
            table.wrapsLast = true
            for summary in summaries {
                table.add(
                    summary.name, summary.state, summary.ray ?? "-", String(summary.running.count),
                    Timestamp.age(of: summary.created),
                    summary.root)
            }
            context.terminal.output(table)
        }
        if !damaged.isEmpty { context.terminal.report(damaged) }
        return damaged.isEmpty ? 0 : 1
    }
}

extension SessionSummary {
    /// The sessions that are there, and what is wrong with those that cannot be read.
    static func all(of folders: [SessionFolder]) -> (summaries: [SessionSummary], problems: [Diagnostic]) {
        var summaries: [SessionSummary] = []
        var problems: [Diagnostic] = []
        for folder in folders {
            do throws(Failure) {
                if let summary = try SessionSummary(folder) { summaries.append(summary) }
            } catch {
                problems += error.diagnostics
            }
        }
        return (summaries, problems)
    }
}
