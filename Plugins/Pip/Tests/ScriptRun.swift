import FoundationEssentials
import Glibc

/// One run of a script by a real shell.
struct ScriptRun {
    var status: Int32
    var output: String

    /// Runs a script as a file, with both outputs in one.
    init(
        _ script: String, shell: [String] = ["/bin/sh", "-e"], in folder: String, variables: [String: String]
    ) throws {
        let place = FileManager.default.temporaryDirectory.appending(path: "pip-run-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: place) }
        let file = place.appending(path: "script").path
        let output = place.appending(path: "output").path
        try Data(script.utf8).write(to: URL(filePath: file))

        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        // A thread of a pool blocks signals, and some shells wait for SIGCHLD with the mask they were started with.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        let entering = ["/bin/sh", "-c", #"cd "$0" && exec "$@""#, folder]
        let arguments = (entering + shell + [file]).map { strdup($0) } + [nil]
        let environment = variables.map { strdup("\($0)=\($1)") } + [nil]
        defer { for pointer in arguments + environment { free(pointer) } }
        var process: pid_t = 0
        guard posix_spawn(&process, entering[0], &actions, &attributes, arguments, environment) == 0 else {
            throw CocoaError(.executableLoad)
        }
        var raw: Int32 = 0
        while waitpid(process, &raw, 0) == -1, errno == EINTR {}
        status = raw & 0x7f == 0 ? (raw >> 8) & 0xff : 128 + (raw & 0x7f)
        self.output = try String(contentsOf: URL(filePath: output), encoding: .utf8)
    }
}
