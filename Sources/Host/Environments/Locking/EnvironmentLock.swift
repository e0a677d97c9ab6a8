import FoundationEssentials

/// What a project's environment was resolved to: `environment.lock` beside project.yaml, which is
/// committed.
package struct EnvironmentLock: Sendable {
    package struct Entry: Sendable, Equatable {
        /// What the lock follows from; while it is the same, the lock counts.
        package var basis: [String: String]
        package var text: String
        /// Where the text's first line stands.
        package var place: Place

        package static func == (left: Entry, right: Entry) -> Bool {
            left.basis == right.basis && left.text == right.text
        }
    }

    package static let name = "environment.lock"

    package let file: String
    /// By the id of the plugin.
    package var entries: [String: Entry] = [:]

    /// Reads the lock of the project whose project.yaml this is; without one it is empty.
    package init(besides projectFile: String) throws(Failure) {
        file = projectFile.parentPath / Self.name
        guard let data = try Files.read(file) else { return }
        let hint = "`ray environment lock` writes it anew"
        if let line = data.firstConflictMarker {
            throw Failure(
                .input, "a merge has left its conflict markers in the environment lock",
                at: Place(file: file, line: line, column: 1), hint: hint)
        }
        let node: YAMLNode
        do { node = try YAMLNode.parse([UInt8](data), file: file) } catch {
            throw Failure(
                error.diagnostics.map { problem in
                    var problem = problem
                    problem.hint = hint
                    return problem
                })
        }
        guard node["version"]?.int == 1 else {
            throw Failure(
                .lockStale, "the environment lock is of a version that this ray does not read",
                at: node["version"]?.place ?? Place(file: file),
                hint: "use the ray that wrote it, or remove it and let `ray environment lock` make another")
        }
        guard let layers = node["layers"]?.mapping else {
            throw Failure(.input, "the environment lock has no `layers`", at: Place(file: file), hint: hint)
        }
        for layer in layers {
            guard let text = layer.value["lock"], let content = text.string, let basis = layer.value["basis"]?.mapping
            else {
                throw Failure(
                    .input, "the part of `\(layer.key)` in the environment lock is not whole", at: layer.keyPlace,
                    hint: hint)
            }
            // The text of a block begins on the line below its mark.
            var place = Place(file: file, line: text.place.line)
            if data.isBlock(at: text.place) { place.line = place.line.map { $0 + 1 } }
            entries[layer.key] = Entry(
                basis: Dictionary(basis.map { ($0.key, $0.value.text ?? "") }) { $1 }, text: content, place: place)
        }
    }

    /// The same, but empty where it cannot be understood; one that a newer ray wrote is refused all the same.
    init(replacing projectFile: String) throws(Failure) {
        do { try self.init(besides: projectFile) } catch {
            guard error.diagnostics.first?.errorClass == .input else { throw error }
            self.init(emptyBesides: projectFile)
        }
    }

    private init(emptyBesides projectFile: String) {
        file = projectFile.parentPath / Self.name
    }

    package func write() throws(Failure) {
        try Files.replace(file, with: Data(text.utf8))
    }

    private var text: String {
        var text =
            "# What the environment was resolved to. Written by `ray environment lock`; commit it.\nversion: 1\nlayers:"
        text += entries.isEmpty ? " {}\n" : "\n"
        for (plugin, entry) in entries.sorted(by: { $0.key < $1.key }) {
            text += "  \(plugin):\n    basis:\(entry.basis.isEmpty ? " {}" : "")\n"
            for (name, value) in entry.basis.sorted(by: { $0.key < $1.key }) {
                text += "      \(YAMLText.quoted(name)): \(Self.scalar(value, indentation: 8))\n"
            }
            text += "    lock: \(Self.scalar(entry.text, indentation: 6))\n"
        }
        return text
    }

    /// A text as a block, which people can compare line by line, or in quotes where a block cannot hold it.
    private static func scalar(_ text: String, indentation: Int) -> String {
        let body = text.hasSuffix("\n") ? text.dropLast() : text[...]
        let isPlain = body.unicodeScalars.allSatisfy { $0 == "\n" || ($0.value >= 0x20 && $0.value < 0x7F) }
        guard body.contains("\n"), isPlain, let first = body.first, first != " ", first != "\n", body.last != "\n"
        else {
            return YAMLText.quoted(text)
        }
        let margin = String(repeating: " ", count: indentation)
        let lines = body.split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.isEmpty ? "" : margin + $0 }
        return (text.hasSuffix("\n") ? "|\n" : "|-\n") + lines.joined(separator: "\n")
    }
}

extension Data {
    /// The line, counted from 1, where version control could not decide.
    fileprivate var firstConflictMarker: Int? {
        split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .firstIndex { $0.starts(with: "<<<<<<< ".utf8) }.map { $0 + 1 }
    }

    /// Whether a YAML block begins at the place: its mark, `|` or `>`.
    fileprivate func isBlock(at place: Place) -> Bool {
        let lines = split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        guard let line = place.line, let column = place.column, lines.indices.contains(line - 1) else { return false }
        return lines[line - 1].dropFirst(column - 1).first.map { $0 == UInt8(ascii: "|") || $0 == UInt8(ascii: ">") }
            ?? false
    }
}

extension EnvironmentLock {
    /// What differs from an older lock, a line for each change.
    package func changes(since old: EnvironmentLock?) -> [String] {
        entries.keys.sorted().flatMap { plugin -> [String] in
            let before = Self.pins(old?.entries[plugin]?.text)
            let now = Self.pins(entries[plugin]?.text)
            return now.filter { !before.contains($0) }.map { "+ \($0)" }
                + before.filter { !now.contains($0) }.map { "- \($0)" }
        }
    }

    /// The lines of a lock that people compare: those that begin one of its parts.
    private static func pins(_ text: String?) -> [String] {
        (text ?? "").split(separator: "\n").filter { !$0.hasPrefix(" ") && !$0.hasPrefix("#") }
            .map { $0.hasSuffix("\\") ? String($0.dropLast()) : String($0) }
            .map { $0.hasSuffix(" ") ? String($0.dropLast()) : $0 }
    }
}
