/// The environment of a project on one node.
package struct NodeEnvironment: Sendable, Equatable {
    /// The project's folder there.
    package var directory: String
    package var digests: [String]
    package var activations: [Activation]
    /// Nil where the environment holds none.
    package var rayVersion: String?
    package var pythonVersion: String?
    /// Where the project asks for it.
    package var place: Place?
    /// Whether any of it had to be built now.
    package var wasBuilt: Bool

    package init(_ place: NodePlace, _ plans: [LayerPlan], _ facts: Facts, wasBuilt: Bool) {
        directory = place.directory
        digests = plans.map(\.digest)
        activations = plans.map(\.activation)
        rayVersion = facts["ray_version"]
        pythonVersion = facts["python_version"]
        self.wasBuilt = wasBuilt
        self.place = plans.first?.place
    }

    /// Lines of a POSIX shell after which all runs inside it.
    var entering: String {
        activations.map(\.shellText).joined() + "cd \(directory.shellQuoted) || exit 125\n"
    }
}
