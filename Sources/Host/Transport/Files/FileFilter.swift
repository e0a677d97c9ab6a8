/// What is left out of a folder that is copied.
package struct FileFilter: Sendable {
    /// rsync's patterns; the first that fits counts.
    package var patterns: [FilePattern] = []
    /// Names of files with patterns, which count in the folder where they are and below it.
    package var files: [String] = []
    /// Whether git says what is ignored.
    package var asksGit = false
    /// Paths below the folder, as they are.
    package var leftOut: Set<EntryPath> = []

    package init() {}

    /// For a cluster's files: `rsync_exclude` and `rsync_filter`.
    package init(_ cluster: ClusterConfig) {
        patterns = (cluster.node["rsync_exclude"]?.sequence ?? []).compactMap(\.string).map(FilePattern.init(exclude:))
        let names = (cluster.node["rsync_filter"]?.sequence ?? []).compactMap(\.string)
        files = names.filter { $0 != Self.gitignore }
        asksGit = names.contains(Self.gitignore)
    }

    /// Whose lines git reads in its own way.
    private static let gitignore = ".gitignore"

    /// The rules for what is in one folder.
    struct Rules {
        fileprivate let filter: FileFilter
        fileprivate let ignored: Set<EntryPath>
        /// Those of the folder first.
        fileprivate var local: [FilePattern] = []

        /// The rules below, for a folder at `place` which is called `path` in the copy.
        func inside(_ place: String, at path: String) throws(Failure) -> Rules {
            var rules = self
            for name in filter.files {
                guard let text = try Files.read(place / name) else { continue }
                rules.local = FilePattern.lines(of: text, in: path) + rules.local
            }
            return rules
        }

        func leavesOut(_ path: String, isFolder: Bool) -> Bool {
            let entry = EntryPath(path)
            if filter.leftOut.contains(entry) || ignored.contains(entry) { return true }
            return (filter.patterns + local).first { $0.fits(path, isFolder: isFolder) }.map { !$0.includes } ?? false
        }
    }

    func rules(ignoring ignored: Set<EntryPath>) -> Rules { Rules(filter: self, ignored: ignored) }
}
