import FoundationEssentials
import Host
import Testing

/// What a plugin's worst behaviour costs: one error, and nothing else.
@Suite(.needsTestBed, .timeLimit(.minutes(5))) struct PluginFaultTests {
    @Test(arguments: PluginFault.all)
    func `a plugin that misbehaves costs one error`(fault: PluginFault) async throws {
        try await Workplace.withWitnesses { place in
            try place.makeProject("environment: {\(fault.plugin): x}")
            let start = try await place.ray("session", "start", "--no-command", plugins: [fault.plugin])
            #expect(fault.normalised(place.plain(start.errors)) == fault.errors(steps: 3))
            #expect(start.output.isEmpty)
            #expect(start.status == 1)
            try place.expect(fault, times: 1)
            #expect(try await place.lastingProcesses().isEmpty)
            if !fault.isSlow { try await Self.repeatFault(fault, place) }

            try place.makeProject("environment: {good: x}")
            let next = try await place.ray(
                "session", "start", "--shell", "echo $GOOD", plugins: ["good", fault.plugin])
            #expect(next.output == "1\n")
            #expect(next.status == 0)
            #expect(try place.state().phase == .up)
        }
    }

    /// The same in a command's way, and as JSON.
    private static func repeatFault(_ fault: PluginFault, _ place: Workplace) async throws {
        let run = try await place.ray("session", "start", "--shell", "echo hi", plugins: [fault.plugin])
        #expect(fault.normalised(place.plain(run.errors)) == fault.errors(steps: 4))
        #expect(run.output.isEmpty)
        #expect(run.status == 125)
        let records = try place.journal().map { "\($0.phase) \($0.step)" }
        let begun = ["intent session", "outcome session", "intent session", "outcome session"]
        #expect(records == (fault.stopsBeforeStart ? [] : begun))

        let json = try await place.ray("session", "start", "--no-command", "--json", plugins: [fault.plugin])
        let events = try json.errors.split(separator: "\n").map { try JSONValue(parsing: Data($0.utf8)) }
        #expect(
            events.filter { $0["event"] == "diagnostic" }.map { place.plain($0["message"]?.string ?? "") } == [
                fault.message
            ])
        #expect(json.output.isEmpty && json.status == 1)
        try place.expect(fault, times: 3)
    }

    static let answering = [
        "chats", "changes-state", "likes-newer", "large-table", "leaves-worker", "hangs-stopping", "forks-answers",
    ]

    @Test(arguments: answering)
    func `a plugin that misbehaves and answers is used, and harms nobody`(plugin: String) async throws {
        try await Workplace.withWitnesses { place in
            let shows = "umask; pwd; echo $PATH $GOOD"
            try place.makeProject("environment: {good: x}")
            let alone = try await place.ray("session", "start", "--shell", shows, plugins: ["good"])
            #expect(alone.output.hasSuffix(" 1\n"))
            #expect(alone.status == 0)

            try place.makeProject(named: "both", "environment: {good: x, \(plugin): x}")
            let both = try await place.ray("session", "start", "--shell", shows, plugins: ["good", plugin])
            #expect(both.output == alone.output)
            #expect(!both.errors.contains("error"))
            #expect(both.status == 0)
            #expect(try place.witnesses(plugin) == 1)
            #expect(try await place.lastingProcesses().isEmpty)

            let plan = try await place.ray("environment", "plan", "--json", plugins: ["good", plugin])
            let layers = try JSONValue(parsing: Data(plan.output.utf8)).array ?? []
            #expect(Set(layers.compactMap { $0["plugin"]?.string }) == ["good", plugin])
            #expect(plan.errors.isEmpty && plan.status == 0)
        }
    }

    @Test func `what a plugin prints goes to its log`() async throws {
        try await Workplace.withWitnesses { place in
            try place.makeProject("environment: {chats: x}")
            #expect(try await place.ray("environment", "plan", plugins: ["chats"]).status == 0)
            #expect(try place.witnesses("chats") == 1)
            let log = try Files.read(place.folder / "state/ray/plugins/chats.log") ?? Data()
            #expect(String(decoding: log, as: UTF8.self).contains(" plan printed: }}]]\n"))
        }
    }

    @Test func `what a plugin sets up reaches the command`() async throws {
        try await Workplace.with { place in
            try place.makeProject("environment: {good: x}\ncommands: [{name: show, command: echo $GOOD}]")
            let first = try await place.ray("session", "start", "show", plugins: ["good"])
            #expect(first.output == "1\n")
            #expect(first.errors.contains("\n      good: write good.txt\n"))
            #expect(try await place.ray("session", "execute", "show", plugins: ["good"]).output == "1\n")
            let second = try await place.ray("session", "start", "--no-command", plugins: ["good"])
            #expect(second.errors.contains("(unchanged)"))
            #expect(!second.errors.contains("write good.txt"))
        }
    }

    @Test func `a plugin's warning is shown, its other words are not`() async throws {
        try await Workplace.with { place in
            try place.makeProject("environment: {logs: x}")
            let start = try await place.ray("session", "start", "--no-command", plugins: ["logs"])
            let environment = "[3/3] Setting up environment: logs "
            let digest = try #require(start.errors.firstRange(of: environment)).upperBound
            let errors = start.errors.replacing(start.errors[digest...].prefix(8), with: "DIGEST")
            #expect(
                errors == """
                    [1/3] Creating cluster: this machine
                    [2/3] Syncing the project: in place, nothing to copy
                          logs: resolving caf\u{FFFD}
                    \(environment)DIGEST
                          no Ray in this environment: commands run without
                    session `p` is up: `ray session execute` runs a command in it, `ray session stop` ends it

                    """)
            #expect(start.status == 0)
        }
    }
}
