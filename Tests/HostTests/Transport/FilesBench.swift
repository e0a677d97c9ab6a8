import FoundationEssentials
import Glibc
import Subprocess
import SystemPackage
import Testing

@testable import Host

/// A folder of this machine, and a home that stands for a node's, with a shell and tools of its own.
struct FilesBench: Sendable {
    /// What a node may have: its shell, and whether all of its tools are busybox's.
    enum Flavour: String, CaseIterable, Sendable { case dash, bash, busybox }

    let folder: String
    let flavour: Flavour
    let context: Context

    var local: String { folder / "local" }
    var home: String { folder / "its home" }
    var state: String { home / ".state/files/s" }

    static func with(_ flavour: Flavour, _ body: (FilesBench) async throws -> Void) async throws {
        // As the program does: what is killed while it is written to is an error, and no end of the tests.
        signal(SIGPIPE, SIG_IGN)
        var template = Array("/tmp/ray files XXXXXX".utf8CString)
        let folder = try #require(mkdtemp(&template).map { String(cString: $0) })
        do {
            let bench = try await FilesBench(folder, flavour)
            try await body(bench)
        } catch {
            try? Files.remove(folder)
            throw error
        }
        try Files.remove(folder)
    }

    private init(_ folder: String, _ flavour: Flavour) async throws {
        self.folder = folder
        self.flavour = flavour
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        let folders = Folders(environment: [:], home: folder / "me", program: folder / "prefix/bin/ray")
        context = Context(
            environment: ["PATH": path, "HOME": folder / "me"], workingDirectory: folder, folders: folders,
            terminal: Terminal(environment: [:], directory: folder), program: folder / "prefix/bin/ray")
        for name in [local, home, folder / "bin", folder / "prefix/share/ray"] { try Files.makeFolder(name) }
        symlink(repository / "node-files.sh", folder / "prefix/share/ray/node-files.sh")
        switch flavour {
        case .busybox: try await shell("busybox --install -s \((folder / "bin").shellQuoted)")
        case .dash, .bash: symlink(try #require(context.tool(flavour.rawValue)), folder / "bin/sh")
        }
    }

    /// What runs on the node sees this.
    private var environment: [String: String] {
        ["HOME": home, "PATH": flavour == .busybox ? folder / "bin" : folder / "bin" + ":/usr/bin:/bin"]
    }

    /// `interrupted` is a text that the node runs instead of what it is to.
    func node(instead: (@Sendable (String) -> String)? = nil) -> NodeShell {
        let (shell, environment) = (folder / "bin/sh", environment)
        return NodeShell(node: "head n", environment: environment) { script in
            let result = try await Subprocess.run(
                .path(FilePath(shell)), arguments: ["-c", script], environment: .only(environment), input: .none,
                output: .bytes(limit: 1 << 28), error: .bytes(limit: 1 << 20))
            guard result.terminationStatus.isSuccess else {
                throw NodeShell.failure(on: "head n", status: "1", errors: Data(result.standardError))
            }
            return Data(result.standardOutput)
        } words: { command in
            [shell, "-c", instead?(command) ?? command]
        }
    }

    func sync(
        _ remote: String = "~/there", _ filter: FileFilter = FileFilter(), removes: Bool = true,
        to node: NodeShell? = nil
    ) async throws -> NodeFiles.Report {
        try await sync([FileMount(local: local, remote: remote)], filter, removes: removes, to: node)
    }

    func sync(
        _ mounts: [FileMount], _ filter: FileFilter = FileFilter(), removes: Bool = true, to node: NodeShell? = nil
    ) async throws -> NodeFiles.Report {
        let files = try await NodeFiles(mounts, filter, set: "s", removes: removes, context)
        return try await files.sync(to: node ?? self.node(), folder: ".state/n")
    }

    func write(_ path: String, _ text: String = "text", mode: UInt32 = 0o644) throws {
        try Files.makeFolder((folder / path).parentPath)
        try Files.replace(folder / path, with: Data(text.utf8), durable: false)
        chmod(folder / path, mode)
    }

    func text(_ path: String) throws -> String? {
        try Files.read(folder / path).map { String(decoding: $0, as: UTF8.self) }
    }

    @discardableResult func shell(_ text: String) async throws -> String {
        let outcome = try await ThisMachine().output(
            of: NodeScript(
                text, environment: context.environment, directory: folder, timeout: .seconds(60), log: "/dev/null"))
        try #require(outcome.exit == .status(0), "\(text): \(outcome.errors)")
        return outcome.text
    }

    /// All that is below a folder: kind, mode, contents; without what the folder itself is like.
    func contents(of path: String) throws -> [String] {
        var lines: [String] = []
        func walk(_ place: String, _ name: String) throws {
            for child in try LayerFiles.names(in: place) {
                let (there, below) = (place + "/" + child, name + "/" + child)
                var status = stat()
                lstat(there, &status)
                let mode = String(status.st_mode, radix: 8)
                if Files.isLink(there) {
                    let target = try FileManager.default.destinationOfSymbolicLink(atPath: there)
                    lines.append("\(below) -> \(target)")
                } else if Files.isFolder(there) {
                    lines.append("\(below) \(mode)")
                    try walk(there, below)
                } else {
                    lines.append("\(below) \(mode) \(Digest.of(try Files.read(there) ?? Data()).prefix(12))")
                }
            }
        }
        try walk(folder / path, "")
        return lines.sorted()
    }
}
