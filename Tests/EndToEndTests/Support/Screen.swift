import Host

/// What is typed when something is on the screen of a terminal.
struct ScreenAnswer {
    let text: String
    /// In turn, one each time that `text` is there behind what was answered last.
    let answers: [String]
    /// Also where lines follow the text; otherwise it is what the screen ends with while nothing comes.
    var isAnywhere = false

    var json: JSONValue {
        ["text": .string(text), "answers": .array(answers.map(JSONValue.string)), "anywhere": .bool(isAnywhere)]
    }
}

extension Workplace {
    /// Runs a program in a terminal and types what `answers` say; the output is all that was on the screen.
    ///
    /// Before the first answer, the command `ready` must have succeeded.
    func screen(
        _ command: [String], _ answers: [ScreenAnswer], ready: [String] = [], variables: [String: String] = [:]
    ) async throws -> Outcome {
        try await run(
            "python3",
            [
                "-c",
                """
                import json, os, pty, select, subprocess, sys, time
                asked, ready, command = json.loads(sys.argv[1]), json.loads(sys.argv[2]), sys.argv[3:]
                child, screen = pty.fork()
                if child == 0:
                    os.execvp(command[0], command)
                seen, behind, end = b"", 0, time.time() + 60
                while time.time() < end:
                    quiet = not select.select([screen], [], [], 0.1)[0]
                    if not quiet:
                        try:
                            some = os.read(screen, 65536)
                        except OSError:
                            break
                        if not some:
                            break
                        seen += some
                    lines = seen[behind:].replace(b"\\r\\x1b[K", b"\\n")
                    for one in asked:
                        text = one["text"].encode()
                        last = b"\\n".join(lines.split(b"\\n")[-1 - text.count(b"\\n") :])
                        found = text in lines if one["anywhere"] else quiet and text in last
                        if one["answers"] and found:
                            if ready and subprocess.run(ready, capture_output=True).returncode:
                                break
                            ready, behind = [], len(seen)
                            # Keys without a pause between them are a paste to tmux, in which none is a command.
                            for key in one["answers"].pop(0).encode():
                                os.write(screen, bytes([key]))
                                time.sleep(0.02)
                            break
                else:
                    os.kill(child, 9)
                sys.stdout.buffer.write(seen)
                sys.stdout.flush()
                sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) % 256)
                """, JSONValue.array(answers.map(\.json)).text, JSONValue.array(ready.map(JSONValue.string)).text,
            ] + command, variables: ["TERM": "xterm", "LANG": "C.UTF-8"].merging(variables) { $1 })
    }
}
