import FoundationEssentials
import Glibc
import PluginRuntime

/// A running `ray-plugin-helper`: one plugin's library in a process of its own.
final class HelperProcess: Sendable {
    let pid: pid_t
    let socket: Int32
    /// What the plugin prints, standard output and error in one pipe.
    let output: Int32

    private init(pid: pid_t, socket: Int32, output: Int32) {
        self.pid = pid
        self.socket = socket
        self.output = output
    }

    deinit {
        close(socket)
        close(output)
    }

    /// Starts the helper with the library that `library` has open; what it opens is what the
    /// descriptor names, whatever happens to the path.
    static func start(program: String, library: Int32, environment: [String: String]) throws(Failure) -> HelperProcess {
        var pair: [Int32] = [0, 0]
        var pipe: [Int32] = [0, 0]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &pair) == 0 else {
            throw Failure(system: errno, "cannot start a plugin")
        }
        defer { close(pair[1]) }
        guard Glibc.pipe(&pipe) == 0 else {
            let code = errno
            close(pair[0])
            throw Failure(system: code, "cannot start a plugin")
        }
        for descriptor in pipe { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        defer { close(pipe[1]) }
        // Above every number that a file action sets, so that none overwrites another.
        let high = [pair[1], library, pipe[1]].map { fcntl($0, F_DUPFD_CLOEXEC, 16) }
        defer { for descriptor in high { close(descriptor) } }
        var pid: pid_t = 0
        let code = spawn(&pid, program, socket: high[0], library: high[1], output: high[2], environment)
        guard code == 0 else {
            close(pair[0])
            close(pipe[0])
            throw Failure(
                .plugin, "cannot run `\(program)`", cause: String(cString: strerror(code)),
                hint: "install ray again: its bin, lib, libexec and share belong together")
        }
        for descriptor in [pair[0], pipe[0]] { _ = fcntl(descriptor, F_SETFL, O_NONBLOCK) }
        return HelperProcess(pid: pid, socket: pair[0], output: pipe[0])
    }

    /// `posix_spawn` rather than the package for processes: that one takes several milliseconds
    /// and passes no descriptors.
    private static func spawn(
        _ pid: inout pid_t, _ program: String, socket: Int32, library: Int32, output: Int32,
        _ environment: [String: String]
    ) -> Int32 {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_adddup2(&actions, output, 2)
        posix_spawn_file_actions_adddup2(&actions, socket, RAYF_SOCKET_FD)
        posix_spawn_file_actions_adddup2(&actions, library, RAYF_LIBRARY_FD)

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK))

        let variables = environment.filter { !$0.key.hasPrefix("LD_") }.map { "\($0.key)=\($0.value)" }
        return withCStrings([program]) { arguments in
            withCStrings(variables) { variables in
                posix_spawn(&pid, program, &actions, &attributes, arguments, variables)
            }
        }
    }
}

/// Calls `body` with a NULL-terminated array of C strings.
func withCStrings<Result>(
    _ strings: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
    var pointers = strings.map { strdup($0) } + [nil]
    defer { for pointer in pointers { free(pointer) } }
    return pointers.withUnsafeMutableBufferPointer { buffer in
        guard let base = buffer.baseAddress else { preconditionFailure("the terminator is always there") }
        return body(base)
    }
}
