/// Whether the user has agreed to a plugin.
package enum Consent: Sendable, Equatable {
    /// It came with ray.
    case notNeeded
    case given
    /// It was allowed, and its files have changed since.
    case outdated
    case missing
}

extension Plugin {
    /// What the user has said of this plugin with this library.
    package func consent(library digest: String) -> Consent {
        if comesWithRay { return .notNeeded }
        if allowance(library: digest) != nil { return .given }
        return allowances.contains { $0.folder == folder } ? .outdated : .missing
    }

    /// What was said of these very files, or of all that are built in this folder.
    private func allowance(library digest: String) -> Allowances.Entry? {
        let digests = Allowances.Digests(manifest: manifestDigest, library: digest)
        // A link that is turned elsewhere leads to another folder, of which nothing was said.
        lazy var real = Files.resolved(folder)
        return allowances.first { $0.digests == digests && $0.folder == folder }
            ?? allowances.first { $0.digests == nil && $0.folder == real } ?? allowances.first { $0.digests == digests }
    }

    /// Where this plugin with this library runs: in a process of its own unless the user has granted
    /// this very one something else.
    func isolation(library digest: String) -> Allowances.Isolation {
        allowance(library: digest)?.isolation ?? .process
    }

    /// The error for a plugin that may not be used as long as the user has said nothing.
    package func refusal(_ consent: Consent) -> Failure {
        let isOutdated = consent == .outdated
        return Failure(
            .plugin,
            isOutdated
                ? "plugin `\(id)` \(manifest.version) in `\(folder)` is not the one that you allowed: its files have changed"
                : "plugin `\(id)` \(manifest.version) in `\(folder)` is not part of ray, and you have not allowed it",
            cause: "a plugin runs with your rights",
            hint: "if you trust it, `ray plugin allow \(folder.shellQuoted)`")
    }

    /// The question that a terminal is asked instead.
    func question(_ consent: Consent) -> String {
        let why = consent == .outdated ? "has changed since you allowed it" : "is not part of ray"
        return
            "plugin `\(id)` \(manifest.version) in `\(folder)` \(why), and would run with your rights. Allow it? [y/N] "
    }
}
