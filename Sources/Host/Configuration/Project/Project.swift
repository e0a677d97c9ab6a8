/// A project that fits the schema, its files found and its commands checked.
package struct Project: Sendable {
    /// An environment variable of the commands.
    package struct Variable: Sendable, Equatable {
        /// The name as the environment has it.
        package var name: String
        /// The value as written: `1.10` stays `1.10`.
        package var value: PlacedText
    }

    /// When a session that nobody uses ends, and how.
    package struct Idle: Sendable, Equatable {
        /// What happens to the nodes.
        package enum Action: String, Sendable {
            case stop, terminate
        }

        /// Minutes without a command.
        package var minutes: Double
        /// What to do then; to stop where the file does not say.
        package var action: Action

        init?(_ node: YAMLNode) {
            guard let minutes = node["minutes"]?.number else { return nil }
            self.minutes = minutes
            action = node["action"]?.string.flatMap(Action.init) ?? .stop
        }
    }

    /// The name, fit for a folder and a session.
    package var name: String
    /// What it is, in the author's words.
    package var description: String?
    /// Where its source is: `repo`.
    package var repository: String?
    /// Where its documentation is.
    package var documentation: String?
    /// Words to find it by.
    package var tags: [String]
    /// The cluster file and the parameters it takes.
    package var clusterReference: ClusterReference
    /// The cluster for commands that name none of their own.
    package var cluster: ClusterConfig
    /// What plugins handle: `environment` without `variables`, in the order of the file.
    package var environment: [YAMLEntry]
    /// The files whose contents stand in `environment` in the place of their names.
    package var documents: [String]
    /// Environment variables in the order of the file.
    package var variables: [Variable]
    /// The commands in the order of the file.
    package var commands: [ProjectCommand]
    /// Paths that the commands write, as written.
    package var outputFiles: [String]
    /// When an unused session ends; nil for never.
    package var idle: Idle?
    /// Where the project was found.
    package var location: ProjectLocation
    /// The whole file.
    package var node: YAMLNode

    /// The folder that relative paths start from.
    package var root: String { location.root }
    /// The project file.
    package var file: String { location.file }

    /// A path of the project file, made absolute.
    package func path(_ written: String) -> String { root / written }

    /// The command of this name, or an error with class `usage` that suggests another.
    package func command(named name: String) throws(Failure) -> ProjectCommand {
        if let command = commands.first(where: { $0.name == name }) { return command }
        let hint =
            suggestion(for: name, among: commands.map(\.name))
            ?? commandHint ?? "run shell text with `--shell`"
        throw Failure(.usage, "there is no command `\(name)` in `\(file)`", hint: hint)
    }

    /// The commands that there are, for a hint.
    package var commandHint: String? {
        commands.isEmpty ? nil : "the project has \(commands.map { "`\($0.name)`" }.joined(separator: ", "))"
    }

    /// Builds the project from a node that fits the schema.
    init(
        _ node: YAMLNode, location: ProjectLocation, commands: [ProjectCommand], cluster: ClusterConfig,
        clusterReference: ClusterReference, documents: [String] = []
    ) {
        name = node["name"]?.string ?? ""
        description = node["description"]?.string
        repository = node["repo"]?.string
        documentation = node["documentation"]?.string
        tags = (node["tags"]?.sequence ?? []).compactMap(\.string)
        self.clusterReference = clusterReference
        self.cluster = cluster
        environment = (node["environment"]?.mapping ?? []).filter { $0.key != "variables" }
        self.documents = documents
        variables = (node["environment"]?["variables"]?.mapping ?? []).compactMap { entry in
            PlacedText(entry.value).map { Variable(name: entry.key, value: $0) }
        }
        self.commands = commands
        outputFiles = (node["output_files"]?.sequence ?? []).compactMap(\.string)
        idle = node["idle"].flatMap(Idle.init)
        self.location = location
        self.node = node
    }
}
