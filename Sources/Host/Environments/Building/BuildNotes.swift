/// Says what a build does.
struct BuildNotes: EnvironmentSetup.Observer {
    let terminal: Terminal
    let indentation: String

    func willBuild(_ plan: LayerPlan) async throws {
        for text in plan.notes { note(text, plan.plugin) }
    }

    func willRun(_ step: LayerPlan.Step, number: Int, of plan: LayerPlan) async throws {
        note(step.title, plan.plugin)
    }

    func didBuild(_ plan: LayerPlan) async throws {}

    func didFail(_ plan: LayerPlan, _ failure: Failure) async throws {}

    func note(_ text: String, _ plugin: Plugin) {
        terminal.note("\(indentation)\(plugin.id): \(text)")
    }
}
