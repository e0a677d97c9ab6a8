import FoundationEssentials

/// A folder that a package is built from.
package struct LocalTree: Sendable, Hashable {
    /// The absolute path of the folder.
    package var root: String

    /// What is no source: what tools keep, and what a build itself writes.
    private static let ignored: Set = [
        ".git", ".hg", ".svn", ".bzr", "__pycache__", ".venv", "venv", ".tox", ".nox", "node_modules", "build",
        "dist", ".eggs", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".idea", ".vscode", ".rayproject",
        "ray-project", ".coverage", ".DS_Store",
    ]
    private static let ignoredSuffixes = [".pyc", ".pyo", ".egg-info", ".dist-info", ".swp", "~"]

    private static func isIgnored(_ name: String) -> Bool {
        ignored.contains(name) || ignoredSuffixes.contains { name.hasSuffix($0) }
    }

    /// The files below the folder that count, and the folders that hold them, sorted.
    package var contents: (files: [String], folders: [String]) {
        var files: [String] = []
        var folders = [root]
        var next = 0
        while next < folders.count {
            let folder = folders[next]
            next += 1
            for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            where !LocalTree.isIgnored(name) {
                let path = "\(folder)/\(name)"
                switch try? FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType {
                case .typeDirectory: folders.append(path)
                case .typeRegular: files.append(path)
                case .typeSymbolicLink: if isFile(path) { files.append(path) }
                default: continue
                }
            }
        }
        return (files.sorted(), folders.sorted())
    }

    /// The files that say what the package needs: those beside its sources, not the sources themselves.
    package var metadata: [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        let kinds = [".toml", ".cfg", ".py", ".txt", ".in"]
        return names.filter { name in kinds.contains { name.hasSuffix($0) } }.map { "\(root)/\($0)" }
            .filter(isFile).sorted()
    }

    private func isFile(_ path: String) -> Bool {
        var isFolder = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder
    }
}
