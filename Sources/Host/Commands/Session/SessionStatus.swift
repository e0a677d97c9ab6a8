import ArgumentParser

struct SessionStatus: RunnableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show a session: what it has, what runs in it and what has run.",
        discussion: """
            $ ray session status
            $ ray session status 'train-*' --json
            """)

    @OptionGroup var sessions: SessionArguments
    @OptionGroup var output: OutputOptions

    func run(_ context: Context, _ interrupts: Interrupts) async throws -> Int32 {
        let folders = try sessions.folders(context)
        let (summaries, problems) = SessionSummary.all(of: folders)
        if context.terminal.isJSON {
            context.terminal.output(json: JSONValue(encoding: summaries))
        } else {
            for (index, summary) in summaries.enumerated() {
                context.terminal.output((index > 0 ? "\n" : "") + summary.text)
                let runs = summary.table
                if !runs.isEmpty { context.terminal.output(runs) }
            }
            if summaries.isEmpty, problems.isEmpty, let name = folders.first?.name {
                context.terminal.note("session `\(name)` is not running")
            }
        }
        if !problems.isEmpty { context.terminal.report(problems) }
        return problems.isEmpty ? 0 : 1
    }
}

extension SessionSummary {
    /// The latest runs that people are shown.
    private static let shownRuns = 20

    fileprivate var text: String {
        var lines = ["session      \(name)", "state        \(state)"]
        if let problem { lines.append("problem      \(problem.message)") }
        lines.append("project      \(project), in \(root)")
        lines.append("cluster      \(provider), by \(cluster)\(machine.isEmpty ? "" : ", on \(machine)")")
        lines.append(
            "environment  \(layers.isEmpty ? "-" : layers.map { String($0.prefix(8)) }.joined(separator: ", "))")
        if let nodes { lines.append("nodes        \(nodes.joined(separator: ", "))") }
        let elsewhere = nodes.flatMap { nodes in rayVersion.map { "\($0) on \(nodes.count) nodes" } }
        lines.append("ray          \(ray.map { "\(rayVersion ?? "") at \($0)" } ?? elsewhere ?? "-")")
        lines.append("created      \(Timestamp.age(of: created))")
        if runs.count > Self.shownRuns {
            lines.append("runs         the last \(Self.shownRuns) of \(runs.count); --json has all")
        }
        return lines.joined(separator: "\n").printable
    }

    fileprivate var table: Table {
        var table = Table("RUN", "COMMAND", "STATE", "STARTED", "TIME", "LOG")
        for run in runs.suffix(Self.shownRuns) {
            let ended = run.status.map { $0 == 0 ? "ok" : "failed (\($0))" }
            table.add(
                String(run.id.prefix(8)),
                ([run.command.split(separator: "\n").first.map(String.init) ?? "", run.choices]).filter { !$0.isEmpty }
                    .joined(separator: " "),
                ended ?? run.state, Timestamp.age(of: run.started),
                run.ended.flatMap { Timestamp.time(from: run.started, to: $0) } ?? "-", run.log == nil ? "-" : "kept")
        }
        return table
    }
}
