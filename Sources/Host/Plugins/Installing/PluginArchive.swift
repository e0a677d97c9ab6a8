import FoundationEssentials
import Glibc

/// An archive of a plugin, unpacked by `tar` into a folder of its own.
struct PluginArchive {
    let context: Context
    /// An empty folder; what is fetched and unpacked stays inside.
    let staging: String

    /// Fetches the archive of a URL, whose contents must have this SHA-256.
    func fetch(_ url: String, sha256: String) async throws -> String {
        let file = staging / "archive"
        let quoted = url.shellQuoted
        let script = """
            if command -v curl >/dev/null 2>&1; then
                exec curl --fail --silent --show-error --location --max-time 600 --output archive -- \(quoted)
            elif command -v wget >/dev/null 2>&1; then
                exec wget --quiet --output-document=archive -- \(quoted)
            fi
            echo 'neither curl nor wget is on PATH' >&2; exit 127
            """
        context.terminal.progress("fetching \(url)")
        let (exit, errors) = try await run(script)
        guard exit == .status(0) else {
            throw Failure(
                exit == .status(127) ? .toolMissing : .network,
                "cannot fetch `\(GitRepository.withoutCredentials(url))`", cause: errors,
                hint: exit == .status(127) ? "install curl" : "check the address, and that it can be reached from here")
        }
        try check(file, named: GitRepository.withoutCredentials(url), sha256)
        return file
    }

    /// Throws when a file has other contents than `sha256` says.
    func check(_ file: String, named name: String, _ sha256: String) throws(Failure) {
        guard let data = try Files.read(file) else { throw Failure(system: ENOENT, "cannot read `\(file)`") }
        let digest = Digest.of(data)
        guard digest == sha256.lowercased() else {
            throw Failure(
                .hash, "`\(name)` is not what `--sha256` says",
                cause: "sha256 \(sha256.lowercased()) was asked for\nsha256 \(digest) is what it has",
                hint: "ask whoever published it; nothing was installed")
        }
    }

    /// Unpacks an archive and returns the folder in it that holds a plugin.
    func unpack(_ archive: String) async throws -> String {
        let (listed, list, _) = try await output("tar -tf \(archive.shellQuoted)")
        let names = list.split(separator: "\n").map(String.init)
        guard listed == .status(0), !names.isEmpty else {
            throw Failure(
                .input, "`\(archive.lastPathName)` cannot be unpacked",
                cause: listed == .status(0) ? "it is empty" : nil,
                hint: "it must be an archive that `tar` reads, with a plugin's folder in it")
        }
        if let outside = names.first(where: { $0.hasPrefix("/") || $0.split(separator: "/").contains("..") }) {
            throw Failure(
                .input, "the archive would write `\(outside)`, outside of the plugin's folder",
                hint: "do not trust it; nothing was installed")
        }
        let target = staging / "unpacked"
        try Files.makeFolder(target)
        let (exit, errors) = try await run(
            "tar -xf \(archive.shellQuoted) -C unpacked --no-same-owner --no-same-permissions")
        guard exit == .status(0) else {
            throw Failure(.input, "`\(archive.lastPathName)` cannot be unpacked", cause: errors, hint: "fetch it again")
        }
        if Files.exists(target / "plugin.yaml") { return target }
        let inside = Files.names(in: target)
        if inside.count == 1, Files.exists(target / inside[0] / "plugin.yaml") { return target / inside[0] }
        throw Failure(
            .input, "there is no plugin in the archive",
            cause: "plugin.yaml is neither at its top nor in its only folder",
            hint: "pack the plugin's folder: tar -czf NAME.tar.gz NAME/")
    }

    private func run(_ script: String) async throws -> (exit: Exit, errors: String) {
        let result = try await output(script)
        return (result.exit, result.errors)
    }

    private func output(_ script: String) async throws -> (exit: Exit, text: String, errors: String) {
        let result = try await ThisMachine().output(
            of: NodeScript(
                script, environment: context.environment, directory: staging, timeout: .seconds(660), log: "/dev/null"))
        let last = result.errors.split(whereSeparator: \.isNewline).suffix(3).joined(separator: "\n")
        return (result.exit, result.text, last)
    }
}
