import FoundationEssentials
package import PluginKit

/// Reads a requirements file, or lines of one, and all that is included, and collects what is wrong with them.
package struct RequirementsReader {
    private let root: URL
    private let variables: [String: String]
    private var result = Requirements()
    /// The files being read, outermost first, to notice one that includes itself.
    private var chain: [URL] = []
    /// Where the line that is being read stands, if that is in no requirements file.
    private var entry: Place?

    /// Reads `path`, relative to `root`.
    ///
    /// `place` is where the path is written. `variables` are those that `${NAME}` stands for.
    package static func read(
        _ path: String, in root: String, place: Place?, variables: [String: String]
    ) -> Requirements {
        var reader = RequirementsReader(root: root, variables: variables)
        let file = URL(filePath: path, relativeTo: reader.root).standardizedFileURL
        reader.read(file, as: path, isConstraint: false, place: place)
        return reader.result
    }

    /// Reads lines that stand elsewhere than in a requirements file, each at its place; all paths are relative to `folder`.
    package static func read(
        _ lines: [(text: String, place: Place)], in folder: String, variables: [String: String]
    ) -> Requirements {
        var reader = RequirementsReader(root: folder, variables: variables)
        for line in lines {
            reader.entry = line.place
            let file = URL(filePath: line.place.file)
            for content in LogicalLine.all(in: Array(line.text.utf8)) {
                reader.read(
                    content, of: URL(filePath: file.lastPathComponent, relativeTo: reader.root), isConstraint: false)
            }
        }
        return reader.result
    }

    private init(root: String, variables: [String: String]) {
        self.root = URL(filePath: root, directoryHint: .isDirectory)
        self.variables = variables
    }

    private mutating func read(_ file: URL, as name: String, isConstraint: Bool, place: Place?) {
        result.add(file: file.path)
        guard let data = Self.contents(of: file) else {
            return result.diagnostics.append(absence(of: file, as: name, place: place))
        }
        let identity = file.resolvingSymlinksInPath()
        guard !chain.contains(identity) else {
            let names = (chain + [identity]).map { "`\($0.lastPathComponent)`" }.joined(separator: " → ")
            return result.diagnostics.append(
                Diagnostic(.input, "`\(name)` includes itself: \(names)", at: place, hint: "remove this line"))
        }
        chain.append(identity)
        let outer = entry
        entry = nil
        defer {
            chain.removeLast()
            entry = outer
        }
        do {
            for line in LogicalLine.all(in: try utf8Text(of: data)) {
                read(line, of: file, isConstraint: isConstraint)
            }
        } catch {
            // The one problem that counts its offset in the file.
            let before = data.prefix(error.offset)
            let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
            let line = before.count { $0 == UInt8(ascii: "\n") } + 1
            let column = String(decoding: before[lineStart...], as: UTF8.self).count + 1
            result.diagnostics.append(
                Diagnostic(
                    .input, error.message, at: Place(file: file.path, line: line, column: column),
                    hint: "save it as UTF-8"))
        }
    }

    /// FoundationEssentials of Swift 6.3 keeps the memory in which it has read an empty file.
    private static func contents(of file: URL) -> Data? {
        let attributes = try? FileManager.default.attributesOfItem(atPath: file.path)
        let isEmpty = attributes?[.type] as? FileAttributeType == .typeRegular && attributes?[.size] as? UInt == 0
        return isEmpty ? Data() : try? Data(contentsOf: file)
    }

    private mutating func read(_ line: LogicalLine, of file: URL, isConstraint: Bool) {
        let expansion = Expansion(line.bytes, variables)
        for name in expansion.unset {
            report(
                Problem(
                    name.offset, "`${\(name.text)}` is not set", hint: "set it before starting, or write its value"),
                in: line, of: file)
        }
        guard expansion.unset.isEmpty else { return }
        do throws(Problem) {
            let parsed = try ParsedLine(expansion.bytes, shown: expansion.shown)
            for doubt in parsed.requirement?.doubts ?? [] {
                report(doubt, in: line, of: file, severity: .warning)
            }
            if let path = parsed.includedPath {
                include(path, from: file, line)
            } else {
                checkReference(parsed, in: line, of: file)
                result.add(
                    parsed, isConstraint: isConstraint, variables: expansion.names.map(\.text),
                    source: Requirements.Source(
                        place: position(expansion.bytes == line.bytes ? parsed.start : 0, in: line, of: file),
                        lines: line.lines,
                        holdsSecret: parsed.hasCredentials || expansion.names.contains(where: \.isSecret)))
            }
        } catch {
            // Offsets into an expanded line lead nowhere.
            let offset = expansion.bytes == line.bytes ? error.offset : 0
            report(Problem(offset, error.message, hint: error.hint), in: line, of: file)
        }
    }

    private mutating func include(_ path: Option, from file: URL, _ line: LogicalLine) {
        let name = path.value ?? ""
        guard !LocalReference.isURL(name) else {
            result.add(
                remote: "--\(path.name) \(LocalReference.withoutCredentials(name))",
                at: position(0, in: line, of: file))
            return
        }
        let inner = URL(filePath: name, relativeTo: file.deletingLastPathComponent()).standardizedFileURL
        read(
            inner, as: name, isConstraint: path.name == "constraint",
            place: position(path.offset, in: line, of: file))
    }

    private func position(_ offset: Int, in line: LogicalLine, of file: URL) -> Place {
        if let entry { return entry }
        let position = line.position(of: offset)
        return Place(file: file.path, line: position.line, column: position.column)
    }

    private mutating func report(
        _ problem: Problem, in line: LogicalLine, of file: URL, severity: Diagnostic.Severity = .error
    ) {
        let place = position(problem.offset, in: line, of: file)
        result.diagnostics.append(
            Diagnostic(.input, problem.message, at: place, hint: problem.hint, severity: severity))
    }

    private func absence(of file: URL, as name: String, place: Place?) -> Diagnostic {
        let folder = file.deletingLastPathComponent()
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        // A link that leads nowhere is there and is not.
        let others = names.filter { $0 != file.lastPathComponent }
        let nearest = suggestion(for: file.lastPathComponent, among: others)
        var isFolder = false
        let isThere = FileManager.default.fileExists(atPath: file.path, isDirectory: &isFolder)
        let message =
            isFolder
            ? "`\(name)` is a folder, not a requirements file"
            : isThere ? "`\(name)` cannot be read" : "`\(name)` not found in `\(folder.trimmedPath)`"
        return Diagnostic(.input, message, at: place, hint: isThere ? nil : nearest.map { "did you mean `\($0)`?" })
    }

    /// Notes the local file or folder that a requirement names, and reports one that is not there.
    private mutating func checkReference(_ parsed: ParsedLine, in line: LogicalLine, of file: URL) {
        guard let path = parsed.localPath, !path.hasPrefix("~"), !path.contains("${") else { return }
        // Unlike an included file, a package is looked for from the folder that the installer runs in.
        let target = URL(filePath: path, relativeTo: root).standardizedFileURL
        let isThere = result.add(reference: target, isEditable: parsed.editable != nil)
        // A marker may keep the requirement from ever being looked at.
        if !isThere, parsed.mustExist {
            report(Problem(parsed.start, "`\(path)` not found in `\(root.trimmedPath)`"), in: line, of: file)
        }
    }
}

extension URL {
    /// The path without the slash at the end that a folder may have.
    package var trimmedPath: String {
        path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    }
}
