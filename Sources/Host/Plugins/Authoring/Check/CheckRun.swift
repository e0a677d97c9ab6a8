import FoundationEssentials

/// Judges a plugin, level by level; whatever its library does, it does to a helper.
///
/// Its probe is a script, and runs as one does.
package struct CheckRun: Sendable {
    package enum Level: String, Sendable, CaseIterable { case `static`, full }

    private let context: Context
    private let folder: String
    private let level: Level
    private let seed: UInt64
    private let onlyRequests: Bool
    private let launches: Bool

    /// `onlyRequests`: nothing but the requests of this seed.
    package init(
        _ context: Context, folder: String, level: Level, seed: UInt64, onlyRequests: Bool, launches: Bool
    ) {
        self.context = context
        self.folder = folder
        self.level = level
        self.seed = seed
        self.onlyRequests = onlyRequests
        self.launches = launches
    }

    /// The report; throws only where this machine or this program is at fault.
    package func report() async throws -> CheckReport {
        var report = CheckReport(folder: folder, seed: seed)
        let manifest = ManifestChecks(folder: folder, schema: try PluginSchema(context.folders).manifest())
        report.add("manifest", manifest.findings, manifest.summary)
        guard let plugin = manifest.plugin else {
            report.skip(["library"] + Self.later, "the manifest cannot be used")
            return report
        }
        report.manifest = plugin.manifest
        let library = LibraryChecks(plugin)
        report.add("library", library.findings, library.summary)
        guard level == .full else { return report }
        guard library.isLoadable else {
            report.skip(Self.later, "the library cannot be loaded")
            return report
        }
        let bench = try CheckBench(plugin, seed: seed, context)
        defer { bench.clear() }
        let opening = try ProcessChecks.opening(bench)
        try Task.checkCancellation()
        guard opening.isEmpty else {
            report.add("signatures", opening, "")
            report.skip(Array(Self.later.dropFirst()), "the plugin cannot be opened")
            return report
        }
        try await run(bench, &report)
        try Task.checkCancellation()
        return report
    }

    private static let later = ["signatures", "effects", "hosts", "requests", "contract"]

    private func run(_ bench: CheckBench, _ report: inout CheckReport) async throws {
        var samples = RequestSamples(bench, facts: await facts(bench))
        if bench.plugin.manifest.kind == .provider, let config = try config(bench, samples) { samples.config = config }
        let operations = harmless(bench.plugin.manifest)
        let processes = ProcessChecks(bench, samples, operations: operations)
        let requests = RequestChecks(bench, samples, operations: operations)
        let probe = try processes.probe()
        report.add(
            "signatures", probe,
            "the library has all \(bench.plugin.manifest.operations.count) operations as plugin.yaml says")
        guard probe.isEmpty else {
            report.skip(Array(Self.later.dropFirst()), "its operations are not what the manifest says")
            return
        }
        if onlyRequests {
            // None is left out, or the one that is looked for may be.
            report.add("requests", try requests.run(until: .now + .seconds(600)))
            return
        }
        try Task.checkCancellation()
        report.add("effects", try processes.effects())
        try Task.checkCancellation()
        let hosts = try processes.hosts()
        try Task.checkCancellation()
        guard let hosts else {
            report.skip(["hosts", "contract"], "it does not survive a good request")
            report.add("requests", try requests.run())
            return
        }
        report.add("hosts", hosts)
        try Task.checkCancellation()
        report.add("requests", try requests.run())
        try Task.checkCancellation()
        report.add("contract", try ContractChecks(bench, samples, launches: launches).run())
    }

    /// The operations that change nothing, so that they can be called with anything.
    private func harmless(_ manifest: Manifest) -> [String] {
        let names = manifest.kind == .environment ? manifest.kind.allOperations : ["configure", "nodes", "find"]
        return names.filter { manifest.operations[$0] != nil }
    }

    /// What the plugin's probe says of this machine, or the least that any node says.
    private func facts(_ bench: CheckBench) async -> Facts {
        let least = [
            "os": "linux", "arch": String(Manifest.platform.dropFirst("linux-".count)), "libc": "glibc-2.36",
            "home": bench.folder / "home",
            "python": "/usr/bin/python3",
            "python_version": "3.11.2", "python_executable": "/usr/bin/python3", "python_venv": "yes",
        ]
        guard bench.plugin.manifest.kind == .environment else { return least }
        let folders = Folders(environment: [:], home: bench.folder / "facts", program: "/ray")
        let found = try? await FactProbe(folders: folders).facts(
            for: Layer(plugin: bench.plugin, entries: []), environment: bench.environment, directory: bench.project,
            layers: [])
        try? Files.remove(bench.folder / "facts")
        return found ?? least
    }

    private func config(_ bench: CheckBench, _ samples: RequestSamples) throws(Failure) -> JSONValue? {
        let examination = try bench.examination()
        guard examination.open(Examination.Terms(isExamined: false)) == .ready,
            let arguments = try? PluginArguments(
                of: "configure", for: bench.plugin, from: samples.request(of: "configure")),
            case .result(let data) = examination.call("configure", arguments)
        else { return nil }
        return (try? JSONValue(parsing: data))?["config"]
    }
}

extension CheckReport {
    fileprivate mutating func add(_ name: String, _ result: (findings: [Finding], summary: String)) {
        add(name, result.findings, result.summary)
    }

    fileprivate mutating func skip(_ names: [String], _ why: String) {
        for name in names { add(name, nil, why) }
    }
}
