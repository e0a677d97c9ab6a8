import PipRequirements
import PluginKit

/// Requirements that uv finds no versions for.
enum UnsatisfiableUV {
    static func explain(_ output: ToolOutput, _ asked: AskedFor) -> [Diagnostic] {
        guard let derivation = output.derivation else { return [] }
        let text = derivation.joined(separator: " ")
        if let found = absent(text, asked) { return [found] }
        if let found = otherPython(text, asked) { return [found] }
        if let found = noWheel(text, output, asked) { return [found] }
        if let found = noVersion(text, output, asked) { return [found] }
        return [conflict(derivation, asked)]
    }

    /// The words of uv that say what is unknown everywhere.
    private static func absent(_ text: String, _ asked: AskedFor) -> Diagnostic? {
        for place in ["package registry", "provided package locations"] {
            guard let name = text.between("ecause ", " was not found in the \(place)") else { continue }
            return Diagnostic(
                .unsatisfiable,
                "there is no package `\(name)`\(asked.item(named: name) == nil ? ", which others need" : "")",
                at: asked.place(ofPackage: name) ?? asked.place,
                cause: asked.item(named: name) == nil ? text : nil,
                hint: place == "package registry"
                    ? "look at its name, and at the index that it comes from"
                    : "look at its name, and at `--find-links` and `--no-index`")
        }
        if let name = text.between("ecause ", " has an invalid package format") {
            return Diagnostic(
                .input, "`\(name)` is no package: its file is damaged",
                at: asked.place(ofPackage: name) ?? asked.place, hint: "put a whole one in its place")
        }
        return nil
    }

    private static func otherPython(_ text: String, _ asked: AskedFor) -> Diagnostic? {
        guard let needed = text.between(") does not satisfy Python", " and "),
            let what = text.between("does not satisfy Python\(needed) and ", " depends on Python")
        else { return nil }
        let there = text.between("Python version (", ")") ?? asked.python ?? ""
        let name = String(what.prefix { $0.isLetter || $0.isNumber || "-_.".contains($0) })
        return Diagnostic(
            .unsatisfiable, "`\(what)` takes Python \(needed), and this is for Python \(there)",
            at: asked.place(ofPackage: name) ?? asked.place,
            hint: "allow an older version of it, or choose another Python with `python` in `environment`")
    }

    private static func noWheel(_ text: String, _ output: ToolOutput, _ asked: AskedFor) -> Diagnostic? {
        guard text.contains(" has no wheels with a matching ") || text.contains(" has no usable wheels"),
            let what = text.between("ecause ", " has no ")
        else { return nil }
        let name = String(what.prefix { $0 != "=" && $0 != "<" && $0 != ">" })
        return Diagnostic(
            .unsatisfiable, "`\(what)` has no wheel for this Python and platform",
            at: asked.place(ofPackage: name) ?? asked.place, cause: output.hints.first,
            hint: "choose another version of it, or another Python with `python` in `environment`")
    }

    private static func noVersion(_ text: String, _ output: ToolOutput, _ asked: AskedFor) -> Diagnostic? {
        var name: String?
        var newest: String?
        if let what = text.between("there is no version of ", " ") {
            name = String(what.prefix { !"=<>!~[".contains($0) })
            newest = name.flatMap { output.rest(after: "ray: newest \($0) ") }
        } else if let what = text.between("ecause only ", " is available and you require ") {
            let parts = what.split(separator: "<=", maxSplits: 1)
            name = parts.first.map { String($0.prefix { !"=<>![".contains($0) }) }
            newest = parts.count > 1 ? String(parts[1]) : nil
        }
        guard let name, let item = asked.item(named: name), let comparisons = item.requirement?.comparisons,
            !comparisons.isEmpty
        else { return nil }
        return Diagnostic(
            .unsatisfiable,
            "no version of \(name) matches \(comparisons)\(newest.map { " (newest is \($0))" } ?? "")",
            at: item.source.place, hint: "ask for a version that there is")
    }

    /// Requirements that conflict: those of the files that the derivation speaks of.
    private static func conflict(_ derivation: [String], _ asked: AskedFor) -> Diagnostic {
        let text = derivation.joined(separator: " ")
        let items = involved(in: text, asked)
        let names = items.prefix(2).map { "`\($0.shown)`" }
        let message =
            switch names.count {
            case 0: "the requirements conflict"
            case 1: "\(names[0]) cannot be installed"
            default: "\(names[0]) and \(names[1]) conflict"
            }
        let others = items.dropFirst().prefix(3).map { item in
            let file = item.source.place.file.split(separator: "/").last ?? ""
            return "\(file):\(item.source.place.line ?? 1): \(item.shown)"
        }
        return Diagnostic(
            .unsatisfiable, message, at: items.first?.source.place ?? asked.place,
            cause: (others + derivation).prefix(12).joined(separator: "\n"),
            hint: names.isEmpty ? nil : "loosen one of them")
    }

    static func involved(in text: String, _ asked: AskedFor) -> [Requirements.Item] {
        let separators = " ,;()`'\"<>=!~["
        let words = Set(text.split { separators.contains($0) }.map { Requirement.normalised(String($0)) })
        return asked.requirements.items.filter { $0.requirement?.packageName.map(words.contains) ?? false }
    }
}
