/// Whether the environments of a cluster's nodes can work together.
///
/// Ray refuses to join nodes with another release of Ray or another minor version of Python, once they are
/// running and in words of its own: this is known before anything starts.
package struct VersionAgreement: Sendable {
    package struct Node: Sendable {
        package var id: String
        /// Nil where the environment holds none.
        package var ray: String?
        package var python: String?

        package init(id: String, ray: String?, python: String?) {
            self.id = id
            self.ray = ray
            self.python = python
        }

        /// From what `RayInstance.probe` says of the node.
        init(id: String, _ facts: Facts) {
            self.init(id: id, ray: facts["ray_version"], python: facts["python_version"])
        }
    }

    /// Everything in which nodes differ from the head, the first of them.
    package static func problems(_ nodes: [Node], at place: Place?) -> [Diagnostic] {
        guard let head = nodes.first else { return [] }
        return nodes.dropFirst().flatMap { node in
            [
                problem(node.id, "Ray", node.ray, head.ray, at: place, "pin `ray` in the requirements, and lock them"),
                problem(
                    node.id, "Python", node.python.map(minor), head.python.map(minor), at: place,
                    "say which with `environment.python`, or install the same one on all nodes"),
            ].compactMap(\.self)
        }
    }

    private static func minor(_ version: String) -> String {
        version.split(separator: ".").prefix(2).joined(separator: ".")
    }

    private static func problem(
        _ node: String, _ what: String, _ version: String?, _ head: String?, at place: Place?, _ hint: String
    ) -> Diagnostic? {
        guard version != head else { return nil }
        let (here, there) = (
            version.map { "\(what) \($0)" } ?? "no \(what)", head.map { "\(what) \($0)" } ?? "no \(what)"
        )
        return Diagnostic(
            .conflict, "node `\(node)` has \(here) and the head has \(there): they cannot work together", at: place,
            hint: hint)
    }
}
