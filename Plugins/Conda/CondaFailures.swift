import FoundationEssentials
package import PluginKit

extension CondaBuilder {
    package func explain(_ request: BuilderRequest, _ call: Call) throws -> ExplainAnswer {
        guard let failure = request.failure, let document = EnvironmentDocument(request, variables: variables) else {
            return ExplainAnswer()
        }
        let failures = CondaFailures(
            output: ToolOutput(failure.output), document: document, place: request.place(of: "/conda"))
        return ExplainAnswer(diagnostics: failures.diagnostics)
    }
}

/// What tools of the conda family mean when they fail.
struct CondaFailures {
    let output: ToolOutput
    let document: EnvironmentDocument
    /// Where the environment is asked for.
    let place: Place?

    /// What is behind the others comes first: pip's words stand after those of the tool, and a host that is away
    /// leaves packages unfound.
    var diagnostics: [Diagnostic] {
        if let disk = output.diskFailure { return [disk] }
        for found in [wrongHashes, pipFailures, channelFailures, missingPackages, conflicts] where !found.isEmpty {
            return found
        }
        return []
    }

    private var wrongHashes: [Diagnostic] {
        let files = output.lines.filter { $0.hasPrefix("ray: hash of ") }.map { String($0.dropFirst(13)) }
        if !files.isEmpty {
            return files.map {
                Diagnostic(
                    .hash, "`\($0)` is not the package that is locked", at: place,
                    hint: "find out why it is another file; if it may be, `ray environment lock --upgrade`")
            }
        }
        let marks = [
            "MD5MismatchError", "ChecksumMismatchError", "MD5 mismatch", "SHA256 doesn't match", "hash mismatch",
        ]
        guard let line = marks.lazy.compactMap(output.line).first else { return [] }
        return [
            Diagnostic(
                .hash, "a package is not the file that its channel or the lock says", at: place,
                cause: ToolOutput.words(of: line).shortened,
                hint: "try again; if it stays so, ask who keeps the channel")
        ]
    }

    private var pipFailures: [Diagnostic] {
        let marks = ["ray: pip", "Pip failed", "pip returned an error", "pip failed to update"]
        guard marks.contains(where: output.contains) else { return [] }
        let words = output.lines.filter { $0.hasPrefix("ERROR: ") }.map(ToolOutput.words)
        if let name = output.rest(after: "No matching distribution found for ") {
            let base = name.prefix { $0.isLetter || $0.isNumber || "_-.".contains($0) }.lowercased()
            let line = document.pip.first { $0.text.lowercased().hasPrefix(base) }
            return [
                Diagnostic(
                    .unsatisfiable, "pip finds no version of `\(name)`", at: line?.place ?? place,
                    cause: words.first?.shortened, hint: "look at its name and version, and at the index it comes from")
            ]
        }
        if let line = output.line(with: "No module named pip") {
            return [
                Diagnostic(
                    .input, "the environment has no pip", at: document.pip.first?.place ?? place,
                    cause: ToolOutput.words(of: line), hint: "add `python` and `pip` to `dependencies`")
            ]
        }
        return [
            Diagnostic(
                .buildFailed, "pip could not install what `pip:` asks for", at: document.pip.first?.place ?? place,
                cause: (words.isEmpty ? Array(output.lines.suffix(5)) : words).prefix(5).joined(separator: "\n")
                    .shortened
            )
        ]
    }

    private var channelFailures: [Diagnostic] {
        if let absent = absentChannels { return absent }
        let refused = ["HTTP 401", "HTTP 403", "401 Client Error", "403 Client Error", "(401 ", "(403 "]
        if refused.contains(where: output.contains) {
            return [
                Diagnostic(
                    .auth, "the channel `\(channel)` refuses access", at: place,
                    hint: "log in as its owner says, or put the name and the password into `~/.netrc`")
            ]
        }
        let marks = [
            "CondaHTTPError", "CONNECTION FAILED", "ConnectionFailed", "Max retries exceeded", "error sending request",
            "Could not connect", "Failed to establish a new connection", "HTTP 5", "SSLError", "Download error",
        ]
        guard let line = marks.lazy.compactMap(output.line).first else { return offline }
        let reasons = [
            ("Connection refused", "connection refused"),
            ("Name or service not known", "there is no host of this name"),
            ("Could not resolve host", "there is no host of this name"),
            ("certificate", "its certificate is not trusted"),
            ("name resolution", "the name of the host cannot be resolved now"), ("timed out", "no answer in time"),
            ("Network is unreachable", "the network is unreachable"), ("proxy", "the proxy refuses the connection"),
        ]
        let reason = reasons.first { output.contains($0.0) }?.1
        return [
            Diagnostic(
                .network, "the channel `\(channel)` cannot be reached\(reason.map { ": \($0)" } ?? "")", at: place,
                cause: reason == nil ? ToolOutput.words(of: line).shortened : nil,
                hint: "look at the network, at the proxy and at `channels`")
        ]
    }

    /// The channel that the output speaks of.
    private var channel: String {
        let ours = document.channels.map(ToolOutput.withoutCredentials).first {
            $0.contains("://") && output.contains($0)
        }
        return ours ?? output.lines.lazy.compactMap(\.firstURL).first?.channel ?? document.channels.first ?? "defaults"
    }

    /// Channels that are not there; nil where one is, or none is spoken of.
    private var absentChannels: [Diagnostic]? {
        var found: [String] = []
        for line in output.lines {
            // One that has only packages of one platform is an old one, and there.
            if let range = line.firstRange(of: "requested channel with url: ") {
                found.append(String(line[range.upperBound...]))
            } else if line.contains("could not find subdir"), let url = line.between("in channel '", "'") {
                found.append(url.hasSuffix("/") ? String(url.dropLast()) : url)
            } else if ["HTTP 404", "404 Client Error", "UnavailableInvalidChannel", "(404 "].contains(
                where: line.contains),
                let url = line.firstURL ?? output.lines.lazy.compactMap(\.firstURL).first
            {
                found.append(url.channel)
            }
        }
        let asked = document.channels.filter { $0 != "nodefaults" }
        guard !found.isEmpty, Set(found).count >= asked.count || !output.contains("NoPackagesFoundError") else {
            return nil
        }
        var seen: Set<String> = []
        return found.filter { seen.insert($0).inserted }.map {
            Diagnostic(
                .network, "the channel `\($0)` is not there", at: place, hint: "correct `channels`", isPermanent: true)
        }
    }

    private var offline: [Diagnostic] {
        guard output.contains("offline") else { return [] }
        return [
            Diagnostic(
                .network, "what is asked for is not in the package cache, and the network is switched off", at: place,
                cause: output.line(with: "offline").map(ToolOutput.words)?.shortened,
                hint: "unset `CONDA_OFFLINE` and `MAMBA_OFFLINE`", isPermanent: true)
        ]
    }

    /// Packages that no channel has: all that are named.
    private var missingPackages: [Diagnostic] {
        let marks = [
            "NoPackagesFoundError", "PackagesNotFoundError", "PackagesNotFoundInChannelsError",
            "ResolvePackageNotFound",
            "Package missing in current", "PackageNotFoundError",
        ]
        var names: [String] = []
        if let start = output.lines.firstIndex(where: { line in marks.contains { line.contains($0) } }) {
            names = output.lines[(start + 1)...].map(\.trimmedStart).filter { $0.hasPrefix("- ") }
                .map { String($0.dropFirst(2)).firstWords }
        }
        for line in output.lines {
            if let name = line.between("No candidates were found for ", " *")
                ?? line.between("No candidates were found for ", ".\n")
                ?? line.between("nothing provides requested ", ",")
                ?? line.between("─ ", " does not exist (perhaps a typo")
            {
                names.append(name.firstWords)
            } else if let range = line.firstRange(of: "No candidates were found for ") {
                names.append(String(line[range.upperBound...]).firstWords)
            }
        }
        var seen: Set<String> = []
        return names.filter { seen.insert($0).inserted }.map { text in
            let name = PackageSpec(text)?.name ?? text
            let channels = document.channels.map(ToolOutput.withoutCredentials).joined(separator: ", ")
            let known = document.line(of: name)
            return Diagnostic(
                .unsatisfiable, "no channel has a package that is `\(known?.text ?? text)`", at: known?.place ?? place,
                cause: channels.isEmpty ? nil : "channels: \(channels)",
                hint: known == nil
                    ? "another package needs it: look at `channels`" : "look at its name and version, and at `channels`"
            )
        }
    }

    private var conflicts: [Diagnostic] {
        let marks = [
            "UnsatisfiableError", "Could not solve for environment specs", "Cannot solve the request",
            "conflicting requests",
            "specifications were found to be in conflict", "incompatible",
        ]
        guard let start = output.lines.firstIndex(where: { line in marks.contains { line.contains($0) } }) else {
            return []
        }
        let head = output.lines[start].between("because of: ", " because there are").map { [$0] } ?? []
        let words =
            head + output.lines[start...].dropFirst().prefix { !$0.hasPrefix("Use \"conda") && !$0.hasPrefix("ray: ") }
        let text = words.joined(separator: " ")
        let place = document.packages.first { line in
            PackageSpec(line.text).map { text.lowercased().contains($0.name) } ?? false
        }?.place
        return [
            Diagnostic(
                .unsatisfiable, "the packages that are asked for exclude each other", at: place ?? self.place,
                cause: words.prefix(8).map(\.trimmedStart).joined(separator: "\n").shortened, hint: "loosen one of them"
            )
        ]
    }
}

extension String {
    /// The text up to where it would be too long to read.
    fileprivate var shortened: String { count > 600 ? prefix(600) + "…" : self }

    /// What stands before a full stop at the end or an arrow.
    fileprivate var firstWords: String {
        var text = self
        if let arrow = text.firstRange(of: " -> ") { text = String(text[..<arrow.lowerBound]) }
        if text.hasSuffix(".") { text.removeLast() }
        return text.hasSuffix(" *") ? String(text.dropLast(2)) : text.trimmed
    }

    /// The address of the channel that a URL is of.
    fileprivate var channel: String {
        for mark in ["/noarch", "/linux-", "/repodata", "/current_repodata"] {
            if let range = firstRange(of: mark) { return String(self[..<range.lowerBound]) }
        }
        return self
    }
}
