import FoundationEssentials

/// Files and folders of the project that requirements name.
package enum LocalReference {
    package static let archives = [
        ".whl", ".zip", ".tar.gz", ".tgz", ".tar", ".tar.bz2", ".tbz", ".tar.xz", ".txz", ".tlz", ".tar.lz",
        ".tar.lzma",
    ]

    package static func isArchive(_ path: String) -> Bool { archives.contains { path.hasSuffix($0) } }

    /// The URL or the path that a requirement without a name is; nil if it begins with a name.
    static func target(of cursor: Cursor) -> Requirement.Target? {
        let text = trimmed(cursor.rest.prefix { $0 != ";" })
        if isURL(text) { return .url(name: nil, url: String(cursor.word)) }
        let beforeAt = text.prefix { $0 != "@" }
        let hasFolder = text.prefix { !"@=<>!~ ".contains($0) }.contains("/")
        let isArchive = beforeAt.count == text.count && archives.contains { withoutExtras(text).path.hasSuffix($0) }
        guard text.hasPrefix(".") || text.hasPrefix("~/") || hasFolder || isArchive else { return nil }
        let (path, extras) = withoutExtras(text)
        return .path(path, extras: extras)
    }

    /// Whether `text` begins with a scheme: `https:`, `file:`, `git+ssh:`.
    package static func isURL(_ text: String) -> Bool {
        guard let colon = text.firstIndex(of: ":"), let first = text.utf8.first, first.isLetter else { return false }
        return text[..<colon].utf8.allSatisfy { $0.isLetter || $0.isDigit || "+-.".utf8.contains($0) }
    }

    package static func withoutExtras(_ text: String) -> (path: String, extras: String) {
        guard text.hasSuffix("]"), let bracket = text.lastIndex(of: "[") else { return (text, "") }
        return (String(text[..<bracket]), String(text[bracket...]))
    }

    /// The local path that a URL names; nil for a URL of another host.
    package static func path(of url: String) -> String? {
        guard isURL(url) else { return url }
        guard url.hasPrefix("file:") else { return nil }
        return URL(string: url)?.path
    }

    /// `url` without the name and password that it may hold.
    package static func withoutCredentials(_ url: String) -> String {
        guard let scheme = url.firstRange(of: "://") else { return url }
        let host = url[scheme.upperBound...].prefix { $0 != "/" }
        guard let at = host.lastIndex(of: "@") else { return url }
        return String(url[..<scheme.upperBound] + url[url.index(after: at)...])
    }
}
