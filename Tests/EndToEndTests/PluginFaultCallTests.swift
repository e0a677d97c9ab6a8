import FoundationEssentials
import Glibc
import Testing

@testable import Host

/// Faults that take more than one call, or somebody else beside the plugin.
@Suite(.needsTestBed, .timeLimit(.minutes(5))) struct PluginFaultCallTests {
    private static let emptyPlan =
        #"{"activation":{},"components":{},"diagnostics":[],"files":[],"inputs":[],"notes":[],"steps":[],"verify":"true"}"#

    /// Runs `body` with a host, and checks the neighbour before and after.
    private static func withHost(_ body: (Workplace, PluginHost) async throws -> Void) async throws {
        try await Workplace.withWitnesses { place in
            let (host, good) = (PluginHost(place.context), try Plugin.fixture("good"))
            let before = await host.outcome(good)
            #expect(before.contains("write good.txt"))
            try await body(place, host)
            #expect(await host.outcome(good) == before)
            await host.close()
            #expect(try await place.lastingProcesses().isEmpty)
        }
    }

    @Test func `a plugin that leaks comes to its own end, and is begun anew`() async throws {
        try await Self.withHost { place, host in
            let leaks = try Plugin.fixture("leaks")
            var outcomes: [String] = []
            while outcomes.count < 100, outcomes.last == nil || outcomes.last == Self.emptyPlan {
                outcomes.append(await host.outcome(leaks))
            }
            #expect(outcomes.last == "plugin `leaks` failed in `plan`: there are no more descriptors")
            #expect(outcomes.count > 2)
            #expect(try place.witnesses("leaks") == outcomes.count)
            #expect(await host.outcome(leaks) == Self.emptyPlan)
        }
    }

    @Test func `a second answer to one call is not taken for one to the next`() async throws {
        try await Self.withHost { place, host in
            let plugin = try Plugin.fixture("replies-twice")
            #expect(await host.outcome(plugin) == #"{"forged":true}"#)
            #expect(
                await host.outcome(plugin)
                    == "plugin `replies-twice` failed in `plan`: it sent something that is no answer")
            #expect(await host.outcome(plugin) == #"{"forged":true}"#)
            #expect(try place.witnesses("replies-twice") >= 2)
        }
    }

    @Test func `what a plugin was lent for a call serves nobody after it`() async throws {
        try await Self.withHost { place, host in
            let plugin = try Plugin.fixture("keeps-handles")
            #expect(await host.outcome(plugin) == Self.emptyPlan)
            while try place.witnesses("keeps-handles-refused") + place.witnesses("keeps-handles-served") == 0 {
                try await Task.sleep(for: .milliseconds(5))
            }
            #expect(try place.witnesses("keeps-handles-served") == 0)
            #expect(await host.outcome(plugin, "check") == #"{"diagnostics":[],"files":[]}"#)
            #expect(try Files.read(place.folder / "state/ray/plugins/keeps-handles.log") == nil)
        }
    }

    @Test func `children of a plugin end with it`() async throws {
        try await Self.withHost { place, host in
            let plugin = try Plugin.fixture("forks-hangs", deadline: 0.2)
            #expect(
                await host.outcome(plugin)
                    == "plugin `forks-hangs` failed in `plan`: it did not finish in 0.2 s and was ended")
            #expect(try place.witnesses("forks-hangs") == 1 && place.witnesses("forks-hangs-child") == 1)
            #expect(!place.processes().isEmpty, "the neighbour is there")
        }
    }

    @Test func `a plugin and its children end with a host that is killed`() async throws {
        try await Workplace.withWitnesses { place in
            var place = place
            try place.makeProject("environment: {forks-hangs: x}")
            place.environment["RAY_PLUGIN_PATH"] = try #require(TestBed.fixtures) / "forks-hangs"
            let plan = try await place.ray(
                ["environment", "plan"], sending: SIGKILL, once: ["../witness/forks-hangs-child"])
            #expect(plan.status == 128 + SIGKILL)
            #expect(try await place.lastingProcesses().isEmpty)
        }
    }

    @Test func `a cancel that meets the answer leaves exactly one of them`() async throws {
        try await Self.withHost { place, host in
            let quick = try Plugin.fixture("quick")
            var generator = SplitMix(seed: TestBed.seed)
            var seen: [String: Int] = [:]
            for _ in 0..<150 {
                try Files.replace(
                    place.folder / "witness/DELAY", with: Data("\(Int.random(in: 0...3000, using: &generator))".utf8),
                    durable: false)
                let call = Task { await host.outcome(quick) }
                try await Task.sleep(for: .microseconds(Int.random(in: 0...6000, using: &generator)))
                call.cancel()
                seen[await call.value, default: 0] += 1
                #expect(await host.outcome(quick, "check") == #"{"diagnostics":[],"files":[]}"#)
            }
            #expect(
                Set(seen.keys) == [Self.emptyPlan, "plugin `quick` was interrupted in `plan`"],
                "seed \(TestBed.seed): \(seen)")
        }
    }

    @Test(arguments: [
        ("garbage", "it answered with something that is not JSON"),
        ("huge", "the result is larger than 16777216 bytes"),
        (
            "logs-forever",
            "it logged more than 10000 lines; it runs inside ray, where nothing can stop it"
        ),
        ("failing", "the index at https://example.org/simple does not answer"),
    ])
    func `inside ray a plugin that answers wrongly costs no more`(plugin: String, why: String) async throws {
        try await Self.withHost { _, host in
            let plugin = try Plugin.fixture(plugin, .inProcess)
            #expect(await host.outcome(plugin) == "plugin `\(plugin.id)` failed in `plan`: \(why)")
        }
    }

    @Test func `inside ray each of two plugins calls its own function of one name`() async throws {
        try await Self.withHost { _, host in
            for (name, number) in [("shares-one", 1), ("shares-two", 2), ("shares-one", 1)] {
                let outcome = await host.outcome(try Plugin.fixture(name, .inProcess))
                #expect(outcome == #"{"components":{"shared":"\#(number)"},"steps":[]}"#)
            }
        }
    }

    @Test(arguments: ForeignLanguage.all)
    func `what another language says at its end is told`(language: ForeignLanguage) async throws {
        try await Workplace.withWitnesses { place in
            try place.write("foreign.source", language.source)
            try await place.compile(language.arguments, with: language.compiler)
            try await place.makePlugin(
                "foreign", "int foreign(void);\nPLAN { witness(\"foreign\"); return foreign(); }",
                [language.object] + language.libraries, linker: language.linker)
            let host = PluginHost(place.context)
            let failure = await #expect(throws: Failure.self) {
                _ = try await host.call(
                    try Plugin.built(in: place.project / "foreign"), "plan", PluginCalls.requests[0])
            }
            let diagnostic = failure?.diagnostics.first
            #expect(diagnostic?.message == "plugin `foreign` failed in `plan`: it crashed (\(language.signal))")
            #expect(diagnostic?.cause?.contains(language.words) == true, "\(diagnostic?.cause ?? "nothing")")
            #expect(try place.witnesses("foreign") == 1)
            await host.close()
        }
    }
}

/// A language whose programs end in their own way.
struct ForeignLanguage: Sendable, CustomTestStringConvertible {
    var compiler: String
    var source: String
    var arguments: [String]
    var object: String
    var libraries: [String] = []
    var linker: String
    var signal: String
    var words: String

    var testDescription: String { compiler }

    /// Those whose compiler is here.
    static var all: [ForeignLanguage] {
        let folders = (TestBed.variable("PATH") ?? "").split(separator: ":").map(String.init)
        return every.filter { language in folders.contains { Files.isProgram($0 / language.compiler) } }
    }

    private static let every = [
        ForeignLanguage(
            compiler: "g++",
            source:
                "#include <stdexcept>\nextern \"C\" int foreign() { throw std::runtime_error(\"no such index\"); }\n",
            arguments: ["-x", "c++", "-fPIC", "-c", "foreign.source", "-o", "foreign.o"], object: "foreign.o",
            linker: "g++", signal: "SIGABRT", words: "what():  no such index"),
        ForeignLanguage(
            compiler: "rustc",
            source: "#[no_mangle] pub extern \"C\" fn foreign() -> i32 { panic!(\"no such index\") }\n",
            arguments: ["--crate-type", "staticlib", "-o", "libforeign.a", "foreign.source"],
            object: "libforeign.a", libraries: ["-lpthread", "-ldl", "-lgcc_s", "-lm"], linker: "cc",
            signal: "SIGABRT", words: "no such index"),
    ]
}
