/// What completion may ask about this machine.
package struct CompletionSources {
    /// Reads the project of the current folder.
    package var project: () -> ProjectOutline
    package var sessions: () -> [String]

    package init(
        project: @autoclosure @escaping () -> ProjectOutline, sessions: @autoclosure @escaping () -> [String]
    ) {
        self.project = project
        self.sessions = sessions
    }

    init(_ context: Context) {
        self.init(project: ProjectOutline(at: context.workingDirectory), sessions: SessionFolder.known(in: context))
    }
}

extension ProjectOutline {
    /// The commands that can be named, with their help.
    package var candidates: [Candidate] {
        commands.compactMap { command in
            command["name"]?.string.map { Candidate($0, help: command["help"]?.string ?? "") }
        }
    }
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
