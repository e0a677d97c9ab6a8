import FoundationEssentials
import PluginKit

/// Finds the files that the inputs of commands stand for.
struct InputSearch {
    /// What version control and Python keep beside files, which nobody means.
    private static let skipped: Set = [".git", "__pycache__"]

    private let root: String
    /// What commands make is never an input: it is there only after the first build.
    private let made: Set<[String]>
    private let maximum: Int
    private let call: Call
    /// The input that is looked for.
    private var place: Place?

    /// The names of what the inputs of the command at hand stand for, below the project's root.
    private(set) var names: Set<String> = []
    /// The absolute paths of all files found.
    private(set) var files: Set<String> = []
    /// The absolute paths of all that was looked at, there or not.
    private(set) var seen: Set<String> = []
    private(set) var diagnostics: [Diagnostic] = []
    var isFull: Bool { seen.count > maximum }

    init(_ root: String, made: [NamedPath], maximum: Int, call: Call) {
        self.root = root
        self.made = Set(made.compactMap(\.inner))
        self.maximum = maximum
        self.call = call
    }

    /// Looks for the inputs of a command; `earlier` is what commands before it make.
    mutating func find(_ inputs: [NamedPath], of command: Command, after earlier: [NamedPath]) throws {
        names = []
        diagnostics = []
        for input in inputs where !isFull {
            place = input.place
            guard let inner = input.inner, !input.beginsWithTilde else {
                report(
                    "input `\(input.text)` leaves the project's root",
                    hint: "copy it into the project, or make a link to it there")
                continue
            }
            // What an earlier command makes changes only when that command runs again, and with it this one.
            if earlier.contains(where: { $0.holds(input) }) { continue }
            if input.isPattern {
                try find(Pattern(inner), as: input, after: earlier)
            } else {
                try find(inner, as: input, after: earlier)
            }
        }
        if isFull {
            place = command.place
            report(
                "`shell` has more than \(maximum) files and folders as inputs",
                hint: "name fewer, or a file that says which version of them is meant")
        }
    }

    private mutating func find(_ inner: [String], as input: NamedPath, after earlier: [NamedPath]) throws {
        let path = path(of: inner)
        switch FileStatus(path) {
        case .file: add(inner)
        case .folder(let identity): try walk(inner, matching: nil, inside: [identity])
        case .special:
            seen.insert(path)
            report("input `\(input.text)` is neither a file nor a folder", hint: "leave it out of `inputs`")
        case .brokenLink, nil:
            seen.insert(path)
            guard !earlier.contains(where: input.holds) else { return }
            report(
                "input `\(input.text)` not found in `\(root)`",
                hint: nearest(to: inner).map { "did you mean `\($0)`?" })
        }
    }

    private mutating func find(_ pattern: Pattern, as input: NamedPath, after earlier: [NamedPath]) throws {
        let before = diagnostics.count
        let folder = path(of: pattern.fixed)
        seen.insert(folder)
        let others = names
        names = []
        if case .folder(let identity) = FileStatus(folder) {
            try walk(pattern.fixed, matching: pattern, inside: [identity])
        }
        let isMade = earlier.compactMap(\.inner).contains { pattern.matches($0) || pattern.mayMatch(below: $0) }
        if names.isEmpty, !isMade, diagnostics.count == before, !isFull {
            let rest = (input.inner ?? []).dropFirst(pattern.fixed.count)
            let nearest = nearest(to: pattern.fixed).map { ([$0] + rest).joined(separator: "/") }
            report("no file in `\(root)` matches `\(input.text)`", hint: nearest.map { "did you mean `\($0)`?" })
        }
        names.formUnion(others)
    }

    /// Takes the files of a folder and of those in it; `chain` are the folders around its contents.
    private mutating func walk(
        _ folder: [String], matching pattern: Pattern?, inside chain: [FileStatus.Identity]
    ) throws {
        try call.checkCancellation()
        guard let entries = entries(of: folder) else { return }
        for name in entries.sorted() where !Self.skipped.contains(name) && !isFull {
            let inner = folder + [name]
            guard !made.contains(inner), let status = FileStatus(path(of: inner)) else { continue }
            switch status {
            case .folder(let identity):
                // A link to a folder around it leads round and round.
                guard !chain.contains(identity), pattern?.mayMatch(below: inner) ?? true else { continue }
                try walk(inner, matching: pattern, inside: chain + [identity])
            case .file where pattern?.matches(inner) ?? true: add(inner)
            case .brokenLink(let target) where pattern == nil:
                names.insert("\(inner.joined(separator: "/")) -> \(target)")
            case .special where pattern == nil: names.insert(inner.joined(separator: "/"))
            default: continue
            }
        }
    }

    private mutating func entries(of folder: [String]) -> [String]? {
        let path = path(of: folder)
        seen.insert(path)
        if let refusal = FileStatus.refusal(of: path) {
            reportUnreadable(folder, refusal)
            return nil
        }
        return try? FileManager.default.contentsOfDirectory(atPath: path)
    }

    private mutating func add(_ inner: [String]) {
        let path = path(of: inner)
        seen.insert(path)
        if let refusal = FileStatus.refusal(of: path) { return reportUnreadable(inner, refusal) }
        names.insert(inner.joined(separator: "/"))
        files.insert(path)
    }

    /// The path that is there and was most likely meant; nil where none is near.
    private mutating func nearest(to inner: [String]) -> String? {
        var found: [String] = []
        for name in inner {
            if FileStatus(path(of: found + [name])) != nil {
                found.append(name)
                continue
            }
            seen.insert(path(of: found))
            let entries = (try? FileManager.default.contentsOfDirectory(atPath: path(of: found))) ?? []
            guard let other = suggestion(for: name, among: entries) else { return nil }
            found.append(other)
        }
        return found == inner ? nil : found.joined(separator: "/")
    }

    private func path(of inner: [String]) -> String {
        inner.isEmpty ? root : ([root == "/" ? "" : root] + inner).joined(separator: "/")
    }

    private mutating func reportUnreadable(_ inner: [String], _ refusal: String) {
        let name = inner.isEmpty ? root : inner.joined(separator: "/")
        report("`\(name)` cannot be read", cause: refusal, hint: "make it readable, or leave it out of `inputs`")
    }

    private mutating func report(_ message: String, cause: String? = nil, hint: String? = nil) {
        diagnostics.append(Diagnostic(.input, message, at: place, cause: cause, hint: hint))
    }
}
