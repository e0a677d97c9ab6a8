internal import PluginKit

/// A container of a cluster, as `docker inspect` shows it.
struct Container: Equatable {
    static let uid = "org.ray.cluster"
    static let token = "org.ray.launch"
    static let kind = "org.ray.kind"

    /// A line with tabs, which no name and no label of ours has.
    static let format = [
        "{{.Created}}", "{{.Name}}", "{{.State.Status}}", "{{index .Config.Labels \"\(kind)\"}}",
        "{{index .Config.Labels \"\(token)\"}}", "{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}",
    ].joined(separator: "\t")

    var node: Node
    var token: String
    var created: String

    /// Nil for a line that is not of a node.
    init?(line: String) {
        let parts = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 6, let kind = Node.Kind(rawValue: parts[3]) else { return nil }
        let name = parts[1].hasPrefix("/") ? String(parts[1].dropFirst()) : parts[1]
        let address = parts[5].split(separator: " ").first.map(String.init)
        created = parts[0]
        token = parts[4]
        node = Node(
            id: name, kind: kind, type: kind.rawValue, state: Self.state(parts[2]),
            addresses: address.map { ["internal": $0] } ?? [:])
    }

    private static func state(_ word: String) -> Node.State {
        switch word {
        case "running": .running
        case "restarting": .pending
        case "removing": .stopping
        case "dead": .terminated
        // `created` is one that could not be started.
        default: .stopped
        }
    }
}
