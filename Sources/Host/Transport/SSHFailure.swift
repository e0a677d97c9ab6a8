/// Why ssh has not reached a machine, by what it said.
enum SSHFailure: Sendable, Equatable {
    case unknownName, noRoute, refused, noBanner, timeout, authentication, changedHostKey, otherHostKey
    /// The connection ended while it was made.
    case lost
    /// Something else, in its words.
    case other(String)

    /// By what ssh printed before it ended with 255.
    init(_ text: String) {
        let lines = text.split(whereSeparator: \.isNewline)
        let found = Self.signs.first { sign in lines.contains { $0.contains(sign.text) } }?.failure
        let last = lines.last { !$0.allSatisfy(\.isWhitespace) }
        self = found ?? .other(String(last ?? "it said nothing").trimmed)
    }

    /// The same where the machine's key was given rather than seen before.
    func knowing(_ target: SSHTarget) -> SSHFailure {
        self == .changedHostKey && target.hostKey != nil ? .otherHostKey : self
    }

    /// What comes first is meant: a changed key is told with a line about verification too.
    private static let signs: [(text: String, failure: SSHFailure)] = [
        ("REMOTE HOST IDENTIFICATION HAS CHANGED", .changedHostKey),
        ("Host key verification failed", .otherHostKey),
        ("Permission denied (", .authentication), ("Too many authentication failures", .authentication),
        ("Could not resolve hostname", .unknownName),
        ("banner exchange", .noBanner), ("Connection refused", .refused),
        ("No route to host", .noRoute), ("Network is unreachable", .noRoute),
        ("Connection timed out", .timeout), ("Operation timed out", .timeout),
        ("Connection closed", .lost), ("Connection reset", .lost), ("kex_exchange_identification", .lost),
    ]

    /// Whether a machine that boots may say this.
    var mayPass: Bool {
        switch self {
        case .noRoute, .refused, .noBanner, .timeout, .lost: true
        case .unknownName, .authentication, .changedHostKey, .otherHostKey, .other: false
        }
    }

    /// In a few words, for those who wait.
    var words: String {
        switch self {
        case .unknownName: "its name is not known"
        case .noRoute: "there is no route to it"
        case .refused: "it refuses connections"
        case .noBanner: "it accepts connections and says nothing"
        case .timeout: "it does not answer"
        case .authentication: "it does not accept the login"
        case .changedHostKey: "its key is not the one that was known"
        case .otherHostKey: "its key is not the one that is given"
        case .lost: "it closes the connection"
        case .other(let text): text
        }
    }

    /// Whether ssh can ask for passwords.
    enum Asking: Sendable {
        case yes, noTerminal, oldClient

        /// What `ssh -V` says tells whether it hands questions over.
        init(version: String) {
            let numbers = version.drop { !$0.isNumber }.split { !$0.isNumber }.prefix(2).compactMap { Int($0) }
            self = numbers.lexicographicallyPrecedes([8, 4]) && !numbers.isEmpty ? .oldClient : .yes
        }

        fileprivate var hint: String {
            switch self {
            case .yes: ""
            case .noTerminal: "; passwords and codes are asked for only on a terminal"
            case .oldClient: "; passwords and codes are asked for with OpenSSH 8.4 or newer"
            }
        }
    }

    /// The failure for people; `waited` is how long it was tried again.
    func diagnostic(
        _ target: SSHTarget, node: String, output: String, waited: Duration?, asking: Asking = .yes
    ) -> Diagnostic {
        let since = waited.map { ", and that for \($0.inSeconds)" } ?? ""
        return Diagnostic(
            errorClass, "cannot reach node `\(node)` by ssh: \(words)\(since)",
            cause: cause(output), hint: hint(target, asking))
    }

    private var errorClass: ErrorClass {
        switch self {
        case .authentication: .auth
        case .changedHostKey, .otherHostKey: .verifyFailed
        default: .unreachable
        }
    }

    /// ssh's own line, where it says more than the sentence.
    private func cause(_ output: String) -> String? {
        let lines = output.split(whereSeparator: \.isNewline).map(String.init)
        return switch self {
        case .authentication: lines.last { $0.contains("Permission denied") || $0.contains("Too many") }
        case .changedHostKey: lines.first { $0.contains("Offending") }?.trimmed
        case .unknownName, .lost, .noRoute: lines.last
        default: nil
        }
    }

    private func hint(_ target: SSHTarget, _ asking: Asking) -> String {
        let command = "`ssh \((target.words + [target.host]).map(\.shellQuoted).joined(separator: " "))`"
        return switch self {
        case .unknownName: "correct the address in the cluster file"
        case .authentication:
            "name the user and the key under `auth`, or add the key to your agent; \(command) shows more\(asking.hint)"
        case .changedHostKey:
            "if the machine was installed anew, remove that line; otherwise something else answers at its address"
        case .otherHostKey: "correct its key under `auth.ssh_host_keys`, or find out what answers at its address"
        case .refused: "see whether sshd runs there, and on which port: `auth.ssh_port` names another than 22"
        case .noRoute, .timeout: "see whether the machine is up, and whether a firewall or a VPN is between"
        case .noBanner, .lost: "see what listens there: it speaks no ssh, or has too many connections"
        case .other: "\(command) shows more"
        }
    }
}

extension String {
    fileprivate var trimmed: String {
        let end = reversed().drop(while: \.isWhitespace).reversed()
        return String(end.drop(while: \.isWhitespace))
    }
}
