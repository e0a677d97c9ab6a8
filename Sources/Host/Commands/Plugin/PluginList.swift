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
        let rows = catalogue.candidates.map(PluginSummary.init)
        if context.terminal.isJSON {
            context.terminal.output(json: JSONValue(encoding: rows))
            return 0
        }
        guard !rows.isEmpty else {
            context.terminal.note("no plugins in \(catalogue.searched.joined(separator: ", "))")
            return 0
        }
        var table = Table("ID", "VERSION", "HANDLES", "VERDICT", "FOLDER")
        table.wrapsLast = true
        for row in rows {
            table.add(row.id ?? "-", row.version ?? "-", row.handles.joined(separator: ", "), row.verdict, row.folder)
        }
        context.terminal.output(table)
        let problems = catalogue.candidates.flatMap { candidate in
            if case .unusable(let diagnostics) = candidate.verdict { diagnostics } else { [] as [Diagnostic] }
        }
        if !problems.isEmpty { context.terminal.report(problems) }
        return 0
    }
}

/// One line of `ray plugin list`.
struct PluginSummary: Codable {
    var id: String?
    var version: String?
    var kind: String?
    var handles: [String]
    var verdict: String
    var reason: String?
    var folder: String

    init(_ candidate: Catalogue.Candidate) {
        folder = candidate.folder
        var manifest: Manifest?
        switch candidate.verdict {
        case .usable(let plugin):
            manifest = plugin.manifest
            verdict = "usable"
        case .shadowed(let other, let folder):
            manifest = other.manifest
            verdict = "shadowed"
            reason = "`\(folder)` stands earlier in the search order"
        case .unusable(let diagnostics):
            verdict = "unusable"
            reason = diagnostics.map { [$0.place?.text(), $0.message].compactMap(\.self).joined(separator: ": ") }
                .joined(
                    separator: "; ")
        }
        id = manifest?.id
        version = manifest?.version
        kind = manifest?.kind.rawValue
        handles =
            (manifest?.keys?.keys.sorted().map { "environment.\($0)" } ?? [])
            + (manifest?.types?.map { "provider \($0)" } ?? [])
    }
}
