import ArgumentParser

struct Exec: TakesHeadCommand {
    static let configuration = CommandConfiguration(
        commandName: "exec", abstract: "Run a command on a cluster's head.",
        discussion: """
            One word is a command for the login shell of the head's user. After `--` each word is an argument of a \
            program, and reaches it as it is. Input, output and the exit status are those of the command.

            $ ray exec cluster.yaml 'ray status'
            $ ray exec cluster.yaml -- python train.py --name 'a b'
            $ ray exec cluster.yaml --start --stop 'python train.py'
            """)

    @OptionGroup var cluster: ClusterFileArguments
    @OptionGroup var head: HeadCommandOptions
    @OptionGroup var stopping: StopOption
    @OptionGroup var output: OutputOptions

    @Argument(
        parsing: .captureForPassthrough,
        help: ArgumentHelp("The command, or `--` and a program with its arguments.", valueName: "command"))
    var words: [String] = []

    static var takesOptionsLast: Bool { true }

    func run(_ context: Context, _ interrupts: Interrupts) async throws -> Int32 {
        let command = try RemoteCommand(words)
        return try await runOnHead(context, interrupts) { _ in command }
    }
}
