/// The cluster files that a project and its commands name.
struct ClusterFiles {
    /// What came of them.
    struct Loaded {
        var reference: ClusterReference?
        var cluster: ClusterConfig?
        var diagnostics: [Diagnostic] = []
    }

    let location: ProjectLocation
    let schema: ProjectSchema
    let arguments: ClusterArguments

    /// Reads the project's file and those of its commands, which get theirs.
    ///
    /// `unsound` are the paths of the project file where something is wrong already.
    func load(_ node: YAMLNode?, _ commands: inout [ProjectCommand], unsound: [DocumentPath]) -> Loaded {
        var loaded = Loaded(reference: node.flatMap { ClusterReference($0) })
        var seen: [(reference: ClusterReference, cluster: ClusterConfig?)] = []
        if var reference = loaded.reference {
            judge(&reference, of: "the cluster", at: DocumentPath([.key("cluster")]), unsound, &loaded)
            loaded.reference = reference
            loaded.cluster = read(reference, arguments, &loaded)
            seen.append((reference, loaded.cluster))
        }
        for index in commands.indices {
            guard var reference = commands[index].clusterReference else { continue }
            let path = commands[index].path.appending("cluster")
            judge(&reference, of: "the cluster of `\(commands[index].name)`", at: path, unsound, &loaded)
            commands[index].clusterReference = reference
            let same = seen.first { $0.reference.isSameFile(as: reference) }
            commands[index].cluster = same.map(\.cluster) ?? read(reference, arguments, &loaded)
            if same == nil { seen.append((reference, commands[index].cluster)) }
        }
        let parameters = seen.flatMap(\.reference.parameters)
        loaded.diagnostics += arguments.unknown(among: parameters, of: location.file)
        return loaded
    }

    private func judge(
        _ reference: inout ClusterReference, of owner: String, at path: DocumentPath, _ unsound: [DocumentPath],
        _ loaded: inout Loaded
    ) {
        guard !unsound.contains(where: { $0.starts(with: path) }) else {
            reference.isSound = false
            return
        }
        let found = ProjectChecks.diagnostics(of: reference.parameters, of: owner, at: path.appending("params"))
        reference.isSound = found.isEmpty
        loaded.diagnostics += found
    }

    private func read(
        _ reference: ClusterReference, _ arguments: ClusterArguments, _ loaded: inout Loaded
    ) -> ClusterConfig? {
        guard !reference.file.text.isEmpty else { return nil }
        do throws(Failure) {
            let cluster = try ClusterConfig.load(
                location.root / reference.file.text, schema: schema, reference: reference, arguments: arguments)
            loaded.diagnostics += cluster.warnings
            return cluster
        } catch {
            loaded.diagnostics += error.diagnostics
            return nil
        }
    }
}

extension ClusterReference {
    /// Whether both name one file and take no parameters, so that it need be read only once.
    fileprivate func isSameFile(as other: ClusterReference) -> Bool {
        file.text == other.file.text && parameters.isEmpty && other.parameters.isEmpty
    }
}
