import PipRequirements
import PluginKit

/// Hosts that are not there, do not answer, or do not let one in.
enum HostFailures {
    static func explain(_ output: ToolOutput, _ asked: AskedFor) -> [Diagnostic] {
        if let refused = refused(output, asked) { return [refused] }
        if let absent = absent(output, asked) { return [absent] }
        if let unreachable = unreachable(output, asked) { return [unreachable] }
        return offline(output, asked)
    }

    private static func refused(_ output: ToolOutput, _ asked: AskedFor) -> Diagnostic? {
        let words = [
            "401 Unauthorized", "403 Forbidden", "401 Client Error", "403 Client Error", "HTTP error 401",
            "HTTP error 403", "Authentication failed for", "could not read Username for",
        ]
        guard let word = words.first(where: output.contains), let line = output.line(with: word) else { return nil }
        let answer =
            word.contains("401")
            ? "401 Unauthorized" : word.contains("403") ? "403 Forbidden" : "it takes a name and a password"
        let host = line.firstURL.flatMap(URLHost.name) ?? "the index"
        return Diagnostic(
            .auth, "`\(host)` refuses access: \(answer)", at: asked.place(ofHost: host) ?? asked.place,
            hint: "put the name and the password for it into `~/.netrc`, or into variables that its URL names, "
                + "as in `https://${NAME}:${TOKEN}@\(host)/`")
    }

    private static func absent(_ output: ToolOutput, _ asked: AskedFor) -> Diagnostic? {
        guard let line = output.line(with: "404 Not Found") ?? output.line(with: "HTTP error 404"),
            let url = line.firstURL, let host = URLHost.name(of: url),
            output.contains("Failed to download") || output.contains("Failed to fetch")
                || output.contains("Could not install requirement")
        else { return nil }
        return Diagnostic(
            .unsatisfiable, "`\(url)` is not there: 404 Not Found", at: asked.place(ofHost: host) ?? asked.place,
            hint: "correct the URL")
    }

    private static let reasons = [
        ("proxy", "the proxy refuses the connection or is not there"),
        ("tunnel error", "the proxy refuses the connection or is not there"),
        ("Name or service not known", "there is no host of this name"), ("dns error", "there is no host of this name"),
        ("Could not resolve host", "there is no host of this name"),
        ("name resolution", "the name of the host cannot be resolved now"),
        ("certificate", "its certificate is not trusted"), ("Connection refused", "connection refused"),
        ("Network is unreachable", "the network is unreachable"), ("No route to host", "there is no way to the host"),
        ("timed out", "no answer in time"), ("Connection reset", "the connection was cut"),
        ("(502", "502 Bad Gateway"), ("(503", "503 Service Unavailable"), ("(504", "504 Gateway Timeout"),
        ("429", "429 Too Many Requests"), ("(500", "500 Internal Server Error"),
        ("500 error", "500 Internal Server Error"),
    ]

    private static func unreachable(_ output: ToolOutput, _ asked: AskedFor) -> Diagnostic? {
        let marks = [
            "unable to access 'http", "error sending request for url", "HTTP status server error", "Failed to fetch",
            "Could not fetch URL",
            "connection broken by", "Max retries exceeded", "429 Too Many",
        ]
        guard let mark = marks.first(where: output.contains), let line = output.line(with: mark) else { return nil }
        // A page that is not there is an answer of the index.
        if line.contains("404 Client Error") { return nil }
        let start = output.lines.firstIndex(of: line) ?? 0
        let words = output.lines[start...].prefix(10).joined(separator: "\n").lowercased()
        let reason = reasons.first { words.contains($0.0.lowercased()) }?.1
        let host =
            line.firstURL.flatMap(URLHost.name) ?? line.between("host='", "'") ?? "the index"
        let package = line.firstURL.flatMap(package(of:))
        let isCertificate = reason?.contains("certificate") == true
        return Diagnostic(
            .network,
            "`\(host)` cannot be reached\(package.map { " for `\($0)`" } ?? "")\(reason.map { ": \($0)" } ?? "")",
            at: asked.place(ofHost: host) ?? package.flatMap(asked.place(ofPackage:)) ?? asked.place,
            hint: isCertificate
                ? "name the file of its authority in `SSL_CERT_FILE`, or as `cert` in pip's configuration"
                : "look at the network, at the proxy and at the URL of the index")
    }

    /// The package that a URL of an index is of, by a page of `/simple/` or by the name of a file.
    private static func package(of url: String) -> String? {
        let parts = url.prefix { !"?#".contains($0) }.split(separator: "/").map(String.init)
        guard let last = parts.last else { return nil }
        if LocalReference.isArchive(last) { return LinkFolder.packageName(of: last) }
        return parts.dropLast().last == "simple" ? Requirement.normalised(last) : nil
    }

    private static func offline(_ output: ToolOutput, _ asked: AskedFor) -> [Diagnostic] {
        let isOffline = output.contains("network was disabled") || output.contains("network connectivity is disabled")
        guard isOffline else { return [] }
        let text = (output.derivation ?? output.lines).joined(separator: " ")
        let name = text.between("Because ", " was not found in the cache") ?? text.between("`", "`")
        return [
            Diagnostic(
                .network,
                "\(name.map { "`\($0)`" } ?? "a package") is not in uv's cache, and the network is switched off",
                at: name.flatMap(asked.place(ofPackage:)) ?? asked.place, hint: "unset `UV_OFFLINE`", isPermanent: true)
        ]
    }
}
