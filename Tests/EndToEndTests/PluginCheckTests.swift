import FoundationEssentials
import Host
import Testing

/// What `ray plugin check` says of plugins with one fault each.
@Suite(.needsTestBed, .timeLimit(.minutes(5))) struct PluginCheckTests {
    @Test(arguments: CheckedFault.all)
    func `a fault is named`(fault: CheckedFault) async throws {
        try await Workplace.with { place in
            let check = try await place.check(fault.plugin, ["--seed", "1"] + fault.options)
            #expect(check.findings == fault.findings)
            #expect(check.status == (fault.isWarning ? 0 : 1))
        }
    }

    @Test(arguments: ["local", "pip", "shell"])
    func `the plugins that come with ray have none`(id: String) async throws {
        try await Workplace.with { place in
            let folder = try #require(TestBed.prefix) / "lib/ray/plugins" / id
            let check = try await place.check(folder, ["--seed", "1"])
            #expect(check.findings == [])
            #expect(check.status == 0)
        }
    }

    @Test func `the report has a line for each group, and the findings`() async throws {
        try await Workplace.with { place in
            let fixtures = try #require(TestBed.fixtures)
            let good = try await place.ray("plugin", "check", fixtures / "good", "--seed", "7")
            let today = "API 1.\(Manifest.supportedAPI.minor)"
            let hosts = (today == "API 1.0" ? [] : [today]) + ["API 1.0", "API 1.99"]
            let numbers = good.output.replacing(#/\b[0-9]+ (starts|calls|requests)/#) { "N \($0.output.1)" }
            #expect(
                numbers == """
                    manifest    environment `good` 1.0.0 for API 1.0: check, plan
                    library     for linux-x86_64, needs no other
                    signatures  the library has all 2 operations as plugin.yaml says
                    effects     N starts and N calls left nothing behind
                    hosts       works with hosts of \(hosts.joined(separator: ", "))
                    requests    N requests were answered, seed 7
                    contract    the same answers each time, and nothing was touched
                    `good` 1.0.0: no findings

                    """)
            #expect(good.status == 0)

            let silent = try await place.ray("plugin", "check", fixtures / "mismatched", "--seed", "7")
            #expect(
                place.plain(silent.output) == """
                    manifest    environment `mismatched` 1.0.0 for API 1.0: check, plan
                    library     for linux-x86_64, needs libc.so.6
                    signatures  1 error
                    effects     not checked: the plugin cannot be opened
                    hosts       not checked: the plugin cannot be opened
                    requests    not checked: the plugin cannot be opened
                    contract    not checked: the plugin cannot be opened
                    error[signature]: FIXTURES/mismatched/plugin.yaml: the library and plugin.yaml disagree
                      operation plan: plugin.yaml says (request:json,out:sink,op:op) and the library \
                    (request:json,root:path,out:sink); they differ first in parameter 2: out:sink in plugin.yaml, \
                    root:path in the library
                      hint: `ray plugin gen` writes the rows from the manifest
                    `mismatched` 1.0.0: 1 error

                    """)
            #expect(silent.status == 1)
        }
    }

    @Test func `nothing of a plugin runs at the static level`() async throws {
        try await Workplace.with { place in
            let fixture = try #require(TestBed.fixtures) / "constructor-crashes"
            let outcome = try await place.ray("plugin", "check", fixture, "--level", "static")
            #expect(
                outcome.output == """
                    manifest  environment `constructor-crashes` 1.0.0 for API 1.0: check, plan
                    library   for linux-x86_64, needs libc.so.6
                    `constructor-crashes` 1.0.0: no findings

                    """)
            #expect(outcome.status == 0)
        }
    }

    @Test func `a seed sends the same requests again`() async throws {
        try await Workplace.with { place in
            // Seeds whose first requests crash it: a slow machine sends fewer.
            let first = try await place.check("crashes-oddly", ["--seed", "6"])
            let again = try await place.check("crashes-oddly", ["--replay", "6"])
            #expect(first.causes == again.causes)
            #expect(first.causes.count == 1)
            #expect(first.causes.first?.hasPrefix("request ") == true)
            #expect(again.groups == ["manifest", "library", "signatures", "requests"])
            #expect(try await place.check("crashes-oddly", ["--seed", "8"]).causes != first.causes)
        }
    }

    @Test func `a plugin that takes its time and heeds its deadline has no findings`() async throws {
        try await Workplace.with { place in
            let check = try await place.check("cooperative", ["--seed", "1"])
            #expect(check.findings == [])
            #expect(check.status == 0)
        }
    }

    @Test func `Ctrl-C ends it at once and leaves nothing`() async throws {
        try await Workplace.with { place in
            let program = (try #require(TestBed.prefix) / "bin/ray").shellQuoted
            let fixture = (try #require(TestBed.fixtures) / "hangs-on").shellQuoted
            let bench = place.folder / "bench"
            try Files.makeFolder(bench)
            let script = """
                set -m; \(program) plugin check \(fixture) & until [ -e "$TMPDIR"/*/project ]; do sleep 0.1; done
                kill -INT $!; wait $!
                """
            let outcome = try await place.run("bash", ["-c", script], variables: ["TMPDIR": bench])
            #expect(outcome.status == 130)
            #expect(outcome.errors.contains("error[cancelled]: interrupted\n"))
            #expect(Files.names(in: bench).isEmpty)
            #expect(Workplace.processes(naming: bench).isEmpty)
        }
    }

    @Test func `a provider may be asked for nodes`() async throws {
        try await Workplace.with { place in
            let local = try #require(TestBed.prefix) / "lib/ray/plugins/local"
            let outcome = try await place.ray("plugin", "check", local, "--launch", "--seed", "1")
            #expect(outcome.output.contains("\ncontract    one token makes nodes once\n"))
            #expect(outcome.status == 0)
        }
    }

    @Test func `what cannot be asked for is refused`() async throws {
        try await Workplace.with { place in
            let both = try await place.ray("plugin", "check", ".", "--seed", "1", "--replay", "2")
            #expect(
                both.errors.hasPrefix(
                    "error[usage]: `--seed` and `--replay` are the same number, for different ends: give one"))
            let replay = try await place.ray("plugin", "check", ".", "--replay", "2", "--level", "static")
            #expect(
                replay.errors.hasPrefix("error[usage]: `--replay` runs the plugin, which `--level static` does not"))
            #expect(both.status == 2 && replay.status == 2)
            let fixture = try #require(TestBed.fixtures) / "good"
            let homeless = try await place.ray("plugin", "check", fixture, variables: ["TMPDIR": "/nowhere"])
            #expect(
                homeless.errors == """
                    error[input]: cannot make a folder in `/nowhere`
                      No such file or directory
                      hint: set TMPDIR to a folder that is there

                    """)
            let nothing = try await place.ray("plugin", "check", ".")
            #expect(
                place.plain(nothing.output) == """
                    manifest    1 error
                    library     not checked: the manifest cannot be used
                    signatures  not checked: the manifest cannot be used
                    effects     not checked: the manifest cannot be used
                    hosts       not checked: the manifest cannot be used
                    requests    not checked: the manifest cannot be used
                    contract    not checked: the manifest cannot be used
                    error[manifest-none]: `PROJECT` has no plugin.yaml
                      hint: name the folder of a plugin: it holds a manifest and a library
                    `PROJECT`: 1 error

                    """)
            #expect(nothing.status == 1)
        }
    }

    @Test func `every code is explained`() throws {
        let file = #filePath.parentPath.parentPath.parentPath / "Documentation/Plugins/Checking.md"
        let page = String(decoding: try #require(try Files.read(file)), as: UTF8.self)
        for code in FindingCode.allCases {
            #expect(page.contains("| `\(code.rawValue)` |"), "\(code.rawValue)")
        }
    }
}

/// A fixture plugin and what is found in it.
struct CheckedFault: Sendable, CustomTestStringConvertible {
    var plugin: String
    /// Codes with messages.
    var findings: [String]
    var isWarning = false
    var options: [String] = []

    var testDescription: String { plugin }

    init(_ plugin: String, _ findings: String..., isWarning: Bool = false, options: [String] = []) {
        self.plugin = plugin
        self.options = options
        self.findings = findings
        self.isWarning = isWarning
    }

    static let all = [
        CheckedFault("constructor-crashes", "load-crash: loading it crashed (SIGABRT)"),
        CheckedFault("constructor-exits", "load-crash: loading it ended the process with status 0"),
        CheckedFault("constructor-hangs", "load-hang: loading it takes more than 3 s"),
        CheckedFault("mismatched", "signature: the library and plugin.yaml disagree"),
        CheckedFault(
            "reads-undeclared",
            "signature-probe: `plan` reads memory through a parameter 4, which is not declared"),
        CheckedFault(
            "takes-sink-for-view",
            "signature-probe: `plan` reads memory through its parameter 2, which is declared as out:sink"),
        CheckedFault(
            "blocks-signal", "audit-environment: loading it changed the variable `PATH` of the environment",
            "audit-signal-mask: loading it blocked the signal 10 (User defined signal 1)",
            "audit-signal-handler: loading it changed what happens on the signal 17 (Child exited)"),
        CheckedFault(
            "changes-directory", "audit-cwd: `plan` changed the working directory from `/` to `/tmp`",
            "audit-umask: `plan` changed the umask from 022 to 000",
            "audit-locale: `plan` changed the locale from `C` to `C.UTF-8`",
            "audit-limit: `plan` changed the resource limit 7"),
        CheckedFault("leaves-thread", "audit-thread: its stop left 1 thread running", isWarning: true),
        CheckedFault("leaks-descriptor", "audit-descriptor: `plan` leaves a descriptor open every time"),
        CheckedFault(
            "leaks-memory", "audit-memory: `plan` keeps about N bytes of memory every time", isWarning: true),
        CheckedFault("prints-line", "audit-output: it printed to standard output or standard error"),
        CheckedFault(
            "segfaults", "audit-crash: `plan` crashed (SIGSEGV) on a good request",
            "request-crash: `plan` crashed (SIGSEGV)"),
        CheckedFault(
            "copies-table", "negotiation-older: with a host of API 1.0, its start crashed (SIGSEGV)",
            "negotiation-newer: with a host of API 1.99, its start crashed (SIGSEGV)"),
        CheckedFault(
            "calls-unknown",
            "negotiation-query: its query answers for the interface `example.org/unknown/1`, which there is not",
            "negotiation-newer: it called a function of the host that no version known to it has"),
        CheckedFault("crashes-oddly", "request-crash: `plan` crashed (SIGABRT)"),
        CheckedFault(
            "hangs-on", "audit-crash: `plan` did not end when its time was over on a good request",
            "request-hang: `plan` went on after its deadline and a cancel"),
        CheckedFault(
            "answers-garbage", "request-garbage: `plan` answered with something that is not JSON",
            "contract-shape: the answer of `plan` has a shape that is not in the contract"),
        CheckedFault(
            "answers-other", "contract-shape: the answer of `plan` has a shape that is not in the contract"),
        CheckedFault("fails-silently", "request-silent: `plan` failed without saying why"),
        CheckedFault("cancels-itself", "request-cancelled: `plan` says that it was cancelled, and was not"),
        CheckedFault(
            "differs-each-time",
            "contract-deterministic: `plan` answers the same request differently the second time"),
        CheckedFault("writes-into-home", "contract-side-effect: `check` or `plan` changed `home/plan.txt`"),
        CheckedFault(
            "crashes-on-strangers",
            "contract-unknown-id: `stop` crashed (SIGABRT) when it is asked for a node that there is not"),
        CheckedFault(
            "launches-anew", "contract-token: a second `launch` with the same token made other nodes",
            options: ["--launch"]),
        CheckedFault(
            "forgets-nodes", "contract-token: `find` does not give the nodes that `launch` made with the same token",
            options: ["--launch"]),
        CheckedFault(
            "launches-nothing", "contract-token: `launch` gave no nodes, so that nothing can be said of its token",
            isWarning: true, options: ["--launch"]),
        CheckedFault("names-another", "load-refused: no host takes the library"),
        CheckedFault("starts-once", "audit-crash: starting and stopping it again crashed (SIGABRT)"),
    ]
}

/// What `ray plugin check --json` said.
private struct CheckOutcome {
    var status: Int32
    var findings: [String]
    var causes: [String]
    var groups: [String]
}

extension Workplace {
    fileprivate func check(_ plugin: String, _ words: [String]) async throws -> CheckOutcome {
        let folder = try #require(TestBed.fixtures) / plugin
        let program = try #require(TestBed.prefix) / "bin/ray"
        let bench = self.folder / "bench"
        try Files.makeFolder(bench)
        let outcome = try await run(
            program, ["plugin", "check", folder, "--json"] + words, variables: ["TMPDIR": bench])
        #expect(outcome.errors.isEmpty)
        #expect(Files.names(in: bench).isEmpty)
        #expect(Self.processes(naming: bench).isEmpty)
        let report = try JSONValue(parsing: Data(outcome.output.utf8))
        let findings = report["findings"]?.array ?? []
        return CheckOutcome(
            status: outcome.status,
            findings: findings.map {
                let message = $0["message"]?.string?.replacing(#/about [0-9]+ bytes/#, with: "about N bytes")
                return "\($0["code"]?.string ?? ""): \(message ?? "")"
            },
            causes: findings.compactMap { $0["cause"]?.string },
            groups: report["groups"]?.array?.compactMap { $0["name"]?.string } ?? [])
    }

    /// The processes that have a text in their environment.
    fileprivate static func processes(naming text: String) -> [String] {
        Files.names(in: "/proc").filter { name in
            guard name.allSatisfy(\.isNumber), let data = try? Files.read("/proc/\(name)/environ") else { return false }
            return data.firstRange(of: Data(text.utf8)) != nil
        }
    }
}
