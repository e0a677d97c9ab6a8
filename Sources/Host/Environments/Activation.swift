/// What a layer changes for everything that runs inside it.
///
/// It is data, so that the host can apply it to a process here, a script on a node or a shell
/// alike.
package struct Activation: Sendable, Codable, Equatable {
    package var set: [String: String] = [:]
    /// Text that goes in front of a variable, with a `:` between.
    package var prepend: [String: String] = [:]
    package var unset: [String] = []
    /// Words to put in front of every command, as `docker exec NAME`.
    package var wrapper: [String] = []

    package init() {}

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        set = try container.decodeIfPresent([String: String].self, forKey: .set) ?? [:]
        prepend = try container.decodeIfPresent([String: String].self, forKey: .prepend) ?? [:]
        unset = try container.decodeIfPresent([String].self, forKey: .unset) ?? []
        wrapper = try container.decodeIfPresent([String].self, forKey: .wrapper) ?? []
    }

    /// With `${prefix}` standing for the layer's folder.
    package func located(at prefix: String) -> Activation {
        func fill(_ text: String) -> String { text.replacing("${prefix}", with: prefix) }
        var located = self
        located.set = set.mapValues(fill)
        located.prepend = prepend.mapValues(fill)
        located.wrapper = wrapper.map(fill)
        return located
    }

    package func apply(to environment: inout [String: String]) {
        for name in unset { environment[name] = nil }
        environment.merge(set) { $1 }
        for (name, text) in prepend {
            environment[name] = environment[name].map { $0.isEmpty ? text : text + ":" + $0 } ?? text
        }
    }
}

extension Activation {
    /// The same change as lines of a POSIX shell.
    var shellText: String {
        unset.sorted().map { "unset \($0)\n" }.joined()
            + set.sorted { $0.key < $1.key }.map { "export \($0.key)=\($0.value.shellQuoted)\n" }.joined()
            + prepend.sorted { $0.key < $1.key }
            .map { "export \($0.key)=\($0.value.shellQuoted)\"${\($0.key):+:$\($0.key)}\"\n" }.joined()
    }
}
