import FoundationEssentials
import PipRequirements
import PluginKit

/// What is locked: exact versions with their hashes, as `uv pip compile` writes them.
struct LockText {
    /// One thing to install.
    struct Entry {
        /// The normalised name; nil for a path.
        var name: String?
        var version: String?
        var url: String?
        var path: String?
        var isEditable = false
        var marker: String?
        /// The entry as it is written, without hashes.
        var head: String
        var hashes: [String]
        /// The line of the text that it begins in.
        var line: Int

        /// Whether its installer must look at the project's folder instead of an index.
        var isFolder: Bool { path.map { !LocalReference.isArchive($0) } ?? false }
    }

    /// The oldest Python that the lock is for, as `3.11`.
    private(set) var python: PythonVersion?
    private(set) var entries: [Entry] = []
    private(set) var diagnostics: [Diagnostic] = []

    /// The first line of a lock.
    static func header(python: PythonVersion) -> String { "# python >=\(python.minorText)" }

    init(_ lock: Lock) {
        python = lock.text.split(separator: "\n", maxSplits: 1).first
            .flatMap { $0.hasPrefix("# python >=") ? PythonVersion(String($0.dropFirst(11))) : nil }
        for line in LogicalLine.all(in: Array(lock.text.utf8)) {
            let place = lock.place(ofLine: line.lines.lowerBound)
            do throws(Problem) {
                entries.append(try LockText.entry(line))
            } catch {
                diagnostics.append(
                    Diagnostic(.input, error.message, at: place, hint: error.hint ?? LockText.cure))
            }
        }
    }

    static let cure = "`ray environment lock` writes it anew"

    private static func entry(_ line: LogicalLine) throws(Problem) -> Entry {
        let bytes = line.bytes
        let number = line.lines.lowerBound
        let parsed: ParsedLine
        do throws(Problem) {
            parsed = try ParsedLine(bytes, shown: bytes)
        } catch {
            // What a requirements file's author would be told is no cure for a file that a program writes.
            throw Problem(error.offset, "the lock has a line that is no requirement: \(error.message)")
        }
        if let editable = parsed.editable {
            let path = LocalReference.path(of: LocalReference.withoutExtras(editable).path)
            return Entry(
                url: path == nil ? editable : nil, path: path, isEditable: true, head: "-e \(editable)", hashes: [],
                line: number)
        }
        guard let requirement = parsed.requirement else {
            throw Problem(0, "the lock has a line that is no requirement: `\(parsed.normalised)`")
        }
        let head = trimmed(String(decoding: bytes[..<OptionLine.start(in: bytes)], as: UTF8.self)[...])
        var entry = Entry(marker: requirement.marker, head: head, hashes: parsed.hashes, line: number)
        entry.name = requirement.packageName
        switch requirement.target {
        case .package(let name, _):
            guard let version = requirement.pinned else {
                throw Problem(0, "the lock has no exact version of `\(name)`")
            }
            entry.version = version
        case .url(_, let url):
            entry.path = LocalReference.path(of: url)
            entry.url = entry.path == nil ? url : nil
        case .path(let path, _):
            entry.path = path
        }
        return entry
    }

    /// The entries that are installed on a node with these marker values.
    func entries(for values: MarkerValues) -> [Entry] {
        entries.filter { entry in entry.marker.flatMap(values.evaluate) ?? true }
    }
}

extension LockText.Entry {
    /// The entry in one line for people and for comparing, without hashes and credentials.
    var shown: String {
        if let name, let version { return "\(name)==\(version)" }
        let place = LocalReference.withoutCredentials(url ?? path ?? "")
        return isEditable ? "--editable \(place)" : name.map { "\($0) @ \(place)" } ?? place
    }
}
