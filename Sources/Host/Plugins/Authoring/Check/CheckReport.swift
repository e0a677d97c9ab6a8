/// What `ray plugin check` found out, group by group.
package struct CheckReport: Sendable {
    /// One line of the report: what was looked at, and in a few words what was seen.
    package struct Group: Sendable {
        package var name: String
        /// nil where the group was not checked, for the reason that `summary` gives.
        package var findings: [Finding]?
        package var summary: String
    }

    package var folder: String
    package var manifest: Manifest?
    package var seed: UInt64
    package private(set) var groups: [Group] = []

    package init(folder: String, seed: UInt64) {
        self.folder = folder
        self.seed = seed
    }

    package mutating func add(_ name: String, _ findings: [Finding]?, _ summary: String) {
        var distinct: [Finding] = []
        for finding in findings ?? [] where !distinct.contains(finding) { distinct.append(finding) }
        groups.append(Group(name: name, findings: findings.map { _ in distinct }, summary: summary))
    }

    package var findings: [Finding] { groups.flatMap { $0.findings ?? [] } }
    package var hasErrors: Bool { findings.contains { $0.diagnostic.severity == .error } }

    private var name: String { manifest.map { "`\($0.id)` \($0.version)" } ?? "`\(folder)`" }

    /// A line for each group, the findings, and a line that sums up.
    package func text(_ style: TextStyle) -> String {
        let width = groups.map(\.name.count).max() ?? 0
        let lines = groups.map { group in
            let words =
                group.findings.map { $0.isEmpty ? group.summary : Self.count($0) } ?? "not checked: \(group.summary)"
            return group.name + String(repeating: " ", count: width - group.name.count + 2) + words
        }
        let sum = "\(name): \(findings.isEmpty ? "no findings" : Self.count(findings))"
        return (lines + findings.map { $0.text(style) } + [sum]).joined(separator: "\n")
    }

    private static func count(_ findings: [Finding]) -> String {
        let errors = findings.count { $0.diagnostic.severity == .error }
        let warnings = findings.count - errors
        return [(errors, "error"), (warnings, "warning")].filter { $0.0 > 0 }
            .map { "\($0.0) \($0.1)\($0.0 == 1 ? "" : "s")" }.joined(separator: ", ")
    }

    package var json: JSONValue {
        [
            "folder": .string(folder), "id": manifest.map { .string($0.id) } ?? .null,
            "version": manifest.map { .string($0.version) } ?? .null, "passed": .bool(!hasErrors),
            "seed": .string(String(seed)),
            "groups": .array(
                groups.map { group in
                    [
                        "name": .string(group.name), "summary": .string(group.summary),
                        "outcome": .string(group.findings.map { $0.isEmpty ? "passed" : "findings" } ?? "skipped"),
                    ]
                }),
            "findings": .array(findings.map(\.json)),
        ]
    }
}

extension Finding {
    /// The finding as people read it, with its code where errors have their class.
    func text(_ style: TextStyle) -> String { diagnostic.text(style, label: code.rawValue) }

    /// Every key is always there, null where there is nothing to say.
    var json: JSONValue {
        guard case .object(var members) = diagnostic.json else { return .null }
        members["class"] = nil
        members["code"] = .string(code.rawValue)
        return .object(members)
    }
}
