import ArgumentParser
import FoundationEssentials

struct PluginWhy: RunnableCommand {
    static let configuration = CommandConfiguration(
        commandName: "why", abstract: "Explain which plugin a name leads to, and why the other candidates do not.",
        discussion: """
            NAME is a plugin's id, a key of `environment`, a provider type, or a folder.

            $ ray plugin why requirements
            $ ray plugin why aws
            """)

    @Argument var name: String
    @OptionGroup var plugins: PluginPathOptions
    @OptionGroup var output: OutputOptions

    func run(_ context: Context, _ interrupts: Interrupts) async throws -> Int32 {
        var options = plugins.options
        if let folder = context.folder(named: name) { options.pluginPath.append(folder) }
        let catalogue = try Catalogue(context, options)
        let answer = PluginChoice(of: name, in: catalogue, context)
        if context.terminal.isJSON {
            context.terminal.output(json: answer.json)
        } else {
            let candidates = answer.candidates.map { Self.text($0, context.terminal.style) }
            let searched = ["searched, in this order:"] + catalogue.searched.map { "  \($0)" }
            context.terminal.output((candidates + searched).joined(separator: "\n"))
        }
        if let conflict = answer.conflict { throw Failure([conflict]) }
        guard answer.isChosen else { throw Failure([try answer.absence(KnownPlugins(folders: context.folders))]) }
        return 0
    }

    private static func text(_ judgement: CandidateJudgement, _ style: TextStyle) -> String {
        let manifest = judgement.plugin?.manifest
        let name =
            manifest.map { "`\($0.id)` \($0.version), for \($0.handled.joined(separator: ", ")), in" } ?? "what is in"
        let head = "\(judgement.verdict): \(name) \(judgement.folder)"
        var plain = style
        plain.hasColour = false
        let reasons = judgement.problems.map { $0.text(plain) }.joined(separator: "\n").split(separator: "\n")
        return ([head.printable] + reasons.map { "  \($0)" }).joined(separator: "\n")
    }
}

/// Every candidate that a name may mean, and the one that is chosen.
struct PluginChoice {
    let name: String
    /// In the order of the search.
    let candidates: [CandidateJudgement]
    private let catalogue: Catalogue

    init(of name: String, in catalogue: Catalogue, _ context: Context) {
        // As the parts of a project are named, and as `plugin list` writes them.
        let word = ["environment.", "provider.", "provider "].reduce(name) {
            $0.hasPrefix($1) ? String($0.dropFirst($1.count)) : $0
        }
        let folder = context.folder(named: name)
        self.name = word
        self.catalogue = catalogue
        candidates = catalogue.judgements(context).filter { judgement in
            guard !word.isEmpty else { return false }
            let manifest = judgement.plugin?.manifest
            return judgement.folder == folder || judgement.folder.lastPathName == word || manifest?.id == word
                || manifest?.keys?[word] != nil || manifest?.types?.contains(word) == true
        }
    }

    var isChosen: Bool { candidates.contains { ["usable", "in-process"].contains($0.verdict) } }

    /// Two that would handle the same.
    var conflict: Diagnostic? {
        let usable = candidates.filter { $0.verdict != "shadowed" && $0.verdict != "unusable" && $0.plugin?.id != name }
        guard usable.count > 1 else { return nil }
        let names = usable.compactMap(\.plugin).map { "`\($0.id)` in `\($0.folder)`" }.joined(separator: " and ")
        return Diagnostic(
            .conflict, "more than one plugin handles `\(name)`: \(names)",
            hint: "remove one of them, or leave it out of `--plugin-path` and RAY_PLUGIN_PATH")
    }

    var json: JSONValue {
        [
            "name": .string(name), "candidates": .array(candidates.map { JSONValue(encoding: PluginSummary($0)) }),
            "searched": .array(catalogue.searched.map(JSONValue.string)),
        ]
    }

    /// Why there is none.
    func absence(_ known: KnownPlugins) -> Diagnostic {
        if let first = candidates.first(where: { $0.verdict != "shadowed" }) {
            return Diagnostic(.plugin, "no plugin for `\(name)` can be used", hint: first.problems.first?.hint)
        }
        if let plugin = known.plugin(for: name) {
            return Diagnostic(
                .plugin, "no plugin for `\(name)` is installed",
                cause: "the plugin `\(plugin.id)` would handle it: \(plugin.about)",
                hint: "`ray plugin install` takes its folder, its archive or its URL")
        }
        let names = catalogue.plugins.flatMap {
            [$0.id] + ($0.manifest.keys?.keys.sorted() ?? []) + ($0.manifest.types ?? [])
        }
        return Diagnostic(
            .plugin, "no plugin handles `\(name)`, and none is called so",
            hint: suggestion(for: name, among: names) ?? "`ray plugin list` shows what is installed")
    }
}
