import FoundationEssentials
import Glibc

/// What a person asked to run inside a session.
package struct SessionCommand: Sendable {
    package enum Text: Sendable {
        /// Shell text.
        case script(String)
        /// An interactive shell.
        case shell
        /// The same, inside a program that keeps it when the terminal goes.
        case shellIn(Multiplexer)

        var description: String {
            switch self {
            case .script(let text): text
            case .shell, .shellIn: "shell"
            }
        }
    }

    /// A program that keeps a shell when its terminal goes, by its path.
    package enum Multiplexer: Sendable {
        case tmux(String), screen(String)

        /// What attaches to the shell of this name, or makes it.
        func words(_ name: String, _ shell: [String]) -> [String] {
            switch self {
            case .tmux(let path): [path, "-L", name, "new-session", "-A", "-s", "shell", "--"] + shell
            case .screen(let path): [path, "-xRR", "-S", name] + shell
            }
        }
    }

    /// The project's name for it; nil for shell text.
    package var name: String?
    package var text: Text
    /// What it sees beside the session's own variables.
    package var variables: [String: String]
    /// What was chosen where the command line asked for several values.
    package var choices: [CommandArguments.PlacedChoice] = []
    /// The cluster file that it asks for, as written; nil for the project's own.
    package var clusterFile: PlacedText?
    /// Whether it runs in a tmux session, which survives the client.
    package var usesTmux = false
    /// Ports of the head that are to be reachable here.
    package var ports: [Int] = []

    package init(name: String?, text: Text, variables: [String: String]) {
        self.name = name
        self.text = text
        self.variables = variables
    }

    /// What its processes carry in their environment.
    static func mark(uid: String, run: String = "") -> String { "RAY_SESSION_RUN=\(uid).\(run)" }

    /// The choices as people write them, in one line: `dataset=a lr=0.1`.
    package var label: String {
        choices.map { "\($0.parameter)=\($0.value.inOneLine)" }.joined(separator: " ")
    }

    /// The program that runs it inside the session.
    func program(
        _ state: SessionState, run: String, _ folder: SessionFolder, _ context: Context
    ) throws(Failure) -> NodeProgram {
        var environment = context.environment
        for activation in state.environment?.activations ?? [] { activation.apply(to: &environment) }
        environment.merge(variables) { $1 }
        environment.merge(state.ray?.variables ?? [:]) { $1 }
        environment["PWD"] = state.root
        var run = run
        if case .shellIn = text {
            environment["TMUX"] = nil
            // It stays when this client goes, and ends with the session.
            run = "kept"
        }
        environment["RAY_SESSION_RUN"] = "\(state.uid).\(run)"
        return NodeProgram(
            try words(environment, state, folder), environment: environment, directory: state.root)
    }

    private func words(
        _ environment: [String: String], _ state: SessionState, _ folder: SessionFolder
    ) throws(Failure) -> [String] {
        let bash = ["/bin/bash", "/usr/bin/bash"].first(where: Files.exists)
        let shell = environment["SHELL"].flatMap { Files.isProgram($0) ? $0 : nil } ?? bash ?? "/bin/sh"
        switch text {
        case .script(let script): return [bash ?? "/bin/sh", "-c", script]
        case .shell: return try words(ofShell: shell, state, folder)
        case .shellIn(let multiplexer):
            return multiplexer.words("ray-\(state.uid.prefix(8))-shell", try words(ofShell: shell, state, folder))
        }
    }

    private func words(
        ofShell shell: String, _ state: SessionState, _ folder: SessionFolder
    ) throws(Failure) -> [String] {
        guard shell.lastPathName == "bash" else { return [shell] }
        // The user's own start-up file may put other programs in front of the environment's.
        let file = folder.path / "bashrc"
        let again = state.environment?.activations.map(\.shellText).joined() ?? ""
        let text = "[ -r ~/.bashrc ] && . ~/.bashrc\n\(again)"
        try Files.replace(file, with: Data(text.utf8), mode: 0o600, durable: false)
        return [shell, "--rcfile", file]
    }
}
