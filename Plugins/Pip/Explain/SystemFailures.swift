import PipRequirements
import PluginKit

/// What the machine has too little of, and what it has damaged.
enum SystemFailures {
    static func explain(_ output: ToolOutput, _ asked: AskedFor) -> [Diagnostic] {
        if let disk = output.diskFailure { return [disk] }
        let damaged = output.lines.filter { $0.hasPrefix("ray: no record of ") }.map { $0.dropFirst(18) }
        if !damaged.isEmpty {
            return damaged.map {
                Diagnostic(
                    .verifyFailed, "what was installed of `\($0)` is not whole: uv's cache is damaged",
                    at: asked.place, hint: "`uv cache clean \($0)`, with `UV_CACHE_DIR` as it is for builds")
            }
        }
        return []
    }
}

/// Files that are not what they should be.
enum HashFailures {
    static func explain(_ output: ToolOutput, _ asked: AskedFor) -> [Diagnostic] {
        if let line = output.line(with: "Hash mismatch for `"), let what = line.between("Hash mismatch for `", "`") {
            let hashes = output.lines.map(\.trimmedStart)
            let expected = list(hashes, from: "Expected:")
            let got = list(hashes, from: "Computed:")
            return [diagnostic(what, expected: expected, got: got, asked)]
        }
        guard output.contains("DO NOT MATCH THE HASHES") else { return [] }
        var found: [Diagnostic] = []
        var name = "", expected: [String] = []
        for line in output.lines.map(\.trimmedStart) {
            if let range = line.firstRange(of: " from "), line.contains("(from -r ") {
                name = String(line[..<range.lowerBound])
                expected = []
            } else if line.hasPrefix("Expected ") || line.hasPrefix("or ") {
                expected.append(hash(line))
            } else if line.hasPrefix("Got ") {
                found.append(
                    diagnostic(
                        name, expected: expected, got: ["\(expected.first.map(kind) ?? "sha256"):\(last(line))"], asked)
                )
            }
        }
        return found
    }

    private static func diagnostic(_ what: String, expected: [String], got: [String], _ asked: AskedFor) -> Diagnostic {
        let name = String(what.prefix { $0 != "=" && $0 != " " })
        let demand = asked.item(named: name).flatMap { $0.hashes.isEmpty ? nil : $0.source.place }
        let shown = expected.count > 4 ? expected.prefix(3) + ["… (\(expected.count) in all)"] : expected[...]
        return Diagnostic(
            .hash, "`\(shownName(what))` does not match its hash",
            at: demand ?? asked.lockPlace(ofPackage: name) ?? asked.place(ofPackage: name),
            cause: "expected \(shown.joined(separator: ", "))\ngot \(got.joined(separator: ", "))",
            hint: "find out why it is another file; if it may be, `ray environment lock --upgrade \(name)`")
    }

    private static func shownName(_ what: String) -> String {
        what.firstRange(of: " @ ").map { String(what[..<$0.lowerBound]) } ?? what
    }

    private static func list(_ lines: [String], from title: String) -> [String] {
        guard let start = lines.firstIndex(of: title) else { return [] }
        return Array(lines[(start + 1)...].prefix { $0.contains(":") && !$0.hasSuffix(":") })
    }

    private static func hash(_ line: String) -> String {
        let words = line.split(separator: " ")
        return words.count > 2 ? "\(words[words.count - 2]):\(words[words.count - 1])" : line
    }

    private static func kind(_ hash: String) -> String { String(hash.prefix { $0 != ":" }) }

    private static func last(_ line: String) -> String { line.split(separator: " ").last.map(String.init) ?? "" }
}
