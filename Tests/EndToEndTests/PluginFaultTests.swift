import FoundationEssentials
import Host
import Testing

/// What a plugin's worst behaviour costs: one error, and nothing else.
@Suite(.needsTestBed, .timeLimit(.minutes(5))) struct PluginFaultTests {
    @Test(arguments: PluginFault.all)
    func `a plugin that misbehaves costs one error`(fault: PluginFault) async throws {
        try await Workplace.with { place in
            try place.makeProject("environment: {\(fault.plugin): x}")
            let start = try await place.ray("session", "start", "--no-command", plugins: [fault.plugin])
            #expect(fault.normalised(place.plain(start.errors)) == fault.errors(steps: 3))
            #expect(start.output.isEmpty)
            #expect(start.status == 1)

            let run = try await place.ray("session", "start", "--shell", "echo hi", plugins: [fault.plugin])
            #expect(fault.normalised(place.plain(run.errors)) == fault.errors(steps: 4))
            #expect(run.output.isEmpty)
            #expect(run.status == 125)
            #expect(place.processes().isEmpty)

            let records = try place.journal().map { "\($0.phase) \($0.step)" }
            let begun = ["intent session", "outcome session", "intent session", "outcome session"]
            #expect(records == (fault.stopsBeforeStart ? [] : begun))

            try place.makeProject("environment: {good: x}")
            let next = try await place.ray(
                "session", "start", "--shell", "echo $GOOD", plugins: ["good", fault.plugin])
            #expect(next.output == "1\n")
            #expect(next.status == 0)
            #expect(try place.state().phase == .up)
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

    @Test func `without a helper that runs, no plugin is loaded`() async throws {
        try await Workplace.with { place in
            try place.makeProject("environment: {shell: echo hi}")
            let prefix = place.folder / "prefix"
            _ = try await place.run("cp", ["-a", try #require(TestBed.prefix), prefix])
            let helper = prefix / "libexec/ray/ray-plugin-helper"
            for (damage, cause) in [
                (["chmod", "-x", helper], "Permission denied"), (["rm", helper], "No such file or directory"),
            ] {
                _ = try await place.run(damage[0], Array(damage.dropFirst()))
                let start = try await place.run(prefix / "bin/ray", ["session", "start", "--no-command"])
                #expect(
                    place.plain(start.errors) == """
                        error[plugin]: cannot run `FOLDER/prefix/libexec/ray/ray-plugin-helper`
                          \(cause)
                          hint: install ray again: its bin, lib, libexec and share belong together

                        """)
                #expect(start.status == 1)
                #expect(try place.journal().isEmpty)
            }
        }
    }
}

extension Workplace {
    /// Processes that were started for this workplace and are still there, helpers among them.
    func processes() -> [ProcessIdentity] {
        ProcessTable.now().family(variable: "XDG_STATE_HOME=\(folder / "state")")
    }
}

/// A fixture plugin that misbehaves in `plan`, and the one error that it costs.
struct PluginFault: Sendable, CustomTestStringConvertible {
    var plugin: String
    var error: String
    /// The library is refused when it is first asked, before the session is begun.
    var stopsBeforeStart = false

    var testDescription: String { plugin }

    static let all = [
        crash("aborts", "it crashed (SIGABRT)"),
        crash("segfaults", "it crashed (SIGSEGV)"),
        crash("hangs", "it did not finish in 2 s and was ended", errorClass: "deadline"),
        crash("exits", "it exited with status 0 without an answer"),
        crash("prints", "it printed more than 1 MiB and was ended", cause: Array(repeating: "NOISE", count: 5)),
        crash(
            "garbage", "it answered with something that is not JSON",
            cause: ["this is {not JSON, \u{FFFD}\u{FFFD} and not \u{FFFD}\u{FFFD} UTF-8"]),
        crash("huge", "the result is larger than 16777216 bytes"),
        PluginFault(
            plugin: "mismatched",
            error: """
                error[plugin]: plugin `mismatched` cannot be used
                  operation plan: plugin.yaml says (request:json,out:sink,op:op) and the library \
                (request:json,root:path,out:sink); they differ first in parameter 2: out:sink in plugin.yaml, \
                root:path in the library
                  hint: install a release of the plugin that fits this ray
                """, stopsBeforeStart: true),
        PluginFault(
            plugin: "failing",
            error: """
                error[network]: plugin `failing` failed in `plan`: the index at https://example.org/simple does not answer
                """),
    ]

    private static func crash(_ plugin: String, _ why: String, errorClass: String = "plugin", cause: [String] = [])
        -> PluginFault
    {
        let lines =
            ["error[\(errorClass)]: plugin `\(plugin)` failed in `plan`: \(why)"] + cause.map { "  " + $0 }
            + ["  hint: report it to the author of `\(plugin)` 1.0.0, which is in `FIXTURES/\(plugin)`"]
        return PluginFault(plugin: plugin, error: lines.joined(separator: "\n"))
    }

    /// All of standard error of a start in so many steps.
    func errors(steps: Int) -> String {
        let progress = """
            [1/\(steps)] Creating cluster: this machine
            [2/\(steps)] Syncing the project: in place, nothing to copy

            """
        return (stopsBeforeStart ? "" : progress) + error + "\n"
    }

    /// The last of what was printed, which is cut anywhere.
    func normalised(_ errors: String) -> String {
        let noise = "  This is not for the host: it is 50 bytes of noise."
        return errors.split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.count > 2 && noise.hasPrefix($0) ? "  NOISE" : $0 }.joined(separator: "\n")
    }
}
