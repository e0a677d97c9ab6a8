import Glibc

/// Which sessions the words of a command line mean.
package enum SessionSelection {
    /// The sessions of these names, where `*`, `?` and `[…]` stand for what they do in a shell.
    ///
    /// A name that no session has, and a pattern that fits none, are errors.
    package static func sessions(named names: [String], in context: Context) throws(Failure) -> [SessionFolder] {
        let all = SessionFolder.existing(in: context).filter(\.isThere)
        var chosen: [SessionFolder] = []
        var problems: [Diagnostic] = []
        for name in names {
            let exact = all.filter { $0.name == name }
            let found = exact.isEmpty ? all.filter { fnmatch(name, $0.name, 0) == 0 } : exact
            if found.isEmpty { problems.append(missing(name, all.map(\.name))) }
            for folder in found where !chosen.contains(where: { $0.name == folder.name }) { chosen.append(folder) }
        }
        guard problems.isEmpty else { throw Failure(problems) }
        return chosen
    }

    /// The session of exactly this name.
    package static func session(named name: String, in context: Context) throws(Failure) -> SessionFolder {
        let folder = try SessionFolder(name, in: context)
        guard !folder.isThere else { return folder }
        throw Failure([missing(name, SessionFolder.existing(in: context).filter(\.isThere).map(\.name))])
    }

    private static func missing(_ name: String, _ names: [String]) -> Diagnostic {
        let isPattern = name.contains { "*?[".contains($0) }
        let hint =
            suggestion(for: name, among: names)
            ?? (names.isEmpty
                ? "there are no sessions; `ray session start` in a project starts one"
                : "\(listing(Array(names.prefix(10))))\(names.count > 10 ? " and more: `ray session list` shows them" : "")")
        return Diagnostic(
            .input, isPattern ? "no session fits `\(name)`" : "there is no session `\(name)`", hint: hint)
    }
}

extension SessionFolder {
    /// Whether the session was started and not given back; also when its journal cannot be read.
    package var isThere: Bool {
        do { return try state().phase != .none } catch { return true }
    }
}
