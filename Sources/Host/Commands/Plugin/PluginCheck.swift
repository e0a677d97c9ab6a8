import ArgumentParser
import Glibc

struct PluginCheck: RunnableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Judge a plugin before anyone else does.",
        discussion: """
            Reads the manifest and the library, loads the plugin in a process of its own, watches what it changes there, \
            and sends it hundreds of requests, most of them wrong. Every finding has a code, which \
            Documentation/Plugins/Checking.md explains.

            $ ray plugin check .
            $ ray plugin check build/apt --json
            $ ray plugin check . --level static     run none of its code
            $ ray plugin check . --replay 81263     the requests of an earlier check
            """)

    @Argument(help: ArgumentHelp("The plugin's folder, with its plugin.yaml.", valueName: "folder"))
    var folder: String

    @Option(help: ArgumentHelp("`static` runs none of the plugin's code.", valueName: "static|full"))
    var level = CheckRun.Level.full

    @Option(
        help: ArgumentHelp("Choose the requests by a number; without it, another one each time.", valueName: "number"))
    var seed: UInt64?

    @Option(help: ArgumentHelp("Send the requests of an earlier seed, and check nothing else.", valueName: "seed"))
    var replay: UInt64?

    @Flag(help: "Let a provider make a node, find it and end it.")
    var launch = false

    @OptionGroup var output: OutputOptions

    func validate() throws {
        if seed != nil, replay != nil {
            throw ValidationError("`--seed` and `--replay` are the same number, for different ends: give one")
        }
        if replay != nil, level == .static {
            throw ValidationError("`--replay` runs the plugin, which `--level static` does not")
        }
    }

    func run(_ context: Context, _ interrupts: Interrupts) async throws -> Int32 {
        let chosen = replay ?? seed ?? UInt64.random(in: 1...99_999)
        let run = CheckRun(
            context, folder: Self.resolved(context.workingDirectory / folder), level: level, seed: chosen,
            onlyRequests: replay != nil, launches: launch)
        let report = try await run.report()
        if context.terminal.isJSON {
            context.terminal.output(json: report.json)
        } else {
            context.terminal.output(report.text(TextStyle(directory: context.workingDirectory)))
        }
        return report.hasErrors ? 1 : 0
    }

    /// The path without links and dots, as far as there is something.
    private static func resolved(_ path: String) -> String {
        guard let whole = realpath(path, nil) else { return path }
        defer { free(whole) }
        return String(cString: whole)
    }
}

extension CheckRun.Level: ExpressibleByArgument {}
