import FoundationEssentials

/// What git knows of a folder.
package enum GitRepository {
    /// Where the source of a folder comes from; nil where there is no git, no work tree or no origin.
    static func remote(of folder: String, _ context: Context) async -> String? {
        let script = NodeScript(
            "git rev-parse --is-inside-work-tree >/dev/null && git config --get remote.origin.url",
            environment: context.environment, directory: folder, timeout: .seconds(10), log: "/dev/null")
        guard let result = try? await ThisMachine().output(of: script), result.exit == .status(0) else { return nil }
        let url = result.text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        return url.isEmpty ? nil : withoutCredentials(url)
    }

    /// An address without the credentials in it; ssh's user, which is part of the address, stays.
    package static func withoutCredentials(_ url: String) -> String {
        guard let scheme = url.firstRange(of: "://") else { return url }
        let rest = url[scheme.upperBound...]
        let host = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard let at = host.lastIndex(of: "@") else { return url }
        let user = host[..<at].prefix { $0 != ":" }
        let keepsUser = url[..<scheme.lowerBound].lowercased().contains("ssh") && !user.isEmpty
        return url[..<scheme.upperBound] + (keepsUser ? user + "@" : "") + rest[rest.index(after: at)...]
    }
}
