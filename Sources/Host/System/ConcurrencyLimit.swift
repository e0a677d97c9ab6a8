/// Lets only so many do something at once, in the order in which they come.
///
/// Whoever takes long makes room for the next, so that nobody waits for those that hang.
actor ConcurrencyLimit {
    /// The place that somebody has taken.
    struct Turn: Sendable {
        fileprivate let limit: ConcurrencyLimit
        fileprivate let number: Int

        /// Gives the place to the next; once is enough.
        func end() async { await limit.leave(number) }
    }

    private let width: Int
    private let patience: Duration
    private var inside: Set<Int> = []
    private var waiting: ArraySlice<(number: Int, CheckedContinuation<Void, Never>)> = []
    private var count = 0

    /// `patience` is how long a place is kept from the others.
    init(width: Int, patience: Duration) {
        self.width = width
        self.patience = patience
    }

    /// Waits for a place.
    func enter() async -> Turn {
        count += 1
        let number = count
        if inside.count < width {
            admit(number)
        } else {
            await withCheckedContinuation { waiting.append((number, $0)) }
        }
        return Turn(limit: self, number: number)
    }

    private func admit(_ number: Int) {
        inside.insert(number)
        Task {
            try? await Task.sleep(for: patience)
            leave(number)
        }
    }

    private func leave(_ number: Int) {
        guard inside.remove(number) != nil, let (next, continuation) = waiting.popFirst() else { return }
        admit(next)
        continuation.resume()
    }
}
