import Testing

/// Has those that start Ray do so one after the other.
///
/// Ray gives the processes of a node 30 seconds to start, whatever else the machine does.
struct RayTurn: SuiteTrait, TestTrait, TestScoping {
    private actor Turns {
        private var isTaken = false
        private var waiting: [CheckedContinuation<Void, Never>] = []

        func enter() async {
            guard isTaken else {
                isTaken = true
                return
            }
            await withCheckedContinuation { waiting.append($0) }
        }

        func leave() {
            if waiting.isEmpty { isTaken = false } else { waiting.removeFirst().resume() }
        }
    }

    private static let turns = Turns()

    func provideScope(
        for test: Test, testCase: Test.Case?, performing body: @concurrent @Sendable () async throws -> Void
    ) async throws {
        await Self.turns.enter()
        do { try await body() } catch {
            await Self.turns.leave()
            throw error
        }
        await Self.turns.leave()
    }
}

extension Trait where Self == RayTurn {
    /// Starts Ray while no other test does.
    static var startsRay: Self { RayTurn() }
}
