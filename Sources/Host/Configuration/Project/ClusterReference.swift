/// A cluster file that a project names, and the parameters it takes.
package struct ClusterReference: Sendable, Equatable {
    /// The path as written.
    package var file: PlacedText
    /// The parameters in the order of the project file; without any the file is taken as it is.
    package var parameters: [Parameter]
    /// Whether the parameters are free of mistakes, so that their values mean something.
    var isSound = true

    /// Reads a path or `{config, params}`; the schema says what is wrong with anything else.
    init?(_ node: YAMLNode) {
        let path = node["config"] ?? node
        guard path.string != nil, let file = PlacedText(path) else { return nil }
        self.file = file
        parameters = (node["params"]?.sequence ?? []).compactMap { Parameter($0) }
    }
}
