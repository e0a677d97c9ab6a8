/// What completion may ask about this machine.
package struct CompletionSources {
    /// Reads the project of the current folder.
    package var project: () -> CompletionProject
    package var sessions: () -> [String]

    package init(
        project: @autoclosure @escaping () -> CompletionProject, sessions: @autoclosure @escaping () -> [String]
    ) {
        self.project = project
        self.sessions = sessions
    }

    init(_ context: Context) {
        self.init(project: CompletionProject(at: context.workingDirectory), sessions: SessionFolder.known(in: context))
    }
}

/// What can be read of a project, whatever is wrong with it.
package struct CompletionProject {
    private let node: YAMLNode?

    package init(_ node: YAMLNode?) {
        self.node = node
    }

    /// Neither schema nor plugins nor the cluster's file are looked at: this is for every key press.
    package init(at folder: String) {
        guard let file = try? ProjectLocation.find(from: folder).file, let bytes = try? ConfigurationFile.read(file)
        else {
            node = nil
            return
        }
        node = try? YAMLNode.parse(bytes, file: file)
    }

    /// The commands that can be named, with their help.
    package var commands: [Candidate] {
        (node?["commands"]?.sequence ?? []).compactMap { command in
            command["name"]?.string.map { Candidate($0, help: command["help"]?.string ?? "") }
        }
    }

    package func parameters(ofCommand name: String) -> [Parameter] {
        let command = (node?["commands"]?.sequence ?? []).first { $0["name"]?.string == name }
        return (command?["params"]?.sequence ?? []).compactMap { Parameter($0) }
    }

    package var clusterParameters: [Parameter] { node.map { Project.clusterParameters(in: $0) } ?? [] }
}

extension SessionFolder {
    /// The names of the sessions that were not ended, by the last record of each alone.
    fileprivate static func known(in context: Context) -> [String] {
        existing(in: context).filter { folder in
            let last = Files.tail(of: folder.journal, lines: 1)
            return !(last.contains(#""step":"stop""#) && last.contains(#""terminated":true"#))
        }.map(\.name)
    }
}
