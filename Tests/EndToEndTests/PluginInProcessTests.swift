import FoundationEssentials
import Glibc
import Synchronization
import Testing

@testable import Host

/// Plugins inside the program: a plugin answers with the same bytes wherever it runs.
@Suite(.needsTestBed, .timeLimit(.minutes(5))) struct PluginInProcessTests {
    /// Keeps every frame that comes back.
    private final class RecordingLink: PluginLink {
        private let link: any PluginLink
        private let received = Mutex(Data())

        init(_ link: any PluginLink) { self.link = link }

        var fateAfterDeadline: String { link.fateAfterDeadline }
        var frames: Data { received.withLock(\.self) }

        func send(_ frame: Data, until deadline: ContinuousClock.Instant) -> Bool {
            link.send(frame, until: deadline)
        }

        func receive(
            until deadline: ContinuousClock.Instant, _ frames: inout Data, _ printed: inout PrintedText
        ) -> Reception {
            var new = Data()
            let reception = link.receive(until: deadline, &new, &printed)
            received.withLock { $0.append(new) }
            frames.append(new)
            return reception
        }

        func drain(into printed: inout PrintedText) { link.drain(into: &printed) }
        func end(politely: Bool) -> String { link.end(politely: politely) }
    }

    private struct Case: CustomTestStringConvertible {
        var folder: String
        var operation: String
        var request: JSONValue
        var testDescription: String { "\(folder.lastPathName) \(operation)" }
    }

    /// Everything that comes back for one request, the failure in words too.
    private static func exchange(_ plugin: Plugin, _ item: Case, over link: any PluginLink) async throws -> (
        Data, String
    ) {
        let recording = RecordingLink(link)
        let conversation = Conversation(plugin, over: recording)
        try await conversation.open()
        var said = ""
        do {
            let arguments = try PluginArguments(of: item.operation, for: plugin, from: item.request)
            let answer = try await conversation.call(
                item.operation, arguments, .init(deadline: .seconds(30)), onReport: { _ in })
            said = String(decoding: answer, as: UTF8.self)
        } catch let failure as Failure { said = failure.diagnostics.map(\.message).joined(separator: "\n") }
        await conversation.close()
        return (recording.frames, said)
    }

    private static func helper(_ plugin: Plugin) throws -> any PluginLink {
        let library = open(plugin.library, O_RDONLY | O_CLOEXEC)
        defer { close(library) }
        return try HelperProcess.start(
            program: #require(TestBed.prefix) / "libexec/ray/ray-plugin-helper", library: library,
            environment: ["PATH": "/usr/bin:/bin"])
    }

    private static func inProcess(_ plugin: Plugin) throws -> any PluginLink {
        let library = open(plugin.library, O_RDONLY | O_CLOEXEC)
        defer { close(library) }
        return try InProcessPlugin(library: library)
    }

    @Test func `every operation of every plugin gives the same frames in both places`() async throws {
        let (prefix, fixtures) = (try #require(TestBed.prefix), try #require(TestBed.fixtures))
        let installed = Files.names(in: prefix / "lib/ray/plugins").map { prefix / "lib/ray/plugins" / $0 }
        let folders = installed + ["good", "logs", "failing", "garbage"].map { fixtures / $0 }
        #expect(folders.count >= 7)
        var compared = 0
        for folder in folders {
            let plugin = try Plugin.built(in: folder)
            for operation in plugin.manifest.operations.keys.sorted() {
                for request in PluginCalls.requests {
                    let item = Case(folder: folder, operation: operation, request: request)
                    let apart = try await Self.exchange(plugin, item, over: Self.helper(plugin))
                    let inside = try await Self.exchange(plugin, item, over: Self.inProcess(plugin))
                    #expect(apart.0 == inside.0, "\(item.testDescription): \(apart.1) — \(inside.1)")
                    #expect(apart.1 == inside.1)
                    #expect(!apart.0.isEmpty)
                    compared += 1
                }
            }
        }
        #expect(compared >= 100)
    }

    @Test func `a library that changed since the project was checked against its lock is not loaded`() async throws {
        try await Workplace.with { place in
            var plugin = try Plugin.built(in: #require(TestBed.prefix) / "lib/ray/plugins/shell")
            plugin.lockedLibrary = String(repeating: "0", count: 64)
            let failure = await #expect(throws: Failure.self) {
                _ = try await PluginHost(place.context).call(plugin, "check", PluginCalls.requests[0])
            }
            #expect(failure?.diagnostics.first?.message == "the library of plugin `shell` is not the locked one")
        }
    }

    @Test func `a plugin that was left behind is not asked again`() async throws {
        try await Workplace.with { place in
            let plugin = try Plugin.fixture("sleeps", deadline: 0.05, .inProcess)
            let host = PluginHost(place.context)
            let messages = [await host.outcome(plugin), await host.outcome(plugin, "check")]
            #expect(messages[0].hasSuffix("it runs inside ray, where nothing can stop it"))
            #expect(
                messages[1]
                    == "plugin `sleeps` failed while loading: an earlier call of it goes on inside ray, where nothing can stop it"
            )
            await host.close()
        }
    }

    @Test func `a plugin that does not end in time is left behind, and says so`() async throws {
        let plugin = try Plugin.built(in: #require(TestBed.fixtures) / "sleeps")
        let item = Case(folder: plugin.folder, operation: "plan", request: PluginCalls.requests[0])
        let link = try Self.inProcess(plugin)
        let conversation = Conversation(plugin, over: link)
        try await conversation.open()
        let arguments = try PluginArguments(of: item.operation, for: plugin, from: item.request)
        let failure = await #expect(throws: Failure.self) {
            _ = try await conversation.call(
                item.operation, arguments, .init(deadline: .milliseconds(50)), onReport: { _ in })
        }
        #expect(
            failure?.diagnostics.first?.message
                == "plugin `sleeps` failed in `plan`: it did not finish in 0.1 s; it runs inside ray, where nothing can stop it"
        )
        await conversation.close()
    }
}
