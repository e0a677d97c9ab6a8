import PluginKit

/// The conda, mamba or micromamba of a node.
struct CondaTool {
    var path: String
    /// `conda`, `mamba` or `micromamba`.
    var kind: String

    init?(_ facts: [String: String]) {
        guard let path = facts["conda_tool"], !path.isEmpty else { return nil }
        self.path = path
        kind = facts["conda_kind"] ?? "conda"
    }

    /// Why there is none, and how to get one.
    static func absence(_ request: BuilderRequest) -> Diagnostic {
        let requested = request.facts["conda_requested"] ?? ""
        guard requested.isEmpty else {
            return Diagnostic(
                .toolMissing, "`\(requested)` is no program that runs", at: request.place(of: "/conda_tool"),
                hint: "name a conda, mamba or micromamba")
        }
        return Diagnostic(
            .toolMissing, "there is no conda, mamba or micromamba", at: request.place(of: "/conda"),
            cause: "looked at CONDA_EXE, MAMBA_EXE, PATH, \(request.facts["conda_searched"] ?? "")",
            hint: "install Miniforge (https://conda-forge.org/download) or micromamba, or name one with `conda_tool`")
    }
}
