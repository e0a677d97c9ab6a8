import FoundationEssentials
import PluginKit

extension ToolOutput {
    /// The derivation that uv gives for what cannot be solved, in one text; nil where there is none.
    var derivation: [String]? {
        guard let start = lines.firstIndex(where: { $0.contains("No solution found") }) else { return nil }
        let body = lines[(start + 1)...].prefix { $0.hasPrefix(" ") }
        return body.map { ToolOutput.words(of: $0) }
    }

    /// The hints of uv.
    var hints: [String] {
        lines.filter { $0.hasPrefix("hint: ") }.map { String($0.dropFirst(6)) }
    }

    /// The innermost cause that uv names, or the last line that anything names.
    var innermost: String? {
        (lines.last { $0.trimmedStart.hasPrefix("cause: ") } ?? lines.last).map(ToolOutput.words)
    }
}
