import ArgumentParser

struct ProjectCommandGroup: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "project", abstract: "Make and check projects.",
        subcommands: [ProjectCreate.self, ProjectValidate.self, ProjectSchemaPrint.self])
}
