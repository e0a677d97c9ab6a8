import FoundationEssentials

/// Sends a plugin requests that are wrong in many ways: it must answer each, or say why it does not.
struct RequestChecks {
    private let bench: CheckBench
    private let samples: RequestSamples
    private let operations: [String]

    init(_ bench: CheckBench, _ samples: RequestSamples, operations: [String]) {
        self.bench = bench
        self.samples = samples
        self.operations = operations
    }

    /// `count` requests, if there is time for so many.
    func run(
        count: Int = 300, until end: ContinuousClock.Instant = .now + .seconds(2)
    ) throws(Failure) -> (findings: [Finding], summary: String) {
        var findings: [Finding] = []
        var sent = 0
        var deaths = 0
        var examination: Examination?
        for number in 0..<count where deaths < 5 {
            // The first ones take their time, so that a slow machine sends them all.
            guard ContinuousClock.now < (number < 60 ? end + .seconds(3) : end) else { break }
            var generator = SplitMix(seed: bench.seed, number: number)
            guard let operation = generator.pick(operations) else { break }
            let good = samples.request(of: operation, number: generator.below(8))
            let mutation = RequestMutation(of: good, &generator)
            // What the manifest's own description does not let through, no host sends.
            guard let arguments = try? PluginArguments(of: operation, for: bench.plugin, from: mutation.request) else {
                continue
            }
            if examination == nil {
                let new = try bench.examination()
                guard new.open(Examination.Terms(isExamined: false)) == .ready else { break }
                examination = new
            }
            sent += 1
            let asked = ContinuousClock.now
            let answer = examination?.call(
                operation, arguments, deadline: mutation.deadline, cancelled: mutation.isCancelled)
            guard let answer else { break }
            // The plugin's clock counts whole milliseconds.
            let isLate = ContinuousClock.now - asked >= mutation.deadline - .milliseconds(5)
            if !(isLate && answer == .cancelled), let finding = judge(answer, operation, mutation, number) {
                findings.append(finding)
            }
            if !answer.isAnswer {
                examination = nil
                deaths += answer == .hung ? 5 : 1
            }
        }
        return (Self.firstOfEach(findings), "\(sent) requests were answered, seed \(bench.seed)")
    }

    /// One finding of a kind for each operation is enough to begin with.
    private static func firstOfEach(_ findings: [Finding]) -> [Finding] {
        var seen: Set<[String]> = []
        return findings.filter { finding in
            let operation = String(finding.diagnostic.message.prefix { $0 != " " })
            return seen.insert([finding.code.rawValue, operation]).inserted
        }
    }

    private func judge(
        _ answer: Examination.Answer, _ operation: String, _ mutation: RequestMutation, _ number: Int
    ) -> Finding? {
        let place = "request \(number) of seed \(bench.seed): \(mutation.description)"
        let again = "`ray plugin check \(bench.plugin.folder.shellQuoted) --replay \(bench.seed)` sends it again"
        switch answer {
        case .ended, .malformed, .refused, .ready:
            return Finding(.requestCrash, "`\(operation)` \(answer.words)", cause: place, hint: again)
        case .hung:
            return Finding(
                .requestHang, "`\(operation)` went on after its deadline and a cancel", cause: place,
                hint: "ask `cancelled` of the host's table now and then; \(again)")
        case .result(let data):
            guard let problem = Self.problem(with: data) else { return nil }
            return Finding(.requestGarbage, "`\(operation)` answered with \(problem)", cause: place, hint: again)
        case .failed(let word, let message):
            guard let problem = Self.problem(with: word, message) else { return nil }
            return Finding(
                .requestSilent, "`\(operation)` failed \(problem)", cause: place,
                hint:
                    "return what `fail` of the host's table returns, with a class of the contract and one sentence; \(again)"
            )
        case .cancelled:
            guard !mutation.isCancelled else { return nil }
            return Finding(
                .requestCancelled, "`\(operation)` says that it was cancelled, and was not", cause: place, hint: again)
        }
    }

    /// What is wrong with the bytes of an answer; nil where they are JSON.
    static func problem(with data: Data) -> String? {
        if data.isEmpty { return "nothing" }
        guard String(validating: data, as: UTF8.self) != nil else { return "bytes that are not UTF-8" }
        return (try? JSONValue(parsing: data)) == nil ? "something that is not JSON" : nil
    }

    private static func problem(with word: String, _ message: String) -> String? {
        let ofProviders = ["throttle", "invalid", "transient", "ambiguous"]
        if message == "the operation failed without saying why" { return "without saying why" }
        if ErrorClass(rawValue: word) == nil, !ofProviders.contains(word) {
            return "with the class `\(word)`, which there is not"
        }
        return message.trimmed.isEmpty ? "with an empty message" : nil
    }
}

extension String {
    fileprivate var trimmed: Substring {
        drop(while: \.isWhitespace)
    }
}
