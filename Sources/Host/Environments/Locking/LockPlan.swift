import FoundationEssentials

/// What a builder answered to `lock`: how its lock is made, and what it follows from.
package struct LockPlan: Sendable {
    struct Answer: Codable {
        var basis: [String: String]?
        var inputs: [String]?
        var steps: [LayerPlan.Step]?
        var notes: [String]?
        var secrets: [String]?
        var unreadable: Bool?
    }

    /// What the lock follows from, as the project's lock file keeps it.
    package var basis: [String: String]
    /// Without any there is nothing to lock.
    package var steps: [LayerPlan.Step]
    package var notes: [String]
    /// Variables whose values are secret.
    package var secrets: [String]
    /// Whether the plugin cannot read the lock that there is.
    package var isUnreadable: Bool
    /// What the plan was asked with, to ask about a failure.
    package var request: JSONValue

    /// Decodes an answer whose diagnostics were dealt with.
    init(answer: JSONValue, to request: JSONValue, of layer: Layer, digests: DigestMemory) throws(Failure) {
        self.request = request
        let root = request["project"]?["root"]?.string ?? ""
        let decoded: Answer
        do { decoded = try JSONDecoder().decode(Answer.self, from: answer.canonical) } catch {
            throw layer.plugin.wrongShape(ofAnswerTo: "lock", error.sentence)
        }
        basis = decoded.basis ?? [:]
        let inputs = try (decoded.inputs ?? []).sorted().map { path throws(Failure) in
            "\(path.relative(to: root)) \(try digests.digest(ofFile: path).prefix(16))"
        }
        if !inputs.isEmpty { basis["files"] = inputs.joined(separator: "\n") }
        steps = decoded.steps ?? []
        notes = decoded.notes ?? []
        secrets = decoded.secrets ?? []
        isUnreadable = decoded.unreadable ?? false
    }
}
