import PluginKit

/// Text that a script writes into a file, as it is.
enum ShellText {
    /// Commands that print `text`, whatever is in it.
    static func printing(_ text: String) -> String {
        guard !text.isEmpty else { return "" }
        var delimiter = "RAY_TEXT"
        let lines = Set(text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init))
        while lines.contains(delimiter) { delimiter += "_" }
        return "cat <<'\(delimiter)'\n\(text)\(text.hasSuffix("\n") ? "" : "\n")\(delimiter)\n"
    }

    /// A path that no option can be taken for.
    static func path(_ path: String) -> String { (path.hasPrefix("-") ? "./\(path)" : path).shellQuoted }
}
