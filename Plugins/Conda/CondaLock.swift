import PluginKit

/// The packages of an environment that was built, each with its checksums, as the steps of `lock` print them:
/// `# platform NAME`, lines `URL#MD5 sha256:HASH`, and `# pip` with a requirement each.
struct CondaLock {
    struct Package {
        /// As the tool takes it: the address, and its MD5 where one is known.
        var explicit: String
        var sha256: String?
        /// The file's name without its ending: name, version and build.
        var identity: String

        /// The name alone.
        var name: String { identity.split(separator: "-").dropLast(2).joined(separator: "-") }
    }

    private(set) var platform = ""
    private(set) var packages: [Package] = []
    private(set) var pip: [String] = []
    private(set) var diagnostics: [Diagnostic] = []

    static let cure = "run `ray environment lock` to make it anew"

    init(_ lock: Lock) {
        var isPip = false
        for (index, line) in lock.text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if line.isEmpty { continue }
            if line.hasPrefix("# platform ") {
                platform = String(line.dropFirst(11))
            } else if line == "# pip" {
                isPip = true
            } else if line.hasPrefix("#") {
                continue
            } else if isPip {
                pip.append(String(line))
            } else if let package = Package(line) {
                packages.append(package)
            } else {
                diagnostics.append(
                    Diagnostic(
                        .lockStale, "this is no line of a lock of conda", at: lock.place(ofLine: index + 1),
                        hint: Self.cure))
            }
        }
        if platform.isEmpty, diagnostics.isEmpty {
            diagnostics.append(
                Diagnostic(
                    .lockStale, "the lock does not say for which platform it is", at: lock.place(ofLine: 1),
                    hint: Self.cure))
        }
    }
}

extension CondaLock.Package {
    fileprivate init?(_ line: Substring) {
        let words = line.split(separator: " ")
        guard let first = words.first, first.contains("://"), words.count <= 2 else { return nil }
        explicit = String(first)
        if words.count == 2 {
            guard words[1].hasPrefix("sha256:"), words[1].count == 71, words[1].dropFirst(7).allSatisfy(\.isHexDigit)
            else { return nil }
            sha256 = String(words[1].dropFirst(7))
        }
        let parts = first.split(separator: "#", maxSplits: 1)
        if parts.count == 2 {
            guard parts[1].count == 32, parts[1].allSatisfy(\.isHexDigit) else { return nil }
        }
        // A checksum of either kind, or it is no lock.
        guard parts.count == 2 || sha256 != nil, let file = parts[0].split(separator: "/").last,
            let ending = [".tar.bz2", ".conda"].first(where: file.hasSuffix)
        else { return nil }
        identity = String(file.dropLast(ending.count))
        guard identity.split(separator: "-").count >= 3 else { return nil }
    }

    /// The name of the archive.
    var file: String { explicit.prefix { $0 != "#" }.split(separator: "/").last.map(String.init) ?? "" }
}
