extension LoadedProject {
    /// What was read, resolved, for people and programs; of variables the names alone.
    var description: YAMLTree {
        .mapping([
            ("name", .text(project.name)), ("description", .text(orNull: project.description)),
            ("repo", .text(orNull: project.repository)), ("documentation", .text(orNull: project.documentation)),
            ("tags", .texts(project.tags)), ("root", .text(project.root)), ("file", .text(project.file)),
            ("cluster", description(of: project.cluster, project.clusterReference)),
            ("environment", environment), ("variables", .texts(project.variables.map(\.name))),
            ("commands", .list(project.commands.map(description))), ("output_files", .texts(project.outputFiles)),
            ("idle", project.idle.map(\.description) ?? .scalar(.null)),
        ])
    }

    private func description(of cluster: ClusterConfig, _ reference: ClusterReference) -> YAMLTree {
        let plugin = catalogue.providers(of: cluster.providerType).first
        return .mapping([
            ("file", .text(cluster.file)), ("name", .text(orNull: cluster.name)),
            (
                "provider",
                .mapping([("type", .text(cluster.providerType)), ("plugin", .text(orNull: plugin.map(\.label)))])
            ),
            ("params", .list(reference.parameters.map { $0.description(value: cluster.parameters[$0.name] ?? nil) })),
        ])
    }

    private var environment: YAMLTree {
        .mapping(
            project.environment.map { entry in
                (entry.key, .text(orNull: catalogue.builders(of: entry.key).first?.label))
            })
    }

    private func description(of command: ProjectCommand) -> YAMLTree {
        let cluster = command.cluster.flatMap { cluster in
            command.clusterReference.map { description(of: cluster, $0) }
        }
        return .mapping([
            ("name", .text(command.name)), ("help", .text(orNull: command.help)),
            ("command", .text(command.template.text)), ("params", .list(command.parameters.map { $0.description() })),
            ("tmux", .scalar(.bool(command.usesTmux))),
            ("port_forward", .list(command.forwardedPorts.map { .scalar(.int(Int64($0))) })),
            ("cluster", cluster ?? .scalar(.null)),
        ])
    }
}

extension Parameter {
    fileprivate func description() -> YAMLTree { .mapping(entries) }

    fileprivate func description(value: String?) -> YAMLTree {
        .mapping(entries + [("value", value.map(tree) ?? .scalar(.null))])
    }

    private var entries: [(key: String, value: YAMLTree)] {
        [
            ("name", .text(name)), ("help", .text(orNull: help)), ("type", .text(orNull: type?.rawValue)),
            ("choices", .list(choices.map { tree($0.text) })),
            ("default", defaultValue.map { tree($0.text) } ?? .scalar(.null)),
            ("required", isRequired.map { .scalar(.bool($0)) } ?? .scalar(.null)),
        ]
    }

    /// A value as its type has it.
    private func tree(_ text: String) -> YAMLTree {
        let text = reading(text) ?? text
        return switch type {
        case .int?: .scalar(Int64(text).map(JSONValue.int) ?? .string(text))
        case .float?: .scalar(Double(text).flatMap { $0.isFinite ? .number($0) : nil } ?? .string(text))
        case .bool?: .scalar(.bool(text == "true"))
        case .str?, nil: .text(text)
        }
    }
}

extension Project.Idle {
    fileprivate var description: YAMLTree {
        .mapping([("minutes", .scalar(.number(minutes))), ("action", .text(action.rawValue))])
    }
}

extension Plugin {
    fileprivate var label: String { "\(id) \(manifest.version)" }
}

extension YAMLTree {
    fileprivate static func text(orNull text: String?) -> YAMLTree { text.map { .text($0) } ?? .scalar(.null) }
}
