/// Plans and builds the layers of a project's environment on nodes elsewhere.
package struct NodeLayers: Sendable {
    private let environments: EnvironmentSetup
    private let layers: [Layer]
    private let project: Project
    private let lock: EnvironmentLock

    /// `lock` holds what is locked; nothing is resolved on a node.
    package init(_ environments: EnvironmentSetup, _ layers: [Layer], of project: Project, _ lock: EnvironmentLock) {
        self.environments = environments
        self.layers = layers
        self.project = project
        self.lock = lock
    }

    /// Makes all layers be there, lowest first, and returns them, and whether any had to be built.
    ///
    /// `log` is the file, here, that takes what builds print.
    package func run(at place: NodePlace, log: String, told: @escaping @Sendable (String) -> Void) async throws
        -> (plans: [LayerPlan], wasBuilt: Bool)
    {
        var plans: [LayerPlan] = []
        var wasBuilt = false
        for layer in layers {
            let plan = try await environments.plan(layer, of: project, on: plans, lock, at: place)
            let build = NodeLayerBuild(
                environments, place: place, plan: plan, below: plans, project: project.name, log: log
            ) { told("\(plan.plugin.id): \($0)") }
            if try await build.run() { wasBuilt = true }
            plans.append(plan)
        }
        return (plans, wasBuilt)
    }
}
