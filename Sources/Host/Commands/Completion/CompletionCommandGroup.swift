import ArgumentParser

struct CompletionCommandGroup: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "completion", abstract: "Print a script that completes what you type.",
        subcommands: [CompletionBash.self, CompletionZsh.self, CompletionFish.self, CompletionComplete.self])
}

struct CompletionBash: RunnableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bash", abstract: "Print the script for bash.",
        discussion: """
            Put this line into ~/.bashrc:

            eval "$(ray completion bash)"
            """)

    @OptionGroup var output: OutputOptions

    func run(_ context: Context, _ interrupts: Interrupts) async throws -> Int32 {
        context.terminal.output(CompletionShell.bash.script(program: context.program))
        return 0
    }
}

struct CompletionZsh: RunnableCommand {
    static let configuration = CommandConfiguration(
        commandName: "zsh", abstract: "Print the script for zsh.",
        discussion: """
            Put this line into ~/.zshrc, behind `autoload -U compinit; compinit`:

            eval "$(ray completion zsh)"
            """)

    @OptionGroup var output: OutputOptions

    func run(_ context: Context, _ interrupts: Interrupts) async throws -> Int32 {
        context.terminal.output(CompletionShell.zsh.script(program: context.program))
        return 0
    }
}

struct CompletionFish: RunnableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fish", abstract: "Print the script for fish.",
        discussion: """
            Run this once:

            ray completion fish > ~/.config/fish/completions/ray.fish
            """)

    @OptionGroup var output: OutputOptions

    func run(_ context: Context, _ interrupts: Interrupts) async throws -> Int32 {
        context.terminal.output(CompletionShell.fish.script(program: context.program))
        return 0
    }
}

/// What the scripts ask, at every press of the key.
struct CompletionComplete: RunnableCommand {
    static let configuration = CommandConfiguration(
        commandName: "complete", abstract: "Print what may stand where the cursor is.", shouldDisplay: false)

    @Option(help: "The shell that asks.") var shell: CompletionShell
    @Flag(help: "For bash: WORDS are the command line up to the cursor, as written, and the end of it to replace.")
    var line = false

    @Argument(
        parsing: .postTerminator, help: "The words behind `ray`, the last being the one to complete, perhaps empty.")
    var words: [String] = []

    @OptionGroup var output: OutputOptions

    func run(_ context: Context, _ interrupts: Interrupts) async throws -> Int32 {
        let answer = answer(Completion(below: RayCommand.self, CompletionSources(context)))
        if !answer.isEmpty { context.terminal.output(answer) }
        return 0
    }

    private func answer(_ completion: Completion) -> String {
        let written = BashLine((line ? words.first : words.last) ?? "")
        let before = line ? written.words.dropFirst() : words.dropLast()
        let completions = completion.completions(of: written.last, after: Array(before))
        guard shell == .bash else { return shell.answer(completions) }
        let replaced = line ? words.last ?? "" : written.lastWritten
        return BashWord(written, replaced: replaced).map { shell.answer(completions, replacing: $0) } ?? ""
    }
}

extension CompletionShell: ExpressibleByArgument {}
