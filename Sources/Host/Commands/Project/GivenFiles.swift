import Glibc

/// The files that options of `ray project create` name, as a project file names them.
struct GivenFiles {
    /// The folder that becomes the project.
    let root: String
    /// What is wrong with those asked for so far.
    private(set) var problems: [Diagnostic] = []

    init(root: String) {
        self.root = root
    }

    /// The path relative to the root; nil where there is none, or something is wrong with it.
    mutating func path(_ written: String?, of option: String) -> String? {
        guard let written else { return nil }
        do throws(Failure) {
            _ = try ConfigurationFile.read(root / written, as: written)
        } catch {
            problems += error.diagnostics.map { refusal(of: written, $0, option) }
            return nil
        }
        guard let path = inside(root / written) else {
            problems.append(
                Diagnostic(
                    .usage, "\(option): `\(written)` is not inside `\(root)`",
                    hint: "copy it into this folder: a project holds everything that it needs"))
            return nil
        }
        return path
    }

    private func refusal(of written: String, _ problem: Diagnostic, _ option: String) -> Diagnostic {
        let path = root / written
        let similar =
            Files.exists(path) ? nil : ConfigurationFile.suggestion(forMissing: path, writtenAs: written)
        return Diagnostic(
            .usage, "\(option): \(problem.message)", cause: problem.cause, hint: similar ?? problem.hint)
    }

    /// A path relative to the root, whether it is inside as written or once links are followed.
    private func inside(_ path: String) -> String? {
        let written = Self.plain(path)
        if written.hasPrefix(root + "/") { return written.relative(to: root) }
        guard let real = realpath(path, nil) else { return nil }
        defer { free(real) }
        let resolved = String(cString: real)
        return resolved.hasPrefix(root + "/") ? resolved.relative(to: root) : nil
    }

    /// An absolute path without `.`, `..` and double slashes.
    private static func plain(_ path: String) -> String {
        var names: [Substring] = []
        for name in path.split(separator: "/") where name != "." {
            if name == ".." { _ = names.popLast() } else { names.append(name) }
        }
        return "/" + names.joined(separator: "/")
    }
}
