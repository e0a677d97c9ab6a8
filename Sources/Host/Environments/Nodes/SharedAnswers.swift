/// Answers of builders that several nodes ask for at the same time: each is asked for once.
actor SharedAnswers {
    private var answers: [String: Task<JSONValue, any Error>] = [:]

    /// The answer to a request, which the first who needs it asks for.
    func answer(to request: JSONValue, _ ask: @escaping @Sendable () async throws -> JSONValue) async throws
        -> JSONValue
    {
        let key = Digest.of(request)
        let task = answers[key] ?? Task { try await ask() }
        answers[key] = task
        return try await task.value
    }
}
