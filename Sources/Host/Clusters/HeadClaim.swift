/// Whether the head is this cluster's.
///
/// Workers are claimed after it: of two who want the same machines one gets all of them, and not each some. Where it
/// cannot be known soon they do not wait.
actor HeadClaim {
    enum Outcome: Sendable { case ours, theirs, unknown }

    private var outcome: Outcome?
    private var waiting: [CheckedContinuation<Outcome, Never>] = []

    /// Only the first counts.
    func settle(_ outcome: Outcome) {
        guard self.outcome == nil else { return }
        self.outcome = outcome
        for continuation in waiting { continuation.resume(returning: outcome) }
        waiting = []
    }

    func wait() async -> Outcome {
        if let outcome { return outcome }
        return await withCheckedContinuation { waiting.append($0) }
    }
}
