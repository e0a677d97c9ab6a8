import FoundationEssentials

/// What would become of a candidate if it were asked now: judged without running any of it.
package struct CandidateJudgement: Sendable {
    /// One word or two: `usable`, `in-process`, `not allowed`, `changed`, `shadowed` or `unusable`.
    package var verdict: String
    /// Why it is not usable, each with its cure.
    package var problems: [Diagnostic] = []
    package var plugin: Plugin?
    package var folder: String

    /// Opens the library to read its headers, and reads all of it where its digest is not remembered.
    init(_ candidate: Catalogue.Candidate, _ libraries: inout LibraryJudge) {
        folder = candidate.folder
        switch candidate.verdict {
        case .unusable(let diagnostics):
            verdict = "unusable"
            problems = diagnostics
        case .shadowed(let plugin, let other):
            self.plugin = plugin
            verdict = "shadowed"
            problems = [
                Diagnostic(
                    .plugin, "another plugin `\(plugin.id)`, in `\(other)`, stands earlier in the search order",
                    hint: "remove the one that you do not want", severity: .warning)
            ]
        case .usable(let plugin):
            self.plugin = plugin
            do throws(Failure) {
                let digest = try libraries.digest(of: plugin)
                let consent = plugin.consent(library: digest)
                switch consent {
                case .notNeeded, .given:
                    verdict = plugin.isolation(library: digest) == .inProcess ? "in-process" : "usable"
                case .missing, .outdated:
                    verdict = consent == .missing ? "not allowed" : "changed"
                    problems = plugin.refusal(consent).diagnostics
                }
            } catch {
                verdict = "unusable"
                problems = error.diagnostics
            }
        }
    }
}

extension Catalogue {
    /// Every candidate, judged.
    package func judgements(_ context: Context) -> [CandidateJudgement] {
        var libraries = LibraryJudge(context, remembered)
        defer { libraries.remembered.save() }
        return candidates.map { CandidateJudgement($0, &libraries) }
    }
}

/// Judges libraries, of which those that have not changed are not opened.
struct LibraryJudge {
    private let digests: DigestMemory
    private lazy var search = LibrarySearch()
    fileprivate var remembered: RememberedPlugins

    init(_ context: Context, _ remembered: RememberedPlugins) {
        digests = DigestMemory(folders: context.folders)
        self.remembered = remembered
    }

    /// The digest of a plugin's library; throws why it cannot be loaded.
    mutating func digest(of plugin: Plugin) throws(Failure) -> String {
        if let digest = remembered.loadableLibrary(of: plugin) { return digest }
        let asked = nanosecondsNow()
        let library = try PluginLibrary(of: plugin, digests, search: search)
        remembered.rememberLoadable(library.digest, of: plugin, asked: asked)
        return library.digest
    }
}
