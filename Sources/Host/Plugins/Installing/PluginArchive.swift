import FoundationEssentials
import Glibc

/// An archive of a plugin, unpacked by `tar` into a folder of its own.
struct PluginArchive {
    let context: Context
    /// An empty folder; what is fetched and unpacked stays inside.
    let staging: String

    private var file: String { staging / "archive" }

    /// Takes a copy of an archive, so that what is checked is what is unpacked.
    func take(_ path: String) throws(Failure) {
        guard let data = try Files.read(path) else { throw Failure(system: ENOENT, "cannot read `\(path)`") }
        try Files.replace(file, with: data, mode: 0o600, durable: false)
    }

    /// Fetches the archive of a URL, which stands on no command line: it may hold a secret.
    func fetch(_ url: String) async throws {
        let name = GitRepository.withoutCredentials(url)
        let quoted = url.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        try Files.replace(staging / "curl", with: Data("url = \"\(quoted)\"\n".utf8), mode: 0o600, durable: false)
        try Files.replace(staging / "wget", with: Data("\(url)\n".utf8), mode: 0o600, durable: false)
        let script = """
            if command -v curl >/dev/null 2>&1; then
                exec curl --fail --silent --show-error --location --max-time 600 --output archive --config curl
            elif command -v wget >/dev/null 2>&1; then
                exec wget --quiet --output-document=archive --input-file=wget
            fi
            echo 'neither curl nor wget is on PATH' >&2; exit 127
            """
        context.terminal.progress("fetching \(name)")
        let (exit, _, errors) = try await output(script)
        guard exit == .status(0) else {
            throw Failure(
                exit == .status(127) ? .toolMissing : .network, "cannot fetch `\(name)`", cause: errors,
                hint: exit == .status(127) ? "install curl" : "check the address, and that it can be reached from here")
        }
    }

    /// Throws when the archive has other contents than `sha256` says.
    func check(_ name: String, _ sha256: String) throws(Failure) {
        guard let data = try Files.read(file) else { throw Failure(system: ENOENT, "cannot read `\(file)`") }
        let digest = Digest.of(data)
        guard digest == sha256.lowercased() else {
            throw Failure(
                .hash, "`\(name)` is not what `--sha256` says",
                cause: "sha256 \(sha256.lowercased()) was asked for\nsha256 \(digest) is what it has",
                hint: "ask whoever published it; nothing was installed")
        }
    }

    /// Unpacks the archive, which users know as `name`, and returns the folder in it that holds a plugin.
    func unpack(as name: String) async throws -> String {
        let (listed, list, _) = try await output("tar -tf archive")
        let names = list.split(separator: "\n").map(String.init)
        guard listed == .status(0), !names.isEmpty else {
            throw Failure(
                .input, "`\(name)` cannot be unpacked", cause: listed == .status(0) ? "it is empty" : nil,
                hint: "it must be an archive that `tar` reads, with a plugin's folder in it")
        }
        if let outside = names.first(where: { $0.hasPrefix("/") || $0.split(separator: "/").contains("..") }) {
            throw Failure(
                .input, "the archive would write `\(outside)`, outside of the plugin's folder",
                hint: "do not trust it; nothing was installed")
        }
        let target = staging / "unpacked"
        try Files.makeFolder(target)
        let (exit, _, errors) = try await output("tar -xf archive -C unpacked --no-same-owner --no-same-permissions")
        guard exit == .status(0) else {
            throw Failure(.input, "`\(name)` cannot be unpacked", cause: errors, hint: "fetch it again")
        }
        if Files.exists(target / "plugin.yaml") { return target }
        let inside = Files.names(in: target)
        if inside.count == 1, !Files.isLink(target / inside[0]), Files.exists(target / inside[0] / "plugin.yaml") {
            return target / inside[0]
        }
        throw Failure(
            .input, "there is no plugin in the archive",
            cause: "plugin.yaml is neither at its top nor in its only folder",
            hint: "pack the plugin's folder: tar -czf NAME.tar.gz NAME/")
    }

    private func output(_ script: String) async throws -> (exit: Exit, text: String, errors: String) {
        let result = try await ThisMachine().output(
            of: NodeScript(
                script, environment: context.environment, directory: staging, timeout: .seconds(660), log: "/dev/null"))
        let last = result.errors.split(whereSeparator: \.isNewline).suffix(3).joined(separator: "\n")
        return (result.exit, result.text, last)
    }
}
