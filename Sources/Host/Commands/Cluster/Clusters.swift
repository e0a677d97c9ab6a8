import ArgumentParser

struct Clusters: RunnableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clusters", abstract: "List your clusters, wherever they were brought up.",
        discussion: """
            $ ray clusters
            $ ray clusters --json
            """)

    @OptionGroup var output: OutputOptions

    func run(_ context: Context, _ interrupts: Interrupts) async throws -> Int32 {
        var summaries: [ClusterSummary] = []
        var problems: [Diagnostic] = []
        for folder in SessionFolder.existingClusters(in: context) {
            do throws(Failure) {
                if let summary = try ClusterSummary(folder) { summaries.append(summary) }
            } catch { problems += error.diagnostics }
        }
        if context.terminal.isJSON {
            context.terminal.output(json: JSONValue(encoding: summaries))
        } else if summaries.isEmpty && problems.isEmpty {
            context.terminal.note("no clusters; `ray up cluster.yaml` brings one up")
        } else {
            var table = Table("NAME", "STATE", "HEAD", "WORKERS", "PROVIDER", "CREATED", "FILE")
            table.wrapsLast = true
            for summary in summaries {
                table.add(
                    summary.name, summary.state, summary.head ?? "-", String(summary.workers.count), summary.provider,
                    Timestamp.age(of: summary.created), summary.file)
            }
            context.terminal.output(table)
        }
        if !problems.isEmpty { context.terminal.report(problems) }
        return problems.isEmpty ? 0 : 1
    }
}
