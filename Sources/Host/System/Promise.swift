/// A value that comes once, and that any number may wait for.
actor Promise<Value: Sendable> {
    private var value: Value?
    private var waiting: [CheckedContinuation<Value, Never>] = []

    /// Only the first counts.
    func settle(_ value: Value) {
        guard self.value == nil else { return }
        self.value = value
        for continuation in waiting { continuation.resume(returning: value) }
        waiting = []
    }

    /// Waits for the value, also where the task is cancelled meanwhile: whoever promised it settles it in any case.
    func wait() async -> Value {
        if let value { return value }
        return await withCheckedContinuation { waiting.append($0) }
    }
}
