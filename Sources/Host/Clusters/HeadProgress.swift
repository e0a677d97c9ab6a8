/// What the workers of a cluster wait for of its head while all are brought up.
struct HeadProgress: Sendable {
    enum Claim: Sendable { case ours, theirs, unknown }

    struct Started: Sendable {
        /// Where its Ray is reached by the workers.
        var address: String
        var environment: NodeEnvironment?
    }

    /// Whether the head is this cluster's.
    ///
    /// Workers are claimed after it: of two who want the same machines one gets all of them, and not each some. Where
    /// it cannot be known soon they do not wait.
    let claim = Promise<Claim>()
    /// `cluster_synced_files`, as the head has them once it is prepared; nil where they do not come.
    let files = Promise<NodeFiles?>()
    /// Its Ray; nil where that does not come.
    let ray = Promise<Started?>()

    /// Lets go whoever waits.
    func fail() async {
        await claim.settle(.unknown)
        await files.settle(nil)
        await ray.settle(nil)
    }
}
