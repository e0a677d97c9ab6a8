/// A cluster as `ray clusters` shows it.
package struct ClusterSummary: Sendable, Codable {
    package var name: String
    /// `up`; `starting` or `stopping` while that goes on; `incomplete` where it did not come to its end.
    package var state: String
    package var head: String?
    package var workers: [String]
    package var provider: String
    /// The cluster file.
    package var file: String
    package var created: String
    /// Why the last `up` did not come to its end.
    package var problem: SessionState.Problem?

    /// nil for a cluster that was taken down.
    package init?(_ folder: SessionFolder) throws(Failure) {
        // One that comes to its end in between still goes on.
        let wasChanging = FileLock.isHeld(folder.lock)
        let state = try folder.state()
        guard state.phase != .none else { return nil }
        let isChanging = wasChanging || FileLock.isHeld(folder.lock)
        name = folder.name
        self.state = state.phase == .up || isChanging ? state.phase.rawValue : "incomplete"
        head = state.nodes.first?.node.id
        workers = state.nodes.dropFirst().map(\.node.id)
        provider = state.provider
        file = state.clusterFile
        created = state.created
        problem = state.problem
    }
}
