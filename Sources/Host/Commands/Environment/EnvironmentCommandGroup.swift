import ArgumentParser

struct EnvironmentCommandGroup: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "environment", abstract: "See what environments are made of, and which are there.",
        subcommands: [EnvironmentPlan.self, EnvironmentList.self])
}
