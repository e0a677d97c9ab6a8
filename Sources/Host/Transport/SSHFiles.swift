import FoundationEssentials
import Glibc

/// The files that ssh needs of this user: the sockets of shared connections and the keys of known hosts.
package struct SSHFiles: Sendable {
    /// Short, whatever the home and TMPDIR are: the path of a socket has at most 104 bytes, and ssh adds 17.
    private let sockets: String
    private let folder: String

    /// The client of OpenSSH.
    let program: String

    /// Throws when there is no ssh, or the folder for sockets is somebody else's.
    package init(_ context: Context) throws(Failure) {
        guard let program = context.tool("ssh") else {
            throw Failure(.toolMissing, "`ssh` is not on PATH", hint: "install the client of OpenSSH")
        }
        self.program = program
        folder = context.folders.state / "ssh"
        let runtime = context.environment["XDG_RUNTIME_DIR"] ?? ""
        let isUsable = runtime.hasPrefix("/") && runtime.utf8.count <= 40 && Files.isFolder(runtime)
        sockets = isUsable ? runtime / "ray-ssh" : "/tmp/ray-ssh-\(getuid())"
        try Self.makePrivate(sockets)
    }

    private static func makePrivate(_ folder: String) throws(Failure) {
        if mkdir(folder, 0o700) != 0, errno != EEXIST { throw Failure(system: errno, "cannot make `\(folder)`") }
        var status = stat()
        guard lstat(folder, &status) == 0, status.st_mode & S_IFMT == S_IFDIR, status.st_uid == getuid(),
            status.st_mode & 0o077 == 0
        else {
            throw Failure(
                .conflict, "`\(folder)`, where the sockets of ssh would be, is not a folder of yours alone",
                hint: "remove it, or set XDG_RUNTIME_DIR to a folder of yours with a short path")
        }
    }

    /// The socket of the one connection to a machine that all programs of this user and state share.
    func socket(of target: SSHTarget) -> String {
        sockets / String(Digest.of("\(folder)\u{1F}\(target.identity)").prefix(16))
    }

    /// The options that decide which key a machine may show.
    ///
    /// Without one that is given, the first is trusted and kept in a file of our own; what the user's own
    /// file knows of the machine counts too.
    func hostKeyOptions(for target: SSHTarget) throws(Failure) -> [String] {
        guard let key = target.hostKey else {
            try Files.makeFolder(folder, mode: 0o700)
            return [
                "StrictHostKeyChecking=accept-new", "HashKnownHosts=no",
                "UserKnownHostsFile=\(Self.quoted(folder / "known_hosts")) ~/.ssh/known_hosts ~/.ssh/known_hosts2",
            ]
        }
        let alias = "ray-\(Digest.of(target.identity).prefix(16))"
        let file = folder / "given" / alias
        try Files.makeFolder(file.parentPath, mode: 0o700)
        try Files.replace(file, with: Data("\(alias) \(key)\n".utf8), durable: false)
        return [
            "StrictHostKeyChecking=yes", "HostKeyAlias=\(alias)", "UserKnownHostsFile=\(Self.quoted(file))",
            "GlobalKnownHostsFile=/dev/null",
        ]
    }

    /// A path among others in an option of ssh.
    static func quoted(_ path: String) -> String {
        "\"\(path.replacing("%", with: "%%"))\""
    }
}
