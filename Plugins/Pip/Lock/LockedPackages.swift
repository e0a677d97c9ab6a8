import FoundationEssentials
import PipRequirements
import PluginKit

/// The entries of a lock that one node installs, brought together with the requirements they follow from.
struct LockedPackages {
    let entries: [LockText.Entry]
    private let requirements: Requirements
    private let root: String
    private(set) var diagnostics: [Diagnostic] = []

    /// Where a requirement names hashes of its own, the lock may have no others: it is written with
    /// all that the index has.
    init(_ entries: [LockText.Entry], _ requirements: Requirements, _ lock: Lock, root: String) {
        self.requirements = requirements
        self.root = root
        var narrowed: [LockText.Entry] = []
        for var entry in entries {
            let demands = entry.name.map(requirements.items(named:))?.filter { !$0.hashes.isEmpty } ?? []
            for demand in demands where !entry.hashes.isEmpty {
                let wanted = Set(demand.hashes.map { $0.lowercased() })
                let common = entry.hashes.filter { wanted.contains($0.lowercased()) }
                if common.isEmpty {
                    diagnostics.append(
                        Diagnostic(
                            .hash, "`\(entry.shown)` has none of the hashes that are named here",
                            at: demand.source.place, cause: "it has \(entry.hashes.joined(separator: ", "))",
                            hint: "correct the hashes, or remove them: the lock has some for every package"))
                }
                entry.hashes = common
            }
            narrowed.append(entry)
        }
        self.entries = narrowed
    }

    /// What of the entries goes into one call of the installer.
    enum Part: String, CaseIterable {
        /// What is verified.
        case hashed
        /// What nothing is known about before, as a commit of a repository.
        case unhashed
        /// Folders of the project, that are built each time.
        case folders
    }

    func entries(of part: Part) -> [LockText.Entry] {
        entries.filter { entry in
            switch part {
            case .folders: entry.isFolder
            case .hashed: !entry.isFolder && !entry.hashes.isEmpty
            case .unhashed: !entry.isFolder && entry.hashes.isEmpty
            }
        }
    }

    /// Commands that print the entries of `part` as a requirements file.
    func printing(_ part: Part) -> String {
        var script = ""
        var text = ""
        for entry in entries(of: part) {
            let hashes = entry.hashes.map { " \\\n    --hash=\($0)" }.joined()
            if let source = credentials(for: entry), let scheme = entry.head.firstRange(of: "://") {
                let file = SourceFile.relativePath(source.place.file, root)
                let lines = "\(source.lines.lowerBound),\(source.lines.upperBound)p"
                script += ShellText.printing(text)
                text = ""
                script += """
                    login=$(sed -n '\(lines)' \(ShellText.path(file)) | sed -n 's#^[^/]*//\\([^/]*@\\).*#\\1#p')
                    printf '%s%s%s\\n' \(String(entry.head[..<scheme.upperBound]).shellQuoted) "$login" \
                    \(String(entry.head[scheme.upperBound...] + hashes).shellQuoted)

                    """
            } else {
                text += entry.head + hashes + "\n"
            }
        }
        return script + ShellText.printing(text)
    }

    /// Where the name and password stand that the URL of an entry was asked for with.
    private func credentials(for entry: LockText.Entry) -> Requirements.Source? {
        guard let url = entry.url, let host = URLHost.scheme(of: url) else { return nil }
        let candidates = requirements.items.filter { item in
            guard item.source.holdsSecret else { return false }
            let asked: String? =
                if case .url(_, let url)? = item.requirement?.target { url } else { item.editable }
            guard let asked else { return false }
            return URLHost.scheme(of: LocalReference.withoutCredentials(asked)) == host
        }
        let sameName = candidates.first { $0.requirement?.packageName == entry.name && entry.name != nil }
        return (sameName ?? candidates.first)?.source
    }
}

/// The beginning of a URL.
enum URLHost {
    /// `https://host:port` of a URL.
    static func scheme(of url: String) -> String? {
        guard let scheme = url.firstRange(of: "://") else { return nil }
        return String(url[..<scheme.upperBound] + url[scheme.upperBound...].prefix { $0 != "/" })
    }

    /// The host alone, without name, password and port.
    static func name(of url: String) -> String? {
        guard let scheme = url.firstRange(of: "://") else { return nil }
        let host = url[scheme.upperBound...].prefix { !"/?# )'`\",".contains($0) }
        let bare = host.split(separator: "@").last.map(String.init) ?? ""
        if bare.hasPrefix("[") { return String(bare.prefix { $0 != "]" }) + "]" }
        let name = bare.prefix { $0 != ":" }
        return name.isEmpty ? nil : String(name)
    }
}
