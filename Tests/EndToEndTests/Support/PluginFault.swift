import FoundationEssentials
import Host
import Testing

/// A fixture plugin that misbehaves, and the one error that it costs.
struct PluginFault: Sendable, CustomTestStringConvertible {
    /// What shows that the fault is there.
    enum Evidence: Sendable {
        /// The plugin's code ran up to it, and said so.
        case witness
        /// It is in a file, which holds these bytes.
        case file(String, holding: String)
    }

    var plugin: String
    var error: String
    var evidence = Evidence.witness
    /// The library is refused when it is first asked, before the session is begun.
    var stopsBeforeStart = false
    /// It takes seconds, and is asked once.
    var isSlow = false

    var testDescription: String { plugin }

    static let all = loading + calling

    private static let loading = [
        refused(
            "no-entry", "`FIXTURES/no-entry/libno-entry.so` does not export the function `rayp_entry_v1`",
            "it exports `rayp_entry_v2`",
            hint: "define the function that <ray/plugin.h> declares, with C linkage and default visibility",
            .file("libno-entry.so", holding: "rayp_entry_v2")),
        refused(
            "undefined", "`FIXTURES/undefined/libundefined.so` uses 2 symbols that no library it needs defines",
            "`undefined_one`\n  `undefined_two`",
            hint: "link the plugin with what defines them; `-Wl,-z,defs` makes the linker tell",
            .file("libundefined.so", holding: "undefined_two")),
        refused(
            "wrong-table", "plugin `wrong-table` cannot be used",
            "it was built for API 1948282734.1701601889; this ray serves 1.x"),
        refused(
            "newer-major", "plugin `newer-major` cannot be used", "it was built for API 2.0; this ray serves 1.x"),
        refused(
            "small-table", "plugin `small-table` cannot be used", "its table is 16 bytes long; that of API 1.0 has 80"),
        mismatch("mismatched", "request:json,root:path,out:sink", "parameter 2: out:sink", "root:path"),
        mismatch("reordered", "out:sink,request:json,op:op", "parameter 1: request:json", "out:sink"),
        mismatch("mistyped", "request:json,out:sink,op:i64", "parameter 3: op:op", "op:i64"),
        crash("crashes-loading", "it crashed (SIGSEGV)", whileLoading: true),
        crash("exits-loading", "it exited with status 0 without an answer", whileLoading: true),
        crash(
            "hangs-loading", "it did not finish in 10 s and was ended", errorClass: "deadline", whileLoading: true,
            isSlow: true),
    ]

    private static let calling = [
        PluginFault(
            plugin: "needs-newer",
            error: """
                error[plugin]: plugin `needs-newer` 1.0.0 needs `region` for `plan`, which this ray does not pass
                  its manifest, written for API 1.9, takes the required parameter from `/host/region`; \
                ray 0.1.0 serves API 1.1
                  hint: update ray, or use a release of the plugin that marks the parameter optional
                """, evidence: .file("plugin.yaml", holding: "/host/region}")),
        crash("aborts", "it crashed (SIGABRT)"),
        crash("segfaults", "it crashed (SIGSEGV)"),
        crash("overflows", "it crashed (SIGSEGV)"),
        crash("frees-twice", "it crashed (SIGABRT)", cause: ["free(): double free detected in tcache 2"]),
        crash("traps", "it crashed (SIGILL)", cause: ["Fatal error: Index out of range"]),
        crash("exits", "it exited with status 0 without an answer"),
        crash("hangs", "it did not finish in 2 s and was ended", errorClass: "deadline", isSlow: true),
        crash("prints", "it printed more than 1 MiB and was ended", cause: Array(repeating: "NOISE", count: 8)),
        crash(
            "garbage", "it answered with something that is not JSON",
            cause: ["byte 19 is not UTF-8:", "this is {not JSON, \u{FFFD}\u{FFFD} and not \u{FFFD}\u{FFFD} UTF-8"]),
        crash("huge", "the result is larger than 16777216 bytes"),
        crash("logs-forever", "it logged more than 10000 lines and was ended"),
        crash("logs-much", "it reported more than 16 MiB and was ended"),
        crash("wrong-call", "it sent something that is no answer"),
        crash("forks", "it exited with status 0 without an answer"),
        PluginFault(
            plugin: "failing",
            error: """
                error[network]: plugin `failing` failed in `plan`: the index at https://example.org/simple does not answer
                """),
    ]

    private static func crash(
        _ plugin: String, _ why: String, errorClass: String = "plugin", cause: [String] = [],
        whileLoading: Bool = false, isSlow: Bool = false
    ) -> PluginFault {
        let place = whileLoading ? "while loading" : "in `plan`"
        let lines =
            ["error[\(errorClass)]: plugin `\(plugin)` failed \(place): \(why)"] + cause.map { "  " + $0 }
            + ["  hint: report it to the author of `\(plugin)` 1.0.0, which is in `FIXTURES/\(plugin)`"]
        return PluginFault(
            plugin: plugin, error: lines.joined(separator: "\n"), stopsBeforeStart: whileLoading, isSlow: isSlow)
    }

    private static func refused(
        _ plugin: String, _ message: String, _ cause: String,
        hint: String = "install a release of the plugin that fits this ray", _ evidence: Evidence = .witness
    ) -> PluginFault {
        PluginFault(
            plugin: plugin, error: "error[plugin]: \(message)\n  \(cause)\n  hint: \(hint)", evidence: evidence,
            stopsBeforeStart: true)
    }

    private static func mismatch(_ plugin: String, _ row: String, _ here: String, _ there: String) -> PluginFault {
        refused(
            plugin, "plugin `\(plugin)` cannot be used",
            "operation plan: plugin.yaml says (request:json,out:sink,op:op) and the library (\(row)); "
                + "they differ first in \(here) in plugin.yaml, \(there) in the library")
    }

    /// The message alone.
    var message: String {
        let line = error.prefix { $0 != "\n" }
        return String(line[line.index(after: line.firstIndex(of: " ") ?? line.startIndex)...])
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

extension Workplace {
    /// A workplace in which fixtures leave witnesses and temporary files have a folder of their own; at
    /// its end nothing may be left of any plugin.
    static func withWitnesses(_ body: (Workplace) async throws -> Void) async throws {
        try await with { place in
            var place = place
            place.environment["FAULT_WITNESS"] = place.folder / "witness"
            place.environment["TMPDIR"] = place.folder / "temporary"
            for name in ["witness", "temporary"] { try Files.makeFolder(place.folder / name) }
            try await body(place)
            #expect(try await place.leftovers() == "")
        }
    }

    /// How often the fault of that name has happened.
    func witnesses(_ name: String) throws -> Int { try Files.read(folder / "witness" / name)?.count ?? 0 }

    /// Checks that a fault is really there.
    func expect(_ fault: PluginFault, times: Int) throws {
        switch fault.evidence {
        case .witness: #expect(try witnesses(fault.plugin) == times)
        case .file(let name, let text):
            let file = try #require(TestBed.fixtures) / fault.plugin / name
            #expect(try Files.read(file)?.firstRange(of: Data(text.utf8)) != nil)
            #expect(try witnesses(fault.plugin) == 0)
        }
    }

    /// Processes that were started for this workplace and are still there, helpers among them.
    func processes() -> [ProcessIdentity] {
        ProcessTable.now().family(variable: "XDG_STATE_HOME=\(folder / "state")")
    }

    /// Those that are there for more than a moment: SIGKILL is no more than on its way when a plugin's own
    /// children are sent it.
    func lastingProcesses(_ variable: String? = nil) async throws -> [ProcessIdentity] {
        var lasting: [ProcessIdentity] = []
        for _ in 0..<200 {
            lasting = variable.map { ProcessTable.now().family(variable: $0) } ?? processes()
            if lasting.isEmpty { break }
            try await Task.sleep(for: .milliseconds(10))
        }
        return lasting
    }

    /// Processes, sockets, pipes, temporary and half-written files that nothing needs any more.
    func leftovers() async throws -> String {
        let files = try await run(
            "find",
            [
                folder, "(", "-type", "s", "-o", "-type", "p", "-o", "-name", "*.new", "-o", "-path", "*/temporary/*",
                ")",
            ])
        return try await files.output + files.errors + lastingProcesses().map { "process \($0.pid)\n" }.joined()
    }
}
