/// Writes what a build does into the journal, and says it.
actor BuildReport: EnvironmentSetup.Observer {
    private let journal: JournalWriter
    private let terminal: Terminal
    private(set) var built: Set<String> = []

    init(journal: JournalWriter, terminal: Terminal) {
        self.journal = journal
        self.terminal = terminal
    }

    func willBuild(_ plan: LayerPlan) async throws {
        try await journal.append(
            .intent, .layer, id: plan.digest, ["plugin": .string(plan.plugin.id), "components": plan.components])
        for note in plan.notes { terminal.note("      \(plan.plugin.id): \(note)") }
    }

    func willRun(_ step: LayerPlan.Step, number: Int, of plan: LayerPlan) async throws {
        try await journal.append(.intent, .buildStep, id: "\(plan.digest).\(number)", ["title": .string(step.title)])
        terminal.note("      \(plan.plugin.id): \(step.title)")
    }

    func didBuild(_ plan: LayerPlan) async throws {
        built.insert(plan.digest)
        try await journal.append(.outcome, .layer, id: plan.digest, ["built": true])
    }

    func didFail(_ plan: LayerPlan, _ failure: Failure) async throws {
        let message = failure.diagnostics.first?.message ?? ""
        try await journal.append(.outcome, .layer, id: plan.digest, ["built": false, "error": .string(message)])
    }

    nonisolated func isWaiting(for holder: FileLock.Holder?, _ plan: LayerPlan) {
        let who = holder.map { "process \($0.pid), \($0.purpose), since \($0.since)" } ?? "another process"
        terminal.note("      \(plan.plugin.id): waiting for \(who)")
    }
}
