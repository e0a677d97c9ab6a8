import FoundationEssentials
import Glibc
import Testing

@testable import Host

/// Faults and good calls in any order, with a healthy neighbour whose answers stay the same.
///
/// RAY_TEST_SEQUENCES is how many, with nothing else running beside them; RAY_TEST_SEED is where the
/// random numbers begin.
@Suite(.needsTestBed, .timeLimit(.minutes(60))) struct PluginFaultSequenceTests {
    /// One plugin and what each of its calls gives.
    private struct Player {
        var plugin: Plugin
        var outcome: String
        /// A hundred is the usual one: those that must be waited for come seldom.
        var weight = 100
        var leavesWitness: Bool
    }

    private static let emptyPlan =
        #"{"activation":{},"components":{},"diagnostics":[],"files":[],"inputs":[],"notes":[],"steps":[],"verify":"true"}"#

    /// Every faulty plugin, but the one that takes ten seconds to be loaded.
    private static func players() throws -> [Player] {
        let answering = ["chats", "changes-state", "leaves-worker", "hangs-stopping", "forks-answers", "large-table"]
        let good = try answering.map { name in
            try Player(plugin: .fixture(name), outcome: emptyPlan, leavesWitness: name != "large-table")
        }
        let faulty = try PluginFault.all.filter { $0.plugin != "hangs-loading" }.map { fault in
            var leavesWitness = false
            if case .witness = fault.evidence { leavesWitness = true }
            let outcome = fault.message.replacing("FIXTURES", with: TestBed.fixtures ?? "")
            return try Player(
                plugin: .fixture(fault.plugin, deadline: fault.isSlow ? 0.1 : nil),
                outcome: outcome.replacing("in 2 s", with: "in 0.1 s"), weight: fault.isSlow ? 10 : 100,
                leavesWitness: leavesWitness)
        }
        return good + faulty
    }

    /// What a run of many sequences has come to.
    private struct Tally {
        var calls = 0
        var faults: [String: Int] = [:]
    }

    private static func choose(from players: [Player], _ generator: inout SplitMix) -> Player {
        var left = Int.random(in: 0..<players.reduce(0) { $0 + $1.weight }, using: &generator)
        for player in players {
            left -= player.weight
            if left < 0 { return player }
        }
        return players[0]
    }

    /// Two to five calls through one host, about half of them to the neighbour, and what they leave.
    private static func play(
        _ players: [Player], beside good: Plugin, _ answer: String, in place: Workplace,
        _ generator: inout SplitMix, _ tally: inout Tally
    ) async {
        let host = PluginHost(place.context)
        for _ in 0..<Int.random(in: 2...5, using: &generator) {
            tally.calls += 1
            guard Bool.random(using: &generator) else {
                #expect(await host.outcome(good) == answer)
                continue
            }
            let player = choose(from: players, &generator)
            #expect(await host.outcome(player.plugin) == player.outcome, "\(player.plugin.id)")
            tally.faults[player.plugin.id, default: 0] += 1
        }
        #expect(await host.outcome(good) == answer)
        await host.close()
    }

    @Test func `200 random sequences of faults and good calls with a healthy neighbour`() async throws {
        let wanted = TestBed.variable("RAY_TEST_SEQUENCES").flatMap(Int.init)
        let (count, isAlone, seed) = (wanted ?? 200, wanted != nil, TestBed.seed)
        print("\(count) sequences of plugin faults from RAY_TEST_SEED=\(seed)")
        try await Workplace.withWitnesses { place in
            let (players, good) = (try Self.players(), try Plugin.fixture("good"))
            let first = PluginHost(place.context)
            // The variable of the fixtures tells the helpers here from what runs beside.
            let helpers = "FAULT_WITNESS=\(place.folder)/witness"
            let answer = await first.outcome(good)
            await first.close()
            #expect(answer.contains("write good.txt"))

            // The first sleep of a process opens descriptors of the runtime's own.
            try await Task.sleep(for: .milliseconds(1))
            let (start, descriptors) = (ContinuousClock.now, Self.descriptors())
            var (generator, tally) = (SplitMix(seed: seed), Tally())
            for number in 1...count {
                await Self.play(players, beside: good, answer, in: place, &generator, &tally)
                try #require(await place.lastingProcesses(helpers).isEmpty, "sequence \(number) of seed \(seed)")
                // Tests beside this one have descriptors of their own.
                try #require(
                    await Self.areClosed(downTo: descriptors + (isAlone ? 0 : 150)),
                    "sequence \(number) of seed \(seed)")
                if number % 500 == 0 {
                    print("\(number) sequences, \(tally.calls) calls, \((ContinuousClock.now - start).inSeconds)")
                    fflush(nil)
                }
            }
            for player in players where player.leavesWitness {
                #expect(try place.witnesses(player.plugin.id) == tally.faults[player.plugin.id] ?? 0)
            }
            let kinds = tally.faults.count
            #expect(kinds > players.count / 2)
            print(
                """
                \(count) sequences, \(tally.calls) calls, \(tally.faults.values.reduce(0, +)) faults of \(kinds) kinds: \
                nothing left behind, seed \(seed), \((ContinuousClock.now - start).inSeconds)
                """)
        }
    }

    /// Whether there are no more descriptors than that; the last is closed when another thread lets go of a helper.
    private static func areClosed(downTo count: Int) async throws -> Bool {
        for _ in 0..<200 {
            if descriptors() <= count { return true }
            try await Task.sleep(for: .milliseconds(10))
        }
        return false
    }

    private static func descriptors() -> Int { Files.names(in: "/proc/self/fd").count }
}
