import FoundationEssentials
import Glibc

/// Whether text is a shell script, by the shell's own word.
enum ShellSyntax {
    /// What `sh -n` says against a script; nil where it has nothing to say.
    static func errors(in script: String) -> String? {
        guard let script = temporary(holding: script), let errors = temporary(holding: "") else { return nil }
        defer {
            fclose(script)
            fclose(errors)
        }
        let (input, output) = (fileno(script), fileno(errors))
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_adddup2(&actions, output, 2)
        var (pid, status): (pid_t, Int32) = (0, 0)
        let code = withCStrings(["sh", "-n"]) { words in
            withCStrings(["PATH=/usr/bin:/bin"]) { posix_spawn(&pid, "/bin/sh", &actions, nil, words, $0) }
        }
        guard code == 0 else { return nil }
        while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
        guard status != 0 else { return nil }
        lseek(output, 0, SEEK_SET)
        let text = (try? Files.read(output, named: "errors")) ?? Data()
        return String(decoding: text.prefix(500), as: UTF8.self)
    }

    /// A file without a name.
    private static func temporary(holding text: String) -> UnsafeMutablePointer<FILE>? {
        guard let file = tmpfile() else { return nil }
        _ = Files.writeAll(Data(text.utf8), to: fileno(file))
        lseek(fileno(file), 0, SEEK_SET)
        return file
    }
}
