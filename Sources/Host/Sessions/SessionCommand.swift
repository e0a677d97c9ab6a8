import FoundationEssentials
import Glibc
import Subprocess
import SystemPackage

/// A command that runs inside a session, with this terminal.
package struct SessionCommand: Sendable {
    package enum Text: Sendable {
        /// Shell text.
        case script(String)
        /// An interactive shell.
        case shell

        var description: String {
            switch self {
            case .script(let text): text
            case .shell: "shell"
            }
        }
    }

    package var name: String?
    package var text: Text
    package var variables: [String: String]

    package init(name: String?, text: Text, variables: [String: String]) {
        self.name = name
        self.text = text
        self.variables = variables
    }

    /// What the processes of a session's command carry in their environment.
    static func mark(uid: String, run: String = "") -> String { "RAY_SESSION_RUN=\(uid).\(run)" }

    /// Records the command, runs it to its end and records its status, which is returned.
    ///
    /// The session is not locked meanwhile.
    package func run(
        in folder: SessionFolder, _ journal: JournalWriter, context: Context, interrupts: Interrupts
    ) async throws -> Int32 {
        let state = await journal.state
        let run = Self.newRun()
        let client = ProcessIdentity(running: getpid()).map { JSONValue(encoding: $0) } ?? .null
        try await journal.append(
            .intent, .command, id: run,
            ["name": name.map(JSONValue.string) ?? .null, "text": .string(text.description), "client": client])
        await journal.close()

        let exit: Exit
        do {
            exit = try await interrupts.leaving {
                try await execute(environment(state, run: run, context), state, folder)
            }
        } catch {
            await Self.endProcesses(uid: state.uid, run: run)
            throw error
        }
        // Told to end, this ended the command's first process; it may have started others.
        if Task.isCancelled { await Self.endProcesses(uid: state.uid, run: run) }
        await record(exit, run: run, state, folder, context)
        return exit.shellStatus
    }

    /// What cannot be ended is looked for again by the next start.
    private static func endProcesses(uid: String, run: String) async {
        _ = try? await ProcessTable.end(grace: .seconds(5)) { $0.family(variable: mark(uid: uid, run: run)) }
    }

    /// Records how the command ended, also when this task was cancelled.
    ///
    /// Where that cannot be done the next start finds a command whose client is gone: the command's
    /// own status is what matters now.
    private func record(_ exit: Exit, run: String, _ state: SessionState, _ folder: SessionFolder, _ context: Context)
        async
    {
        let recording = Task.detached {
            let after = try await JournalWriter(
                folder, purpose: "recording the end of a command",
                waiting: { context.terminal.note("the command has ended; \($0.waitingText(folder.name))") })
            if await after.state.uid == state.uid {
                try await after.append(.outcome, .command, id: run, ["status": .int(Int64(exit.shellStatus))])
            }
            await after.close()
        }
        _ = try? await recording.value
    }

    private static func newRun() -> String {
        var generator = SystemRandomNumberGenerator()
        return String(generator.next() | 1 << 63, radix: 16)
    }

    private func environment(_ state: SessionState, run: String, _ context: Context) -> [String: String] {
        var environment = context.environment
        for activation in state.environment?.activations ?? [] { activation.apply(to: &environment) }
        environment.merge(variables) { $1 }
        environment.merge(state.ray?.variables ?? [:]) { $1 }
        environment["PWD"] = state.root
        environment["RAY_SESSION_RUN"] = "\(state.uid).\(run)"
        return environment
    }

    private func execute(
        _ environment: [String: String], _ state: SessionState, _ folder: SessionFolder
    ) async throws -> Exit {
        let (program, arguments) = try words(environment, state, folder)
        let variables = Dictionary(
            environment.compactMap { name, value in Subprocess.Environment.Key(rawValue: name).map { ($0, value) } }
        ) { first, _ in first }
        var options = PlatformOptions()
        options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(5))]
        do {
            let result = try await Subprocess.run(
                .path(FilePath(program)), arguments: Arguments(arguments), environment: .custom(variables),
                workingDirectory: FilePath(state.root), platformOptions: options, input: .currentStandardInput,
                output: .currentStandardOutput,
                error: .currentStandardError)
            return switch result.terminationStatus {
            case .exited(let code): .status(code)
            case .signaled(let number): .signal(number)
            }
        } catch let error as SubprocessError {
            throw Failure(.input, "cannot run `\(program)` in `\(state.root)`", cause: "\(error)")
        }
    }

    private func words(
        _ environment: [String: String], _ state: SessionState, _ folder: SessionFolder
    ) throws(Failure) -> (String, [String]) {
        let bash = ["/bin/bash", "/usr/bin/bash"].first(where: Files.exists)
        switch text {
        case .script(let script):
            return (bash ?? "/bin/sh", ["-c", script])
        case .shell:
            let shell = environment["SHELL"].flatMap { Files.exists($0) ? $0 : nil } ?? bash ?? "/bin/sh"
            guard shell.lastPathName == "bash" else { return (shell, []) }
            // The user's own start-up file may put other programs in front of the environment's.
            let file = folder.path / "bashrc"
            let again = state.environment?.activations.map(\.shellText).joined() ?? ""
            let text = "[ -r ~/.bashrc ] && . ~/.bashrc\n\(again)"
            try Files.replace(file, with: Data(text.utf8), mode: 0o600, durable: false)
            return (shell, ["--rcfile", file])
        }
    }
}

extension Activation {
    /// The same change as lines of a POSIX shell.
    fileprivate var shellText: String {
        unset.sorted().map { "unset \($0)\n" }.joined()
            + set.sorted { $0.key < $1.key }.map { "export \($0.key)=\($0.value.shellQuoted)\n" }.joined()
            + prepend.sorted { $0.key < $1.key }
            .map { "export \($0.key)=\($0.value.shellQuoted)\"${\($0.key):+:$\($0.key)}\"\n" }.joined()
    }
}
