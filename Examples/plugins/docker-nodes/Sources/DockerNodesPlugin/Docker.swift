import Glibc
internal import PluginKit

/// The client of Docker.
struct Docker {
    struct Result {
        var status: Int32
        var output: String
        var errors: String
    }

    /// What it prints where it ends well.
    func output(_ words: [String]) throws -> String {
        let result = try run(words)
        guard result.status == 0 else { throw failure(result, .transient) }
        return result.output
    }

    /// What went wrong, in its own words.
    func failure(_ result: Result, _ other: ErrorClass) -> PluginError {
        let text = result.errors.split(whereSeparator: \.isNewline).last.map(String.init) ?? "status \(result.status)"
        let isAbsent = text.contains("Cannot connect to the Docker daemon")
        return PluginError(isAbsent ? .unreachable : other, "docker says: \(text)")
    }

    /// Runs it to its end.
    func run(_ words: [String]) throws -> Result {
        var (output, errors): ([Int32], [Int32]) = ([0, 0], [0, 0])
        guard pipe(&output) == 0, pipe(&errors) == 0 else {
            throw PluginError(.internal, "cannot make a pipe: \(String(cString: strerror(errno)))")
        }
        for end in output + errors { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let pid: pid_t
        do { pid = try start(["docker"] + words, output[1], errors[1]) } catch {
            for end in output + errors { close(end) }
            throw error
        }
        close(output[1])
        close(errors[1])
        let texts = read(output[0], errors[0])
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        let code = status & 0x7f == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f)
        return Result(status: code, output: texts.output, errors: texts.errors)
    }

    private func start(_ words: [String], _ output: Int32, _ errors: Int32) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_adddup2(&actions, errors, 2)
        var arguments = words.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var pid: pid_t = 0
        let code = posix_spawnp(&pid, "docker", &actions, nil, &arguments, environ)
        guard code == 0 else {
            throw code == ENOENT
                ? PluginError(.toolMissing, "`docker` is not on PATH: install the client of Docker")
                : PluginError(.internal, "cannot run `docker`: \(String(cString: strerror(code)))")
        }
        return pid
    }

    /// Both at once, since either may fill its pipe.
    private func read(_ output: Int32, _ errors: Int32) -> (output: String, errors: String) {
        var texts: [[UInt8]] = [[], []]
        var ends = [output, errors].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        var buffer = [UInt8](repeating: 0, count: 1 << 14)
        while ends.contains(where: { $0.fd >= 0 }) {
            guard poll(&ends, nfds_t(ends.count), -1) >= 0 else { continue }
            for index in ends.indices where ends[index].fd >= 0 && ends[index].revents != 0 {
                let count = Glibc.read(ends[index].fd, &buffer, buffer.count)
                if count > 0 {
                    texts[index] += buffer[..<count]
                } else if count == 0 || errno != EINTR {
                    close(ends[index].fd)
                    ends[index].fd = -1
                }
            }
        }
        return (String(decoding: texts[0], as: UTF8.self), String(decoding: texts[1], as: UTF8.self))
    }
}
