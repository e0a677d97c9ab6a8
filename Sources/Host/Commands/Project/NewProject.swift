import FoundationEssentials
import Glibc

/// A project that is about to be made.
struct NewProject {
    enum Cluster {
        /// A cluster file of the user's, relative to the root.
        case given(String)
        case template(ClusterTemplate, isDefault: Bool)
    }

    var name: String
    /// Where the source is, where git knows it.
    var repository: String?
    var cluster: Cluster
    /// What the options ask for; empty for a requirements file of ours.
    var environment: [(key: String, value: YAMLTree)]

    /// Checks what the files will refer to; throws what is wrong, returns what should be said.
    func check(_ context: Context, _ options: PluginOptions) throws(Failure) -> [Diagnostic] {
        let (schema, catalogue) = try LoadedProject.schemaAndCatalogue(context, options)
        let known = try KnownPlugins(folders: context.folders)
        var warnings: [Diagnostic] = []
        let cluster = try clusterConfig(context, schema)
        if let warning = known.warning(forProvider: cluster.providerType, at: cluster.providerTypePlace, catalogue) {
            warnings.append(warning)
        } else if catalogue.providers(of: cluster.providerType).isEmpty {
            throw Failure([
                known.diagnostic(forProvider: cluster.providerType, at: cluster.providerTypePlace, catalogue)
            ])
        }
        return warnings + environment.compactMap { known.warning(forKey: $0.key, catalogue) }
    }

    private func clusterConfig(_ context: Context, _ schema: ProjectSchema) throws(Failure) -> ClusterConfig {
        switch cluster {
        case .given(let path): return try ClusterConfig.load(context.workingDirectory / path, schema: schema)
        case .template(let template, _):
            let file = ".rayproject/cluster.yaml"
            return try ClusterConfig(parsing: template.text(named: name), file: file, schema: schema)
        }
    }

    /// Makes `.rayproject` in one step, so that nothing half-written is left behind.
    func write(below root: String) throws {
        let staging = root / ".rayproject.\(getpid()).new"
        do {
            try Files.makeFolder(staging)
            for (file, text) in files { try Files.replace(staging / file, with: Data(text.utf8)) }
            guard rename(staging, root / ".rayproject") == 0 else {
                throw Failure(system: errno, "cannot make the folder `\(root / ".rayproject")`")
            }
        } catch {
            try? Files.remove(staging)
            throw error
        }
    }
}

// MARK: - What is written and what is said of it

extension NewProject {
    private static let requirements = (file: "requirements.txt", text: "ray\n")

    private var files: [(name: String, text: String)] {
        var files = [("project.yaml", projectFile)]
        if case .template(let template, _) = cluster { files.append(("cluster.yaml", template.text(named: name))) }
        if environment.isEmpty { files.append((Self.requirements.file, Self.requirements.text)) }
        return files
    }

    private var projectFile: String {
        let clusterFile = if case .given(let path) = cluster { path } else { ".rayproject/cluster.yaml" }
        let needs = environment.isEmpty ? [("requirements", .text(".rayproject/requirements.txt"))] : environment
        return """
            name: \(YAMLText.quoted(name))
            # description: what it does, for people
            \(repository.map { "repo: \(YAMLText.quoted($0))\n" } ?? "")
            cluster:
              config: \(YAMLText.scalar(.string(clusterFile)))

            \(YAMLTree.mapping([("environment", .mapping(needs))]).yaml)

            commands:
              - name: default
            \(command)

            """
    }

    /// A command that works as it is.
    private var command: String {
        guard environment.isEmpty else {
            return """
                    help: put your program in its place
                    command: echo 'Put your program into .rayproject/project.yaml'
                """
        }
        return """
                help: show what Ray has here; put your program in its place
                command: >-
                  python -c 'import ray; ray.init(logging_level="warning");
                  print("Ray", ray.__version__, "with", int(ray.cluster_resources()["CPU"]), "CPUs")'
            """
    }

    /// What was made, and what was assumed.
    var summary: String {
        let names = files.map(\.name)
        let first = names.dropLast().joined(separator: ", ")
        var lines = ["created .rayproject/\(first.isEmpty ? names[0] : "\(first) and \(names[names.count - 1])")"]
        if case .template(let template, isDefault: true) = cluster {
            lines.append("using a default cluster.yaml: \(template.about); `--cluster-yaml` names another")
        }
        if environment.isEmpty {
            lines.append("using a default requirements.txt: ray; `--requirements` names another")
        }
        return (lines + ["next: `ray session start`"]).joined(separator: "\n")
    }
}
