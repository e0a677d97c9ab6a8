import FoundationEssentials
import Glibc
import Testing

@testable import Host

@Suite struct JournalTests {
    /// A session folder of the test's own.
    private func withFolder(_ body: (SessionFolder) async throws -> Void) async throws {
        var template = Array("/tmp/ray journal XXXXXX".utf8CString)
        let path = try #require(mkdtemp(&template).map { String(cString: $0) })
        defer { try? Files.remove(path) }
        let context = Context(
            environment: [:], workingDirectory: path,
            folders: Folders(environment: ["XDG_STATE_HOME": path], home: path, program: path + "/bin/ray"),
            terminal: Terminal(environment: [:], directory: path), program: path + "/bin/ray")
        try await body(try SessionFolder("s", in: context))
    }

    private func write(_ count: Int, in folder: SessionFolder) async throws {
        let writer = try await JournalWriter(folder, purpose: "test", waiting: { _ in })
        for _ in 0..<count {
            try await writer.append(.intent, .session, ["uid": "u", "root": "/r", "project": "p", "provider": "local"])
        }
        await writer.close()
    }

    @Test func `records come back in order`() async throws {
        try await withFolder { folder in
            try await write(2, in: folder)
            try await write(1, in: folder)
            #expect(try Journal.read(folder.journal).records.map(\.number) == [1, 2, 3])
            #expect(try folder.state().root == "/r")
        }
    }

    @Test(arguments: [1, 20, 200]) func `a last line that was cut off is left out and written over`(cut: Int)
        async throws
    {
        try await withFolder { folder in
            try await write(2, in: folder)
            let whole = try #require(try Files.read(folder.journal))
            try Files.replace(folder.journal, with: whole.dropLast(min(cut, whole.count / 2 - 1)))
            #expect(try Journal.read(folder.journal).records.count == 1)
            try await write(1, in: folder)
            #expect(try Journal.read(folder.journal).records.map(\.number) == [1, 2])
        }
    }

    @Test func `a changed, a missing and a doubled line are refused with their place`() async throws {
        try await withFolder { folder in
            try await write(3, in: folder)
            let lines = String(decoding: try #require(try Files.read(folder.journal)), as: UTF8.self).split(
                separator: "\n")
            let wrong: [[Substring]] = [
                [lines[0], Substring(lines[1].replacing("/r", with: "/s")), lines[2]],
                [lines[0], lines[2]], [lines[0], lines[0], lines[1]],
            ]
            for lines in wrong {
                try Files.replace(folder.journal, with: Data((lines.joined(separator: "\n") + "\n").utf8))
                let failure = #expect(throws: Failure.self) { try Journal.read(folder.journal) }
                #expect(failure?.diagnostics.first?.place == Place(file: folder.journal, line: 2))
            }
        }
    }

    @Test func `a second writer waits until the first is closed`() async throws {
        try await withFolder { folder in
            let first = try await JournalWriter(folder, purpose: "first", waiting: { _ in })
            let second = Task {
                let writer = try await JournalWriter(
                    folder, purpose: "second", waiting: { #expect($0?.purpose == "first") })
                try await writer.append(.intent, .stop)
                await writer.close()
            }
            try await first.append(.intent, .session, ["uid": "u"])
            await first.close()
            try await second.value
            #expect(try Journal.read(folder.journal).records.map(\.step) == [.session, .stop])
        }
    }

    @Test func `what was begun and not ended is known`() async throws {
        var state = SessionState()
        func apply(
            _ phase: JournalRecord.Phase, _ step: JournalRecord.Step, _ id: String? = nil, _ data: JSONValue = [:]
        ) {
            state.apply(JournalRecord(number: 1, time: "now", phase: phase, step: step, id: id, data: data))
        }
        apply(.intent, .session, nil, ["uid": "u", "root": "/r"])
        apply(.intent, .layer, "a")
        apply(.outcome, .layer, "a")
        apply(.intent, .layer, "b")
        apply(.intent, .command, "c", ["text": "x"])
        apply(.intent, .command, "d", ["text": "y"])
        apply(.outcome, .command, "d", ["status": 3])
        #expect(state.phase == .starting)
        #expect(state.unfinishedLayers == ["b"])
        #expect(state.openCommands.keys.sorted() == ["c"])
        #expect(state.commands["d"]?.status == 3)
        apply(.outcome, .session)
        #expect(state.phase == .up)
        apply(.intent, .stop)
        #expect(state.phase == .stopping)
        apply(.outcome, .stop)
        #expect(state.phase == .stopped)
        apply(.outcome, .stop, nil, ["terminated": true])
        #expect(state.phase == .none)
    }
}
