import PluginKit

/// An option of a requirements file with its value.
package struct Option: Sendable, Hashable {
    /// The long name, without hyphens.
    package var name: String
    package var value: String?
    /// Where its value stands, or else the option itself.
    package var offset: Int
}

/// The options of a line, read as pip reads them: split like a shell's words, names abbreviated.
package enum OptionLine {
    private static let flags: Set = [
        "no-index", "prefer-binary", "require-hashes", "pre", "always-unzip", "process-dependency-links",
        "use-wheel", "no-use-wheel", "use-pep517", "no-use-pep517", "no-build-isolation",
    ]
    private static let withValue: Set = [
        "index-url", "pypi-url", "extra-index-url", "constraint", "requirement", "editable", "find-links",
        "no-binary", "only-binary", "trusted-host", "use-feature", "hash", "global-option", "install-option",
        "build-option", "config-setting", "config-settings", "all-releases", "only-final", "uploaded-prior-to",
        "build-constraint",
    ]
    private static let short: [Character: String] = [
        "i": "index-url", "c": "constraint", "r": "requirement", "e": "editable", "f": "find-links",
        "Z": "always-unzip", "C": "config-settings",
    ]

    /// Where the options of a line begin: at the first word with a hyphen.
    package static func start(in bytes: [UInt8]) -> Int {
        let hyphen = bytes.indices.first {
            bytes[$0] == UInt8(ascii: "-") && ($0 == 0 || bytes[$0 - 1].isSpace)
        }
        return hyphen ?? bytes.count
    }

    /// The options from `offset` on.
    static func parse(_ bytes: [UInt8], from offset: Int) throws(Problem) -> [Option] {
        var words = try ShellWords.split(bytes, from: offset)[...]
        var options: [Option] = []
        while let word = words.popFirst(), word.text != "--" {
            // pip ignores what is no option here.
            guard word.text.hasPrefix("-"), word.text.count > 1 else { continue }
            guard var option = try split(word) else { throw unknown(word) }
            if option.value == nil, withValue.contains(option.name) {
                guard let value = words.popFirst() else {
                    throw Problem(word.offset, "no value follows `\(word.text)`")
                }
                option.value = value.text
                option.offset = value.offset
            }
            options.append(option)
        }
        return options
    }

    private static func split(_ word: ShellWords.Word) throws(Problem) -> Option? {
        if word.text.hasPrefix("--") {
            let parts = word.text.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let first = parts.first, let name = fullName(String(first)) else { return nil }
            return Option(name: name, value: parts.count > 1 ? String(parts[1]) : nil, offset: word.offset)
        }
        guard let name = short[word.text[word.text.index(after: word.text.startIndex)]] else { return nil }
        let value = word.text.dropFirst(2)
        return Option(name: name, value: value.isEmpty ? nil : String(value), offset: word.offset)
    }

    private static func fullName(_ text: String) -> String? {
        let all = flags.union(withValue)
        if all.contains(text) { return text }
        return text.isEmpty ? nil : all.filter { $0.hasPrefix(text) }.min()
    }

    private static func unknown(_ word: ShellWords.Word) -> Problem {
        let name = String(word.text.prefix { $0 != "=" })
        let nearest = suggestion(for: name, among: flags.union(withValue).map { "--\($0)" })
        return Problem(
            word.offset, "unknown option `\(name)`",
            hint: nearest.map { "did you mean `\($0)`?" }
                ?? "a requirements file takes only some of pip's options")
    }
}
