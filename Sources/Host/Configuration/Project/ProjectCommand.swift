/// A command of a project.
package struct ProjectCommand: Sendable {
    /// What the command line calls it.
    package var name: String
    /// Where its name stands.
    package var namePlace: Place
    /// Its shell text.
    package var template: CommandTemplate
    /// What it does, in the author's words.
    package var help: String?
    /// Its parameters in the order of the file.
    package var parameters: [Parameter]
    /// Whether it runs in a tmux session.
    package var usesTmux: Bool
    /// Ports of the head to make reachable while it runs.
    package var forwardedPorts: [Int]
    /// Its own cluster file, when it names one.
    package var clusterReference: ClusterReference?
    /// Its own cluster, when it names one.
    package var cluster: ClusterConfig?
    /// Where it stands in the file, as in `commands[0]`.
    package var path: DocumentPath

    /// Reads what fits from a node; the schema says what does not.
    init?(_ node: YAMLNode, path: DocumentPath) {
        guard let name = node["name"], let text = name.string, let command = node["command"] else { return nil }
        self.name = text
        namePlace = name.place
        template = CommandTemplate(parsing: command.string ?? "", place: command.place)
        help = node["help"]?.string
        parameters = (node["params"]?.sequence ?? []).compactMap { Parameter($0) }
        usesTmux = node["config"]?["tmux"]?.bool ?? false
        let ports = node["config"]?["port_forward"]
        forwardedPorts = (ports?.sequence ?? ports.map { [$0] } ?? []).compactMap { $0.int.map(Int.init) }
        clusterReference = node["cluster"].flatMap { ClusterReference($0) }
        self.path = path
    }

    /// The parameter of this name, or nil.
    package func parameter(named name: String) -> Parameter? {
        parameters.first { $0.name == name }
    }
}
