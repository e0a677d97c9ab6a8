import PipRequirements
import PluginKit

/// Requirements that pip finds no versions for.
enum UnsatisfiablePip {
    static func explain(_ output: ToolOutput, _ asked: AskedFor) -> [Diagnostic] {
        if let line = output.line(with: "Could not find a version that satisfies the requirement ") {
            return [noVersion(line, output, asked)]
        }
        guard let line = output.line(with: "have conflicting dependencies") else { return [] }
        let items = items(line, asked)
        let names = items.prefix(2).map { "`\($0.shown)`" }
        let others = items.dropFirst().prefix(3).map { item in
            let file = item.source.place.file.split(separator: "/").last ?? ""
            return "\(file):\(item.source.place.line ?? 1): \(item.shown)"
        }
        let reasons = output.lines.filter { $0.hasPrefix("ray: ") }.map { String($0.dropFirst(5)).trimmedStart }
        let causes = (others + reasons).prefix(12)
        return [
            Diagnostic(
                .unsatisfiable,
                names.count > 1 ? "\(names[0]) and \(names[1]) conflict" : "the requirements conflict",
                at: items.first?.source.place ?? asked.place,
                cause: causes.isEmpty ? nil : causes.joined(separator: "\n"),
                hint: "loosen one of them")
        ]
    }

    /// `… the requirement click==99.99 (from versions: 0.1, …)`.
    private static func noVersion(_ line: String, _ output: ToolOutput, _ asked: AskedFor) -> Diagnostic {
        let what = line.between("the requirement ", " (from ") ?? ""
        let name = String(what.prefix { !"=<>!~[ ;".contains($0) })
        let versions = (line.between("(from versions: ", ")") ?? "none").split(separator: ", ").map(String.init)
        let place = asked.place(ofPackage: name) ?? asked.place
        if versions == ["none"] {
            return Diagnostic(
                .unsatisfiable, "there is no package `\(name)` for this Python and platform", at: place,
                hint: "look at its name, and at the index that it comes from")
        }
        let pinned = asked.item(named: name)?.requirement?.pinned
        if let pinned, let needed = pythonNeeded(by: pinned, output) {
            return Diagnostic(
                .unsatisfiable,
                "`\(name)==\(pinned)` takes Python \(needed), and this is for Python \(asked.python ?? "another version")",
                at: place, hint: "allow an older version of it, or choose another Python with `python` in `environment`"
            )
        }
        let newest = versions.last { version in version.allSatisfy { $0.isNumber || $0 == "." } }
        return Diagnostic(
            .unsatisfiable,
            "no version of \(name) matches \(what.dropFirst(name.count))\(newest.map { " (newest is \($0))" } ?? "")",
            at: place, hint: "ask for a version that there is")
    }

    /// `ERROR: Ignored the following versions that require a different python version: 2.5.5 Requires-Python >=3.12; …`.
    private static func pythonNeeded(by version: String, _ output: ToolOutput) -> String? {
        guard let list = output.rest(after: "require a different python version: ") else { return nil }
        let entry = list.split(separator: "; ").first { $0.hasPrefix("\(version) ") }
        return entry.flatMap { String($0).split(separator: " ").last.map(String.init) }
    }

    /// `Cannot install -r c.txt (line 1) and click==6.0 because …`.
    private static func items(_ line: String, _ asked: AskedFor) -> [Requirements.Item] {
        let names = line.between("Cannot install ", " because ") ?? ""
        let numbered = names.split(separator: "-r ").compactMap { part -> (String, Int)? in
            guard let number = String(part).between(" (line ", ")").flatMap(Int.init),
                let file = part.firstRange(of: " (line ")
            else { return nil }
            return (String(part[..<file.lowerBound]), number)
        }
        let named = Set(UnsatisfiableUV.involved(in: names, asked).map(\.source))
        return asked.requirements.items.filter { item in
            let place = item.source.place
            return named.contains(item.source)
                || numbered.contains { place.line == $0.1 && place.file.hasSuffix("/\($0.0)") }
        }
    }
}

/// Lines that uv does not read as pip does.
enum InputFailures {
    static func explain(_ output: ToolOutput, _ asked: AskedFor) -> [Diagnostic] {
        let hint = "uv reads less than pip does: write it otherwise, or set `RAY_UV=no` to use pip"
        if let line = output.line(with: "or the start of a requirement: ") {
            let position = line.split(separator: ":").suffix(3).map { String($0).trimmedStart }
            guard position.count == 3, let number = Int(position[1]), let column = Int(position[2]) else { return [] }
            let file = asked.requirements.files.first { $0.hasSuffix("/\(position[0])") } ?? asked.place?.file
            return [
                Diagnostic(
                    .input, "uv does not know this option of requirements files",
                    at: file.map { Place(file: $0, line: number, column: column) }, hint: hint)
            ]
        }
        for words in ["Couldn't parse requirement in", "Couldn't parse metadata", "is invalid: "] {
            guard let line = output.line(with: words) else { continue }
            return [
                Diagnostic(
                    .input, "uv cannot read what is asked for", at: asked.place, cause: ToolOutput.words(of: line),
                    hint: hint)
            ]
        }
        if let line = output.line(with: "is not a valid Python executable")
            ?? output.line(with: "No interpreter found") ?? output.line(with: "Invalid version request")
            ?? output.line(with: "No download found for request")
        {
            return [
                Diagnostic(
                    .toolMissing, "uv finds no such Python\(asked.wantedPython.map { " as `\($0)`" } ?? "")",
                    at: asked.pythonPlace ?? asked.place, cause: ToolOutput.words(of: line),
                    hint: "name another one as `python` in `environment`")
            ]
        }
        return []
    }
}
