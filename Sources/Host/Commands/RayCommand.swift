import ArgumentParser

/// The version of this program.
package let rayVersion = "0.1.0"

/// `ray`, the parent of all commands.
struct RayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ray",
        abstract: "Run a packaged Ray application again, in the same environment.",
        discussion: """
            $ ray project create my-project   make this folder a project
            $ ray session start               start Ray in its environment, run it
            $ ray session attach              a shell inside
            $ ray session stop                end what was started
            """,
        version: "ray \(rayVersion)",
        subcommands: [
            ProjectCommandGroup.self, SessionCommandGroup.self, EnvironmentCommandGroup.self, Up.self, Down.self,
            Exec.self, Submit.self, Attach.self, Monitor.self, Dashboard.self, RsyncUp.self, RsyncDown.self,
            GetHeadIP.self, GetWorkerIPs.self, Clusters.self, PluginCommandGroup.self, CompletionCommandGroup.self,
        ])
}

extension ParsableCommand {
    /// The subcommand that a word names.
    static func child(_ word: String) -> (any ParsableCommand.Type)? {
        configuration.subcommands.first { $0.commandWord == word || $0.configuration.aliases.contains(word) }
    }

    /// The subcommands that the help shows.
    static var visibleChildren: [any ParsableCommand.Type] {
        configuration.subcommands.filter { $0.configuration.shouldDisplay }
    }

    /// What the command line calls it.
    static var commandWord: String { configuration.commandName ?? "" }
}

/// A command that does something: arguments in, one call, output.
protocol RunnableCommand: ParsableCommand, Sendable {
    /// Returns the exit status.
    func run(_ context: Context, _ interrupts: Interrupts) async throws -> Int32

    /// Whether a program of the user's may run, so that 125 rather than 1 is the status of a
    /// failure of ours.
    var passesStatusThrough: Bool { get }
    var output: OutputOptions { get }

    /// This command with what could be read only after a look at the project.
    func completed(in context: Context) throws -> any RunnableCommand
}

extension RunnableCommand {
    var passesStatusThrough: Bool { false }
    func completed(in context: Context) throws -> any RunnableCommand { self }
}

/// The options that choose plugins.
struct PluginPathOptions: ParsableArguments {
    @Option(
        name: .customLong("plugin-path"),
        help: ArgumentHelp("Search this folder for plugins first.", valueName: "folder"))
    var pluginPath: [String] = []

    @Flag(name: .customLong("no-plugins"), help: "Use only the plugins that came with ray.")
    var noPlugins = false

    var options: PluginOptions { PluginOptions(pluginPath: pluginPath, noPlugins: noPlugins) }
}

/// The option of commands that follow what the project is locked to.
struct LockedOption: ParsableArguments {
    @Flag(help: "Refuse what differs from the project's plugins.lock and environment.lock, and write neither.")
    var locked = false
}

/// What every command takes; these may also stand before the first word.
struct OutputOptions: ParsableArguments {
    @Flag(help: "Print JSON: data on standard output, messages as events on standard error.")
    var json = false

    @Flag(name: [.short, .long], help: "Say nothing but errors.")
    var quiet = false

    @Flag(name: .customLong("no-color"), help: "Use no colour, as with the variable NO_COLOR.")
    var noColor = false

    /// The options as they may stand before the first word.
    static let words: Set = ["--json", "--quiet", "-q", "--no-color"]

    /// The same for words that are all of the above.
    static func adjust(_ terminal: inout Terminal, words: some Collection<String>) {
        guard !words.isEmpty, let options = try? Self.parse(Array(words)) else { return }
        options.adjust(&terminal)
    }

    func adjust(_ terminal: inout Terminal) {
        terminal.isJSON = terminal.isJSON || json
        terminal.isQuiet = terminal.isQuiet || quiet
        if noColor || terminal.isJSON { terminal.style.hasColour = false }
    }
}
