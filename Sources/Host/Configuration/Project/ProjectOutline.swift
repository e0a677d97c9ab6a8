/// What can be read of a project file, whatever is wrong with it.
///
/// Neither schema nor plugins nor the cluster's file are looked at: this is for what must not fail
/// and for every key press.
package struct ProjectOutline {
    private let node: YAMLNode?

    package init(_ node: YAMLNode?) {
        self.node = node
    }

    /// Reads the project that a folder belongs to, if there is one.
    package init(at folder: String) {
        guard let file = try? ProjectLocation.find(from: folder).file, let bytes = try? ConfigurationFile.read(file)
        else {
            node = nil
            return
        }
        node = try? YAMLNode.parse(bytes, file: file)
    }

    package var commands: [YAMLNode] { node?["commands"]?.sequence ?? [] }

    package func parameters(ofCommand name: String) -> [Parameter] {
        let command = commands.first { $0["name"]?.string == name }
        return (command?["params"]?.sequence ?? []).compactMap { Parameter($0) }
    }

    package var clusterParameters: [Parameter] {
        node?["cluster"].flatMap { ClusterReference($0) }?.parameters ?? []
    }
}
