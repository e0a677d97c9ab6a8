import FoundationEssentials

/// What a plugin is installed from: a folder, an archive of one, or the URL of an archive.
enum PluginSource {
    case folder(String)
    case archive(String)
    case url(String)

    private static let endings = [".tar", ".tar.gz", ".tgz", ".tar.xz", ".tar.bz2", ".tar.zst"]

    init(_ word: String, _ context: Context) throws(Failure) {
        if word.contains("://") {
            guard ["https://", "http://", "file://"].contains(where: word.hasPrefix) else {
                throw Failure(
                    .usage, "`\(word)` is no address that a plugin can be fetched from",
                    hint: "use https://, http:// or file://")
            }
            self = .url(word)
            return
        }
        let path = context.resolved(word)
        if Files.isFolder(path) {
            self = .folder(path)
        } else if !Files.exists(path) {
            throw Failure(
                .input, "there is no `\(word)` to install",
                hint: ConfigurationFile.suggestion(forMissing: path, writtenAs: word)
                    ?? "name a plugin's folder, its archive or its URL")
        } else if Self.endings.contains(where: path.hasSuffix) {
            self = .archive(path)
        } else {
            throw Failure(
                .input, "`\(word)` is neither a folder nor an archive",
                hint: "an archive ends in \(Self.endings.joined(separator: ", "))")
        }
    }

    /// As a lock names it: nothing of this machine but the archive's name, and no credentials.
    var name: String {
        switch self {
        case .folder: "folder"
        case .archive(let path): path.lastPathName
        case .url(let url): String(GitRepository.withoutCredentials(url).prefix { $0 != "?" && $0 != "#" })
        }
    }
}
