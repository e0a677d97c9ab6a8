import FoundationEssentials
import Host
import Testing

/// What the program prints, word for word: `Transcripts/*.txt`.
@Suite(.needsTestBed, .timeLimit(.minutes(10))) struct TranscriptTests {
    static let transcripts = Files.names(in: Transcript.folder).filter { $0.hasSuffix(".txt") }
        .map { Transcript(String($0.dropLast(4))) }

    @Test(arguments: transcripts.flatMap(\.cases))
    func `everything is printed as the transcript says`(item: Transcript.Case) async throws {
        let transcript = try #require(Self.transcripts.first { $0.name == item.transcript })
        try await Workplace.with { place in
            try item.write(in: place, common: transcript.common)
            let ran = try await item.run(in: place)
            if Transcript.isUpdating {
                await TranscriptUpdate.shared.take(ran, of: item)
            } else {
                for (said, expected) in zip(ran, item.commands) { #expect(said == expected) }
            }
        }
    }

    /// A mistake in a file is told by every command alike, before anything is started.
    @Test(arguments: transcripts.filter { $0.name.hasPrefix("wrong-") }.flatMap(\.cases))
    func `a mistake in a file is told before anything is started`(item: Transcript.Case) async throws {
        guard !Transcript.isUpdating, let validate = item.commands.first, validate.status == 1 else { return }
        let transcript = try #require(Self.transcripts.first { $0.name == item.transcript })
        try await Workplace.with { place in
            try item.write(in: place, common: transcript.common)
            let start = try await place.ray("session", "start")
            #expect(place.plain(start.errors) == validate.errors)
            #expect(start.status == 1)
            let run = try await place.ray("session", "start", "--shell", "echo hi")
            #expect(place.plain(run.errors) == validate.errors)
            #expect(run.output.isEmpty)
            #expect(run.status == 125)
            #expect(Files.names(in: place.folder / "state/ray/sessions").isEmpty)
            #expect(place.processes().isEmpty)
        }
    }
}

/// Writes transcripts anew, each once all of its cases have run.
private actor TranscriptUpdate {
    static let shared = TranscriptUpdate()
    private var ran: [String: [String: [Transcript.Command]]] = [:]

    func take(_ commands: [Transcript.Command], of item: Transcript.Case) {
        ran[item.transcript, default: [:]][item.title] = commands
        let transcript = Transcript(item.transcript)
        guard ran[item.transcript]?.count == transcript.cases.count else { return }
        let text = transcript.updated { title in ran[item.transcript]?[title] ?? [] }.text
        let file = Transcript.folder / "\(item.transcript).txt"
        do { try Files.replace(file, with: Data(text.utf8)) } catch { Issue.record("\(error)") }
    }
}

extension Transcript {
    /// The same cases with other results.
    fileprivate func updated(_ commands: (String) -> [Command]) -> Transcript {
        var copy = self
        copy.replaceCommands(commands)
        return copy
    }
}
