extension BringUp {
    /// What `run` would do, without doing it.
    package func plan(_ state: SessionState, commands: [SessionCommand]) async throws -> SessionPlan {
        let checked = try await check()
        guard checked.isInPlace else { return try await planElsewhere(checked, state, commands) }
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
        add(commands, to: &plan)
        return plan
    }

    /// Nothing is connected to: what is there already is seen by the start itself.
    private func planElsewhere(
        _ checked: Checked, _ state: SessionState, _ commands: [SessionCommand]
    ) async throws -> SessionPlan {
        let known = try await checked.provider.nodes(checked.configuration.config, uid: state.uid)
        let areMissing = checked.configuration.workers != nil && !known.contains { $0.state == .running }
        let nodes = areMissing ? [] : try await located(checked, uid: state.uid, try NodeReach(context))
        var plan = SessionPlan(session: name)
        for line in areMissing ? checked.configuration.creates : [] { plan.add("nodes", nil, "create", line) }
        if !areMissing { plan.add("nodes", nil, "keep", "\(nodes.sentence), \(nodes.way)") }
        plan.add("files", nil, "copy", "to ~/\(project.name) on every node, as far as it differs there")
        for layer in loaded.layers {
            plan.add(
                "environment", layer.plugin.id, "ensure", "planned on each node, and built where it is not there")
        }
        plan.add("ray", nil, "ensure", "on every node, if the environment holds one")
        add(commands, to: &plan)
        return plan
    }

    private func add(_ commands: [SessionCommand], to plan: inout SessionPlan) {
        for command in commands {
            plan.add("command", command.label.isEmpty ? nil : command.label, "run", command.text.description)
        }
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
