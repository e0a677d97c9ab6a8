extension BringUp {
    /// What `run` would do, without doing it.
    package func plan(_ state: SessionState, commands: [SessionCommand]) async throws -> SessionPlan {
        _ = try await check()
        let plans = try await environments.layers(loaded.layers, of: project, observer: nil)
        var plan = SessionPlan(session: name)
        plan.add("nodes", nil, "keep", "this machine, in \(project.root)")
        plan.add("files", nil, "keep", "in place, nothing to copy")
        for layer in plans {
            let reason = environments.reason(for: layer, in: project)
            let name = layer.isSettled ? "\(layer.plugin.id) \(layer.digest.prefix(8))" : layer.plugin.id
            plan.add(
                "environment", name, layer.action(reason), reason ?? "built, and nothing that went into it has changed",
                steps: reason == nil ? [] : layer.stepTitles)
        }
        await addRay(to: &plan, plans, state)
        for command in commands {
            plan.add("command", command.label.isEmpty ? nil : command.label, "run", command.text.description)
        }
        return plan
    }

    private func addRay(to plan: inout SessionPlan, _ plans: [LayerPlan], _ state: SessionState) async {
        let isComplete = plans.allSatisfy { environments.store.isBuilt($0.digest) }
        if let ray = state.ray, ray.isAlive, ray.digests != plans.map(\.digest) {
            plan.add("ray", ray.version, "restart", "its environment changes: the Ray at \(ray.address ?? "") is ended")
            return
        }
        guard isComplete, let facts = try? await rayFacts(plans) else {
            plan.add("ray", nil, "start", "if the environment holds one, once it is built")
            return
        }
        guard let version = facts["ray_version"] else {
            plan.add("ray", nil, "skip", "no Ray in this environment")
            return
        }
        if let ray = state.ray, ray.isAlive, ray.digests == plans.map(\.digest) {
            plan.add("ray", version, "keep", "runs at \(ray.address ?? "")")
        } else {
            plan.add(
                "ray", version, "start",
                state.ray == nil ? "it does not run" : "it has died or its environment has changed")
        }
    }
}
