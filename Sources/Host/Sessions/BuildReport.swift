/// Writes what a build does into the journal, and says it.
actor BuildReport: EnvironmentSetup.Observer {
    private let journal: JournalWriter
    private let notes: BuildNotes
    private(set) var built: Set<String> = []

    init(journal: JournalWriter, terminal: Terminal) {
        self.journal = journal
        notes = BuildNotes(terminal: terminal, indentation: "      ")
    }

    func willBuild(_ plan: LayerPlan) async throws {
        try await journal.append(
            .intent, .layer, id: plan.digest, ["plugin": .string(plan.plugin.id), "components": plan.components])
        try await notes.willBuild(plan)
    }

    func willRun(_ step: LayerPlan.Step, number: Int, of plan: LayerPlan) async throws {
        try await journal.append(.intent, .buildStep, id: "\(plan.digest).\(number)", ["title": .string(step.title)])
        try await notes.willRun(step, number: number, of: plan)
    }

    func didBuild(_ plan: LayerPlan) async throws {
        built.insert(plan.digest)
        try await journal.append(.outcome, .layer, id: plan.digest, ["built": true])
    }

    func didFail(_ plan: LayerPlan, _ failure: Failure) async throws {
        let message = failure.diagnostics.first?.message ?? ""
        try await journal.append(.outcome, .layer, id: plan.digest, ["built": false, "error": .string(message)])
    }

    nonisolated func note(_ text: String, _ plugin: Plugin) {
        notes.note(text, plugin)
    }
}
