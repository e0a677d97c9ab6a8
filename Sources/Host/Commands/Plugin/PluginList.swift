import ArgumentParser
import FoundationEssentials

struct PluginList: RunnableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List every plugin that was found, usable or not, without running any.",
        discussion: """
            $ ray plugin list
            $ ray plugin list --json
            """)

    @OptionGroup var plugins: PluginPathOptions
    @OptionGroup var output: OutputOptions

    func run(_ context: Context, _ interrupts: Interrupts) async throws -> Int32 {
        let catalogue = try Catalogue(context, plugins.options)
        let judgements = catalogue.judgements(context)
        if context.terminal.isJSON {
            context.terminal.output(json: JSONValue(encoding: judgements.map(PluginSummary.init)))
            return 0
        }
        guard !judgements.isEmpty else {
            context.terminal.note("no plugins in \(catalogue.searched.joined(separator: ", "))")
            return 0
        }
        var table = Table("ID", "VERSION", "HANDLES", "VERDICT", "FOLDER")
        table.wrapsLast = true
        for judgement in judgements {
            let manifest = judgement.plugin?.manifest
            table.add(
                manifest?.id ?? "-", manifest?.version ?? "-", manifest?.handled.joined(separator: ", ") ?? "",
                judgement.verdict, judgement.folder)
        }
        context.terminal.output(table)
        let problems = judgements.filter { $0.verdict == "unusable" }.flatMap(\.problems)
        if !problems.isEmpty { context.terminal.report(problems) }
        if judgements.contains(where: { ["not allowed", "changed"].contains($0.verdict) }) {
            context.terminal.note("what is not part of ray is used only after `ray plugin allow FOLDER`")
        }
        return 0
    }
}

/// One candidate as `--json` has it.
struct PluginSummary: Codable {
    var id: String?
    var version: String?
    var kind: String?
    var handles: [String]
    var verdict: String
    var reason: String?
    var folder: String

    init(_ judgement: CandidateJudgement) {
        let manifest = judgement.plugin?.manifest
        id = manifest?.id
        version = manifest?.version
        kind = manifest?.kind.rawValue
        handles = manifest?.handled ?? []
        verdict = judgement.verdict
        folder = judgement.folder
        guard !judgement.problems.isEmpty else { return }
        reason = judgement.problems
            .map { [$0.place?.text(), $0.message].compactMap(\.self).joined(separator: ": ") }
            .joined(separator: "; ")
    }
}

extension Manifest {
    /// What it handles, in words.
    var handled: [String] {
        (keys?.keys.sorted().map { "environment.\($0)" } ?? []) + (types?.map { "provider \($0)" } ?? [])
    }
}
