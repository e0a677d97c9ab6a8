/// Tries again what failed for want of a network, and nothing else.
func retryingNetwork<Result>(
    told: (String) -> Void, _ body: () async throws -> Result
) async throws -> Result {
    for pause in [1.0, 3.0] {
        do { return try await body() } catch let failure as Failure
            where failure.diagnostics.first?.errorClass == .network && failure.diagnostics.first?.isPermanent == false
        {
            let pause = pause * Double.random(in: 0.8...1.3)
            told(
                "\(failure.diagnostics.first?.message ?? "no network"): trying again in \(Duration.seconds(pause).inSeconds)"
            )
            try await Task.sleep(for: .seconds(pause))
        }
    }
    return try await body()
}
