import FoundationEssentials

/// What a builder answered to `plan`, and the digest of the environment that it describes.
package struct LayerPlan: Sendable {
    package struct Step: Sendable, Codable {
        package var title: String
        package var script: String
        /// Seconds.
        package var timeout: Double?
        /// Where in the project what it does is asked for.
        package var place: Place?
    }

    private struct Answer: Codable {
        var components: [String: JSONValue]?
        var inputs: [String]?
        var steps: [Step]
        var activation: Activation?
        var verify: String?
        var notes: [String]?
        var volatile: [String]?
        var outputs: [String]?
        var checksums: [String]?
        var secrets: [String]?
        var not_reproducible: [String]?
    }

    package var plugin: Plugin
    package var place: Place?
    /// Names everything that went into the layer: equal digests mean equal environments.
    package var digest: String
    package var components: JSONValue
    /// The local files whose contents are part of the digest.
    package var inputs: [String]
    package var steps: [Step]
    /// With `${prefix}` filled in.
    package var activation: Activation
    package var verify: String?
    package var notes: [String]
    package var prefix: String
    /// How the layer is vouched for.
    package var publication: EnvironmentStore.Publication
    /// Variables whose values are secret.
    package var secrets: [String]
    /// Why the same plan may make another layer tomorrow.
    package var notReproducible: [String]
    /// What the plan was asked with, to ask about a failure.
    package var request: JSONValue
    /// How the lock would be made that is missing: the digest is then not what it will be.
    package var pendingLock: LockPlan?
    /// Whether the digest is what it will be: no lock is to be made, here or below.
    package var isSettled = true
    /// Keeps the layer from being removed while this value is there.
    package var hold: LayerHold?

    /// Decodes an answer whose diagnostics were dealt with, and computes the digest.
    package init(
        answer: JSONValue, to request: JSONValue = [:], of layer: Layer, on below: [LayerPlan], store: EnvironmentStore,
        digests: DigestMemory
    ) throws(Failure) {
        plugin = layer.plugin
        place = layer.place
        self.request = request
        let decoded: Answer
        do { decoded = try JSONDecoder().decode(Answer.self, from: answer.canonical) } catch {
            throw layer.plugin.wrongShape(ofAnswerTo: "plan", error.sentence)
        }
        guard decoded.activation?.wrapper.isEmpty ?? true else {
            throw Failure(
                .plugin, "plugin `\(layer.plugin.id)` wraps commands, which this ray does not do yet", at: layer.place,
                hint: "use a newer ray, or a release of the plugin that needs no wrapper")
        }
        let root = request["project"]?["root"]?.string ?? ""
        inputs = (decoded.inputs ?? []).sorted()
        var contents: [JSONValue] = []
        for path in inputs {
            contents.append([.string(path.relative(to: root)), .string(try digests.digest(ofFile: path))])
        }
        components = [
            "plugin": .string(layer.plugin.id), "generation": .int(Int64(layer.plugin.manifest.generation ?? 1)),
            "components": .object(decoded.components ?? [:]), "inputs": .array(contents),
            "below": .array(below.map { .string($0.digest) }),
        ]
        digest = String(Digest.of(components).prefix(32))
        steps = decoded.steps
        verify = decoded.verify
        notes = decoded.notes ?? []
        secrets = decoded.secrets ?? []
        notReproducible = decoded.not_reproducible ?? []
        publication = EnvironmentStore.Publication(
            components: components.canonical, volatile: decoded.volatile ?? [], outputs: decoded.outputs ?? [],
            checksums: decoded.checksums ?? [])
        prefix = store.prefix(of: digest)
        activation = (decoded.activation ?? Activation()).located(at: prefix)
    }
}

extension LayerPlan {
    /// What is done with it, in a word or two: `keep`, `build`, `lock and build`.
    package func action(_ reason: String?) -> String {
        pendingLock != nil ? "lock and build" : reason == nil ? "keep" : "build"
    }

    /// The titles of all that is run for it.
    package var stepTitles: [String] { (pendingLock?.steps ?? []).map(\.title) + steps.map(\.title) }
}

/// Keeps a layer in use, so that nothing removes it.
package final class LayerHold: Sendable {
    private let lock: FileLock

    init(_ lock: consuming FileLock) {
        self.lock = lock
    }
}
