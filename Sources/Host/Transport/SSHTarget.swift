/// A machine that ssh reaches, as far as the user's own configuration of ssh does not say it.
package struct SSHTarget: Sendable, Hashable, Codable {
    /// A name, an address, or what the user's configuration of ssh calls the machine.
    package var host: String
    package var port: Int?
    package var user: String?
    /// The file of the private key, and then of no other; nil for what the agent and the configuration have.
    package var key: String?
    package var proxyCommand: String?
    /// The machine's public key, `TYPE BASE64`; nil where the first one seen is trusted.
    package var hostKey: String?

    package init(
        host: String, port: Int? = nil, user: String? = nil, key: String? = nil, proxyCommand: String? = nil,
        hostKey: String? = nil
    ) {
        self.host = host
        self.port = port
        self.user = user
        self.key = key
        self.proxyCommand = proxyCommand
        self.hostKey = hostKey
    }

    /// The words of ssh that say which machine is meant; the host itself comes last.
    var words: [String] {
        var words: [String] = []
        if let port { words += ["-p", "\(port)"] }
        if let user { words += ["-l", user] }
        if let key { words += ["-i", key, "-o", "IdentitiesOnly=yes"] }
        if let proxyCommand { words += ["-o", "ProxyCommand=\(proxyCommand)"] }
        return words
    }

    /// For people.
    var name: String {
        "\(user.map { "\($0)@" } ?? "")\(host)\(port.map { ":\($0)" } ?? "")"
    }

    /// The same for the same machine in the same way.
    var identity: String {
        [host, port.map(String.init), user, key, proxyCommand, hostKey].map { $0 ?? "" }.joined(separator: "\u{1F}")
    }
}
