import FoundationEssentials
import Glibc
import Host
import Testing

/// Clients that do not simply run to their end.
extension Workplace {
    /// Runs `ray`, sends it a signal once all of some files of the project are there, and waits for
    /// its end.
    func ray(_ arguments: [String], sending signal: Int32, once files: [String]) async throws -> Outcome {
        try await run(
            "python3",
            [
                "-c",
                """
                import os, subprocess, sys, time
                signal, files, command = int(sys.argv[1]), sys.argv[2].split(), sys.argv[3:]
                client = subprocess.Popen(command)
                while not all(os.path.exists(file) and os.path.getsize(file) for file in files):
                    assert client.poll() is None, "it ended too early"
                    time.sleep(0.01)
                client.send_signal(signal)
                status = client.wait()
                sys.exit(128 - status if status < 0 else status)
                """, String(signal), files.joined(separator: " "), try #require(TestBed.prefix) / "bin/ray",
            ] + arguments)
    }

    /// Runs `ray` in a terminal, types `keys` once `text` is on the screen, and waits for its end.
    ///
    /// Its output is everything that was on the screen.
    func terminal(
        _ arguments: [String], typing keys: String, once text: String, variables: [String: String] = [:]
    ) async throws -> Outcome {
        try await screen(
            [try #require(TestBed.prefix) / "bin/ray"] + arguments,
            [ScreenAnswer(text: text, answers: [keys], isAnywhere: true)], variables: variables)
    }

    /// Runs `ray` in a terminal, closes that once all of some files of the project are there, writes the
    /// file `closed`, and waits for its end.
    func closingTerminal(
        of arguments: [String], once files: [String], prefix: [String] = []
    ) async throws -> Outcome {
        try await run(
            "python3",
            [
                "-c",
                """
                import os, pty, sys, time
                files, command = sys.argv[1].split(), sys.argv[2:]
                child, screen = pty.fork()
                if child == 0:
                    os.execvp(command[0], command)
                while not all(os.path.exists(file) and os.path.getsize(file) for file in files):
                    time.sleep(0.01)
                os.close(screen)
                open("closed", "w").close()
                sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) % 256)
                """, files.joined(separator: " "),
            ] + prefix + [try #require(TestBed.prefix) / "bin/ray"] + arguments)
    }

    /// The process whose id a file of the project holds; nil when it is gone.
    func process(in file: String) throws -> ProcessIdentity? {
        try ProcessIdentity(running: #require(Int32(text(file).filter(\.isNumber))))
    }

    /// The tmux servers and sockets of sessions of this workplace.
    var tmuxLeftovers: [String] {
        let sockets = Files.names(in: folder / "tmux/tmux-\(getuid())")
        let servers = ProcessTable.now().family(variable: "TMUX_TMPDIR=\(folder)/tmux").map { "process \($0.pid)" }
        return sockets + servers
    }
}
