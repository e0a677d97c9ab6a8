import FoundationEssentials

/// Takes secrets out of text before anybody else sees it.
///
/// A name and a password in a URL are secrets everywhere; the values of variables are where their name
/// says so, or where a plugin does.
package struct Redaction: Sendable {
    private var secrets: [String]

    /// The secrets in the variables of this process, in those called `named`, and in the user's netrc.
    package init(environment: [String: String], home: String, named: [String] = []) {
        var found: Set<String> = []
        for (name, value) in environment {
            if named.contains(name) || (Self.soundsSecret(name) && value.utf8.count >= 8) { found.insert(value) }
            for credentials in value.split(whereSeparator: \.isWhitespace).compactMap(Self.credentials) {
                found.formUnion(credentials)
            }
        }
        let netrc = environment["NETRC"] ?? home / ".netrc"
        if let text = try? Files.read(netrc) { found.formUnion(Self.passwords(inNetrc: text)) }
        // The longest first: one may hold another.
        secrets = found.filter { $0.utf8.count >= 4 }.sorted { ($1.utf8.count, $0) < ($0.utf8.count, $1) }
    }

    package func redacted(_ text: String) -> String {
        var text = text
        for secret in secrets where text.contains(secret) { text = text.replacing(secret, with: "****") }
        return text.contains("://") && text.contains("@") ? Self.withoutCredentials(text) : text
    }

    private static func soundsSecret(_ name: String) -> Bool {
        let name = name.uppercased()
        return ["TOKEN", "SECRET", "PASSWORD", "PASSWD", "API_KEY", "APIKEY", "ACCESS_KEY", "CREDENTIAL"]
            .contains { name.contains($0) }
    }

    /// The parts of `scheme://name:password@host` that are nobody's business.
    private static func credentials(_ url: Substring) -> [String]? {
        guard let scheme = url.firstRange(of: "://"),
            case let rest = url[scheme.upperBound...].prefix(while: { $0 != "/" }),
            let at = rest.lastIndex(of: "@")
        else { return nil }
        let user = rest[..<at]
        guard let colon = user.firstIndex(of: ":") else { return [String(user)] }
        return [String(user), String(user[user.index(after: colon)...])]
    }

    /// Whether a URL in the text has a password or a token.
    ///
    /// The user of ssh is none, and neither is a variable that is put in later.
    package static func finds(credentialsIn text: String) -> Bool {
        guard text.contains("://"), text.contains("@") else { return false }
        var rest = Substring(text)
        while let scheme = rest.firstRange(of: "://") {
            let isSSH = rest[..<scheme.lowerBound].hasSuffix("ssh")
            rest = rest[scheme.upperBound...]
            let host = rest.prefix { !$0.isWhitespace && !"/'\"`<>\\".contains($0) }
            guard let at = host.lastIndex(of: "@"), !isSSH, !host[..<at].contains("${") else { continue }
            return true
        }
        return false
    }

    private static func passwords(inNetrc text: Data) -> [String] {
        let words = String(decoding: text, as: UTF8.self).split(whereSeparator: \.isWhitespace).map(String.init)
        return zip(words, words.dropFirst()).filter { $0.0 == "password" }.map(\.1)
    }

    private static func withoutCredentials(_ text: String) -> String {
        var result = ""
        var rest = Substring(text)
        while let scheme = rest.firstRange(of: "://") {
            result += rest[..<scheme.upperBound]
            rest = rest[scheme.upperBound...]
            let host = rest.prefix { !$0.isWhitespace && !"/'\"`<>".contains($0) }
            if let at = host.lastIndex(of: "@") {
                result += "****"
                rest = rest[at...]
            }
        }
        return result + rest
    }
}
