extension SessionCommand {
    /// What runs it on the head of a cluster, inside the session.
    ///
    /// It is secret, since the variables may be.
    func remote(_ state: SessionState, run: String) -> RemoteCommand {
        let environment = state.environment ?? .init()
        var own = ["RAY_CLUSTER_UID": state.uid, "RAY_SESSION_RUN": "\(state.uid).\(run)"]
        if environment.rayVersion != nil { own["RAY_ADDRESS"] = "auto" }
        var lines = environment.activations.map(\.shellText).joined()
        lines += NodePlace.exports(variables.merging(own) { $1 })
        lines += "cd \((environment.directory ?? "~").shellQuoted) || exit 125\n"
        switch text {
        case .script(let script):
            lines += """
                if command -v bash >/dev/null 2>&1; then exec bash -c \(script.shellQuoted); fi
                exec sh -c \(script.shellQuoted)
                """
        case .shell: lines += "exec \"${SHELL:-/bin/sh}\""
        case .shellIn(let multiplexer):
            // It stays when this client goes, and ends with the session.
            lines += "RAY_SESSION_RUN=\(state.uid).kept\nunset TMUX\n"
            lines += "exec \(multiplexer.remoteWords("ray-\(state.uid.prefix(8))-shell").joined(separator: " "))"
        }
        return RemoteCommand(text: lines, isSecret: true)
    }
}

extension SessionCommand.Multiplexer {
    fileprivate func remoteWords(_ name: String) -> [String] {
        switch self {
        case .tmux: ["tmux", "-L", name, "new-session", "-A", "-s", "shell"]
        case .screen: ["screen", "-xRR", "-S", name]
        }
    }
}
