import ArgumentParser

struct EnvironmentCommandGroup: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "environment", abstract: "Build environments, and see what they are made of and which are there.",
        subcommands: [
            EnvironmentPlan.self, EnvironmentBuild.self, EnvironmentLocking.self, EnvironmentList.self,
            EnvironmentVerify.self, EnvironmentGC.self,
        ])

    /// The digests that a session or a project on this machine needs.
    static func needed(_ context: Context) -> Set<String> {
        ProjectMemory(folders: context.folders).needed.union(users(context).keys)
    }

    /// The sessions that run in each layer, by digest.
    static func users(_ context: Context) -> [String: [String]] {
        var users: [String: [String]] = [:]
        for folder in SessionFolder.existing(in: context) {
            // A session whose journal cannot be read is `session list`'s to tell.
            guard let state = try? folder.state(), state.phase != .none, state.phase != .stopped else { continue }
            for digest in state.environment?.digests ?? [] { users[digest, default: []].append(folder.name) }
        }
        return users
    }
}
