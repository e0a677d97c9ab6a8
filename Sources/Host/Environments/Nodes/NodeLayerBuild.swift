import FoundationEssentials

/// Builds one layer on a node elsewhere, unless it is there and whole.
///
/// The build is one step of the node's agent: it goes on when the connection drops, and whoever asks for the same
/// layer next finds it. Only the store says whether a layer is built, so the step itself never counts as done.
struct NodeLayerBuild: Sendable {
    private let environments: EnvironmentSetup
    private let place: NodePlace
    private let plan: LayerPlan
    private let below: [LayerPlan]
    private let project: String
    private let log: String
    private let told: @Sendable (String) -> Void

    init(
        _ environments: EnvironmentSetup, place: NodePlace, plan: LayerPlan, below: [LayerPlan], project: String,
        log: String, told: @escaping @Sendable (String) -> Void
    ) {
        self.environments = environments
        self.place = place
        self.plan = plan
        self.below = below
        self.project = project
        self.log = log
        self.told = told
    }

    /// Returns whether anything had to be built.
    func run() async throws -> Bool {
        let script = """
            sh \(place.storeScript.shellQuoted) \(place.store.root.shellQuoted) check \(plan.digest) >/dev/null || exit 1
            sh \(place.storeScript.shellQuoted) \(place.store.root.shellQuoted) use \(plan.digest)
            """
        let check = try await place.conversation.run(script, timeout: .seconds(600))
        guard check.status != "0" else { return false }
        for note in plan.notes { told(note) }
        try await retryingNetwork(told: told) { try await build() }
        return true
    }

    private func build() async throws {
        try await sendSecrets()
        let script = NodeBuildScript(place: place, plan: plan, below: below, project: project, secrets: secretsFile)
        let limit = plan.steps.map { $0.timeout ?? 3600 }.reduce(600, +)
        let output = NodeBuildOutput()
        let redaction = Redaction(
            environment: place.variables.merging(environments.context.environment) { $1 },
            home: environments.context.folders.home, named: plan.secrets)
        let (status, _) = try await place.conversation.step(
            String(Digest.of("layer \(plan.digest)").prefix(32)), script.text, .sh, timeout: .seconds(limit)
        ) { answer in
            switch answer {
            case .found: told("it is being built")
            case .log(let data):
                let lines = await output.take(data)
                let text = lines.filter { !$0.isControl }.map { redaction.redacted($0.text) + "\n" }.joined()
                output.tail.append(Data(text.utf8))
                try Files.append(Data(text.utf8), to: log)
                for line in lines { tell(line) }
            default: break
            }
        }
        guard status != "\(NodeBuildScript.built)" else { return }
        throw await failure(status, output)
    }

    private func tell(_ line: NodeBuildOutput.Line) {
        switch line.control.first {
        case "step":
            guard let number = line.control.last.flatMap({ Int($0) }), plan.steps.indices.contains(number) else {
                return
            }
            told(plan.steps[number].title)
        case "note": told(line.control.dropFirst().joined(separator: " "))
        case nil where line.text.hasPrefix("waiting for "): told(line.text)
        default: break
        }
    }

    private func failure(_ status: String, _ output: NodeBuildOutput) async -> Failure {
        let failure = StepFailure(
            plugins: environments.plugins, plugin: plan.plugin, operation: "plan", request: plan.request,
            place: plan.place, log: log)
        let number = await output.number
        let verify = LayerPlan.Step(title: "verify", script: "")
        let step = plan.steps.indices.contains(number) ? plan.steps[number] : verify
        let tail = output.tail.text
        let name = plan.plugin.id
        switch await output.outcome {
        case .failed(let status):
            return await failure.explained(
                step, number, status, tail, number < plan.steps.count ? .buildFailed : .verifyFailed)
        case .absent(let path):
            return Failure(
                .buildFailed, "\(name): the output `\(path.relative(to: place.directory))` was not made",
                at: plan.place, hint: "correct its name, or leave it out of `outputs`")
        case .damaged(let files):
            return Failure(
                .verifyFailed, "\(name): what was built is not what its own checksums say", at: plan.place,
                cause: files, hint: "remove `\(place.store.cache(of: name))` on the node and try again")
        case .changed(let digest):
            let lower = below.first { $0.digest == digest }?.plugin.id ?? digest
            return Failure(
                .verifyFailed, "\(name): it changes the layer of `\(lower)` below it", at: plan.place,
                hint: "put what it installs into the layer below, or elsewhere: layers are shared")
        case nil:
            return Failure(
                .buildFailed, "\(name): the node could not build it (\(status))", at: plan.place,
                cause: tail.lastLines(10), hint: failure.hint)
        }
    }

    private var secretsFile: String { place.storeScript.parentPath / "secrets-\(plan.digest)" }

    /// Secret variables go there in a file that the build reads and removes: no command line has them.
    private func sendSecrets() async throws {
        let values = environments.context.environment.filter { plan.secrets.contains($0.key) }
        guard !values.isEmpty else { return }
        _ = try await place.conversation.output(
            of: """
                umask 077
                cat > \(secretsFile.shellQuoted) <<'END_OF_FILE'
                \(NodePlace.exports(values))
                END_OF_FILE
                """)
    }
}

/// What a build on a node has printed so far.
actor NodeBuildOutput {
    enum Outcome: Sendable, Equatable {
        case failed(Int32)
        case absent(String)
        case damaged(String)
        case changed(String)
    }

    struct Line: Sendable, Equatable {
        var text: String
        /// What the script itself says, in words.
        var control: [String]

        var isControl: Bool { !control.isEmpty }
    }

    private var rest = Data()
    /// The last of what its tools printed.
    let tail = OutputTail()
    /// The step that it is at.
    private(set) var number = 0
    private(set) var outcome: Outcome?

    /// Takes more in, and returns the lines that have ended with it.
    func take(_ data: Data) -> [Line] {
        rest.append(data)
        var lines: [Line] = []
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            let text = String(decoding: rest[rest.startIndex..<end], as: UTF8.self)
            rest = Data(rest[rest.index(after: end)...])
            let words = text.hasPrefix(NodeBuildScript.mark) ? text.dropFirst().split(separator: " ") : []
            lines.append(Line(text: text, control: words.map(String.init)))
            note(words.map(String.init))
        }
        return lines
    }

    private func note(_ words: [String]) {
        let text = words.dropFirst().joined(separator: " ")
        switch words.first {
        case "step":
            number = Int(text) ?? number
            outcome = nil
        case "failed": outcome = .failed(Int32(text) ?? 1)
        case "absent": outcome = .absent(text)
        case "damaged": outcome = .damaged(text)
        case "changed": outcome = .changed(text)
        default: break
        }
    }
}
