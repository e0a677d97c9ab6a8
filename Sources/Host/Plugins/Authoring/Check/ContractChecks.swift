import FoundationEssentials

/// What the contract asks of plugins of a kind, beyond answering.
struct ContractChecks {
    private let bench: CheckBench
    private let samples: RequestSamples
    private let launches: Bool

    init(_ bench: CheckBench, _ samples: RequestSamples, launches: Bool) {
        self.bench = bench
        self.samples = samples
        self.launches = launches
    }

    func run() throws(Failure) -> (findings: [Finding], summary: String) {
        switch bench.plugin.manifest.kind {
        case .environment:
            let operations = Manifest.Kind.environment.allOperations
                .filter { bench.plugin.manifest.operations[$0] != nil }
            let findings = try repeatable(operations) + shapes(operations)
            return (findings, "the same answers each time, and nothing was touched")
        case .provider:
            let findings = try repeatable(["configure"]) + shapes(["configure", "nodes", "find"]) + ids()
            let launched = launches ? try launch() : []
            return (
                findings + launched, launches ? "one token makes nodes once" : "`--launch` would ask for nodes as well"
            )
        }
    }

    private func call(_ operation: String, number: Int, _ examination: Examination) -> Examination.Answer? {
        let request = samples.request(of: operation, number: number)
        guard bench.plugin.manifest.operations[operation] != nil,
            let arguments = try? PluginArguments(of: operation, for: bench.plugin, from: request)
        else { return nil }
        // What makes nodes takes its time; all else is quick.
        let deadline = operation == "launch" || operation == "find" ? bench.plugin.deadline(of: operation) : .seconds(2)
        return examination.call(operation, arguments, deadline: deadline)
    }

    private func opened() throws(Failure) -> Examination {
        let examination = try bench.examination()
        _ = examination.open(Examination.Terms(isExamined: false))
        return examination
    }

    /// The same request has the same answer, in one process and in another, and changes no file.
    private func repeatable(_ operations: [String]) throws(Failure) -> [Finding] {
        var findings: [Finding] = []
        let before = bench.contents()
        for operation in operations {
            let (first, second) = (try opened(), try opened())
            let begin = ContinuousClock.now
            // Where an answer takes long, one has to do.
            for number in 0..<3 where number == 0 || ContinuousClock.now - begin < .seconds(1) {
                let answers = [first, first, second].map { call(operation, number: number, $0) }
                guard answers.allSatisfy({ $0?.isAnswer ?? true }), answers.contains(where: { $0 != answers[0] })
                else { continue }
                let isSame = answers[0] == answers[1]
                findings.append(
                    Finding(
                        .contractDeterministic,
                        "`\(operation)` answers the same request differently \(isSame ? "in another process" : "the second time")",
                        cause: Self.difference(answers[0], isSame ? answers[2] : answers[1]),
                        hint: "leave times, random names and the order of hash tables out of answers"))
                break
            }
        }
        let after = bench.contents()
        let changed = after.filter { before[$0.key] != $0.value }.keys.sorted()
        let gone = before.keys.filter { after[$0] == nil }
        for path in (changed + gone).prefix(1) {
            findings.append(
                Finding(
                    .contractSideEffect,
                    "`\(operations.joined(separator: "` or `"))` changed `\(path.relative(to: bench.folder))`",
                    hint: "change nothing: the host runs the steps of a plan, where and when they are wanted"))
        }
        return findings
    }

    /// Where two answers part.
    private static func difference(_ left: Examination.Answer?, _ right: Examination.Answer?) -> String? {
        guard case .result(let one)? = left, case .result(let other)? = right else { return nil }
        let same = zip(one, other).prefix { $0 == $1 }.count
        func part(_ data: Data) -> String {
            String(decoding: data.dropFirst(max(0, same - 20)).prefix(60), as: UTF8.self)
        }
        return "\(part(one))\n\(part(other))"
    }

    /// Answers to good requests are what the host can read.
    private func shapes(_ operations: [String]) throws(Failure) -> [Finding] {
        let examination = try opened()
        return operations.compactMap { operation in
            guard case .result(let data)? = call(operation, number: 0, examination) else { return nil }
            guard let answer = try? JSONValue(parsing: data) else {
                return shape(operation, RequestChecks.problem(with: data) ?? "it is no JSON")
            }
            return problem(with: answer, of: operation).map { shape(operation, $0) }
        }
    }

    private func shape(_ operation: String, _ cause: String) -> Finding {
        Finding(
            .contractShape, "the answer of `\(operation)` has a shape that is not in the contract", cause: cause,
            hint: "Documentation/Plugins/Contract.md shows it")
    }

    private func problem(with answer: JSONValue, of operation: String) -> String? {
        guard answer.object != nil else { return "it is \(answer.kindName)" }
        for (index, item) in (answer["diagnostics"]?.array ?? []).enumerated() {
            guard item["message"]?.string?.isEmpty == false else { return "`/diagnostics/\(index)/message` is missing" }
            guard ["error", "warning"].contains(item["severity"]?.string) else {
                return "`/diagnostics/\(index)/severity` is neither `error` nor `warning`"
            }
        }
        if let files = answer["files"], files.array?.allSatisfy({ $0.string?.hasPrefix("/") == true }) != true {
            return "`/files` is no list of absolute paths"
        }
        do {
            let decoder = JSONDecoder()
            switch operation {
            case "plan" where !hasErrors(answer): try decodePlan(answer)
            case "lock" where !hasErrors(answer): _ = try decoder.decode(LockPlan.Answer.self, from: answer.canonical)
            case "configure" where !hasErrors(answer) && answer["config"] == nil: return "`/config` is missing"
            case "nodes", "find", "launch":
                _ = try decoder.decode([Node].self, from: (answer["nodes"] ?? .null).canonical)
            default: break
            }
            return nil
        } catch let failure as Failure {
            return failure.diagnostics.first.map { $0.cause ?? $0.message }
        } catch {
            return error.sentence
        }
    }

    private func hasErrors(_ answer: JSONValue) -> Bool {
        answer["diagnostics"]?.array?.contains { $0["severity"] == "error" } ?? false
    }

    private func decodePlan(_ answer: JSONValue) throws(Failure) {
        let folders = Folders(environment: [:], home: bench.folder / "home", program: "/ray")
        _ = try LayerPlan(
            answer: answer, of: samples.layer([:]), on: [], store: EnvironmentStore(folders: folders),
            digests: DigestMemory(folders: folders))
    }

    /// Ids that no provider has ever given out are answered, one by one.
    private func ids() throws(Failure) -> [Finding] {
        let examination = try opened()
        for operation in ["access", "stop", "start", "terminate"] {
            guard let answer = call(operation, number: 0, examination), !answer.isAnswer else { continue }
            return [
                Finding(
                    .contractUnknownID, "`\(operation)` \(answer.words) when it is asked for a node that there is not",
                    hint: "answer for each id, `failed` or `already` where there is no such node")
            ]
        }
        return []
    }

    /// The same token never makes more nodes, and finds them from any process; what was made is ended.
    private func launch() throws(Failure) -> [Finding] {
        let (examination, other) = (try opened(), try opened())
        guard let first = nodes("launch", examination) else {
            return [
                Finding(
                    .contractToken, "`launch` gave no nodes, so that nothing can be said of its token",
                    hint: "see why with a session of your own", severity: .warning)
            ]
        }
        let (again, found) = (nodes("launch", examination), nodes("find", other))
        let ids = JSONValue.array(Set(first + (again ?? []) + (found ?? [])).sorted().map(JSONValue.string))
        let request: JSONValue = ["config": samples.config, "uid": .string(RequestSamples.uid), "ids": ids]
        if let arguments = try? PluginArguments(of: "terminate", for: bench.plugin, from: request) {
            _ = other.call("terminate", arguments, deadline: bench.plugin.deadline(of: "terminate"))
        }
        if let again, first != again {
            return [
                Finding(
                    .contractToken, "a second `launch` with the same token made other nodes",
                    cause: "\(first.joined(separator: ", ")); then \(again.joined(separator: ", "))",
                    hint: "tag nodes with the token, and look for it before making any")
            ]
        }
        guard let found, first != found else { return [] }
        return [
            Finding(
                .contractToken, "`find` does not give the nodes that `launch` made with the same token",
                cause:
                    "\(first.joined(separator: ", ")); found \(found.isEmpty ? "none" : found.joined(separator: ", "))",
                hint: "tag nodes with the token, and look for it")
        ]
    }

    private func nodes(_ operation: String, _ examination: Examination) -> [String]? {
        guard case .result(let data)? = call(operation, number: 0, examination),
            let answer = try? JSONValue(parsing: data)
        else { return nil }
        return answer["nodes"]?.array?.compactMap { $0["id"]?.string }.sorted()
    }
}
