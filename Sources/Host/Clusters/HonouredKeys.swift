extension ClusterConfig {
    /// What is followed on hosts, or has no meaning where nothing starts and ends machines.
    private static let honoured: Set = [
        "cluster_name", "provider", "auth", "min_workers", "max_workers", "available_node_types", "head_node_type",
        "initialization_commands", "setup_commands", "head_setup_commands", "worker_setup_commands",
        "head_start_ray_commands", "worker_start_ray_commands", "upscaling_speed", "idle_timeout_minutes", "metadata",
        "initial_workers", "autoscaling_mode", "target_utilization_fraction", "no_restart",
        "file_mounts", "cluster_synced_files", "rsync_exclude", "rsync_filter",
    ]

    /// What the file asks of nodes elsewhere that cannot be done: an error for each, so that nothing of it is
    /// ignored.
    package var notHonoured: [Diagnostic] {
        (node.mapping ?? []).filter { !Self.honoured.contains($0.key) && $0.value.asksForSomething }.map { entry in
            Diagnostic(
                .input, "`\(entry.key)` cannot be honoured on hosts by this version of ray", at: entry.keyPlace,
                hint: "leave it out, and do by `setup_commands` what it does")
        }
    }

    /// How many workers are wanted at least; nil for all that there are.
    package var leastWorkers: Int? {
        let types = node["available_node_types"]?.mapping ?? []
        let counts = types.compactMap { $0.value["min_workers"]?.int }
        let least = node["min_workers"]?.int ?? (counts.isEmpty ? nil : counts.reduce(0, +))
        return least.flatMap(Int.init(exactly:))
    }

    /// How many workers come up where there are `count`: all, or as many as are wanted at least, and no more than
    /// `max_workers` says.
    package func workers(of count: Int) -> Int {
        let most = node["max_workers"]?.int.flatMap(Int.init(exactly:)) ?? count
        return max(0, min(leastWorkers ?? count, most, count))
    }

    /// The name of a cluster without one, as Ray has it.
    package static let usualName = "default"
}

extension YAMLNode {
    fileprivate var asksForSomething: Bool {
        !isNull && value != .bool(false) && sequence?.isEmpty != true && mapping?.isEmpty != true
    }
}
