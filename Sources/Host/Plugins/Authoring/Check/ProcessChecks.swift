import FoundationEssentials

/// What a plugin does to the process that it is in, and how it gets along with other hosts.
struct ProcessChecks {
    private let bench: CheckBench
    private let samples: RequestSamples
    private let operations: [String]

    /// `operations` are those that may be called.
    init(_ bench: CheckBench, _ samples: RequestSamples, operations: [String]) {
        self.bench = bench
        self.samples = samples
        self.operations = operations
    }

    /// Loads and opens the plugin; what keeps it from being used.
    static func opening(_ bench: CheckBench) throws(Failure) -> [Finding] {
        let examination = try bench.examination()
        let answer = examination.open()
        if answer == .ready { return [] }
        return [bench.opening(answer, examination)]
    }

    /// Parameters that the code reads and that are not declared, or not as something to read.
    ///
    /// What else goes wrong is left to those checks that pass what the code may expect.
    func probe() throws(Failure) -> [Finding] {
        var findings: [Finding] = []
        for operation in operations {
            let examination = try bench.examination()
            guard examination.open(Examination.Terms(probes: true)) == .ready else { continue }
            _ = call(operation, examination)
            findings += bench.notices(of: examination).filter { $0.code == .signatureProbe }
        }
        return findings
    }

    /// Watches what loading, starts, calls and stop leave behind.
    func effects() throws(Failure) -> (findings: [Finding], summary: String) {
        let first = try bench.examination()
        var findings = ending(first.open(Examination.Terms(rounds: 1000)), of: first)
        let second = try bench.examination()
        var answer: Examination.Answer? = second.open()
        var calls = 0
        for operation in operations {
            // So many show a trend; more only make it plainer.
            let (least, most) = (120, 1000 / operations.count)
            let begin = ContinuousClock.now
            for number in 0..<most where answer?.isAnswer ?? true {
                let limit: Duration = number < least ? .milliseconds(1500) : .milliseconds(400 / operations.count)
                guard ContinuousClock.now - begin < limit else { break }
                answer = call(operation, second)
                calls += 1
            }
        }
        if let answer, !answer.isAnswer {
            findings.append(bench.crash(.auditCrash, answer, second, "on a good request"))
        }
        findings += ending(.ready, of: second)
        return (findings, "\(first.rounds) starts and \(calls) calls left nothing behind")
    }

    private func call(_ operation: String, _ examination: Examination) -> Examination.Answer? {
        guard
            let arguments = try? PluginArguments(of: operation, for: bench.plugin, from: samples.request(of: operation))
        else { return nil }
        return examination.call(operation, arguments)
    }

    /// What an examination noticed, down to how it ended.
    private func ending(_ opened: Examination.Answer, of examination: Examination) -> [Finding] {
        var findings: [Finding] = []
        let ending = opened == .ready ? examination.close() : opened
        if let ending { findings.append(bench.crash(.auditCrash, ending, examination)) }
        findings += bench.notices(of: examination)
        if !examination.printed.isEmpty {
            findings.append(
                Finding(
                    .auditOutput, "it printed to standard output or standard error",
                    cause: String(decoding: examination.printed.prefix(200), as: UTF8.self),
                    hint: "report with `log` of the host's table: what a plugin prints is nobody's answer"))
        }
        return findings
    }

    /// Hosts of other versions, whose tables are shorter or longer; nil where the plugin gets along
    /// with none.
    func hosts() throws(Failure) -> (findings: [Finding], summary: String)? {
        var findings: [Finding] = []
        var served: [String] = []
        for host in CheckedHost.allCases {
            let examination = try bench.examination()
            let opened = examination.open(host.terms)
            if case .refused = opened { continue }
            if let ending = ending(opened, calling: examination) {
                guard host != .today else { return nil }
                let notices = bench.notices(of: examination).filter { $0.code == .negotiationNewer }
                findings += notices.isEmpty ? [misfit(host, ending, examination)] : notices
            } else if !served.contains(host.name) {
                served.append(host.name)
            }
        }
        return (findings, "works with hosts of \(served.joined(separator: ", "))")
    }

    private func misfit(_ host: CheckedHost, _ ending: Examination.Answer, _ examination: Examination) -> Finding {
        Finding(
            host.code, "with a host of \(host.name), \(examination.stage) \(ending.words)",
            hint: "compare `size` of the host's table with the offset of a function before calling or copying it")
    }

    /// How an opened plugin ended while each operation was called once; nil when it ended as it should.
    private func ending(_ opened: Examination.Answer, calling examination: Examination) -> Examination.Answer? {
        guard opened == .ready else { return opened }
        for operation in operations {
            if let answer = call(operation, examination), !answer.isAnswer { return answer }
        }
        return examination.close()
    }
}

extension CheckBench {
    /// Why a plugin could not be opened.
    fileprivate func opening(_ answer: Examination.Answer, _ examination: Examination) -> Finding {
        switch answer {
        case .refused(let reason) where reason.hasPrefix("operation "):
            Finding(
                .signature, "the library and plugin.yaml disagree", at: Place(file: plugin.folder / "plugin.yaml"),
                cause: reason, hint: "`ray plugin gen` writes the rows from the manifest")
        case .refused(let reason):
            Finding(
                .loadRefused, "no host takes the library", cause: reason,
                hint: "correct the table that `rayp_entry_v1` returns, or its `start`")
        case .hung:
            Finding(
                .loadHang, "\(examination.stage) takes more than 3 s",
                hint: "do in an operation what takes long: it has a deadline and can be cancelled")
        default: crash(.loadCrash, answer, examination)
        }
    }

    fileprivate func crash(
        _ code: FindingCode, _ answer: Examination.Answer, _ examination: Examination, _ when: String = ""
    ) -> Finding {
        let last = String(decoding: examination.printed.suffix(1000), as: UTF8.self)
        let sentence = "\(examination.stage) \(answer.words) \(when)"
        return Finding(
            code, when.isEmpty ? String(sentence.dropLast()) : sentence, cause: last.isEmpty ? nil : last,
            hint: "a test of the library's own shows it in a debugger")
    }

    /// What the helper noticed, each kind once.
    fileprivate func notices(of examination: Examination) -> [Finding] {
        var codes: Set<FindingCode> = []
        return examination.notices.compactMap { word, text in
            guard let code = FindingCode(rawValue: word), codes.insert(code).inserted else { return nil }
            return notice(code, text)
        }
    }

    private func notice(_ code: FindingCode, _ text: String) -> Finding {
        let lasting: Set<FindingCode> = [.auditThread, .auditMemory, .auditSignalHandler]
        return Finding(code, text, hint: code.cure, severity: lasting.contains(code) ? .warning : .error)
    }
}

extension FindingCode {
    /// What to do about something that the helper noticed.
    fileprivate var cure: String {
        switch self {
        case .auditThread: "end every thread in `stop`, and start none in a constructor"
        case .auditDescriptor: "close what was opened, in the operation or in `stop`"
        case .auditMemory: "free what an operation or `start` made; a sanitizer or valgrind says where it came from"
        case .signatureProbe:
            "declare the function's parameters in plugin.yaml as they are; `ray plugin gen` gives its prototype"
        case .entryChanges: "return the address of one constant table"
        case .negotiationQuery: "compare interface ids whole, and return NULL for those that are not known"
        case .negotiationNewer: "call only what lies within `size` and is known to the header that it was built with"
        default: "leave the process as it is: it belongs to the host, and may be shared"
        }
    }
}

extension Examination.Answer {
    /// Whether the plugin lives and has said something.
    var isAnswer: Bool {
        switch self {
        case .result, .failed, .cancelled, .ready: true
        default: false
        }
    }

    /// What became of the plugin, after its name.
    var words: String {
        switch self {
        case .ended(let status):
            status & 0x7F == 0
                ? "ended the process with status \(status >> 8 & 0xFF)" : "crashed (\(Self.name(status & 0x7F)))"
        case .hung: "did not end when its time was over"
        case .malformed: "wrote into the helper's own socket"
        case .refused(let reason): "was refused: \(reason)"
        default: "answered"
        }
    }

    private static func name(_ signal: Int32) -> String {
        describe(waitStatus: signal).drop { $0 != "(" }.dropFirst().prefix { $0 != ")" }.description
    }
}
