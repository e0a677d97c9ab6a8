import ArgumentParser

struct Submit: TakesHeadCommand {
    static let configuration = CommandConfiguration(
        commandName: "submit", abstract: "Copy a script to a cluster's head, and run it there with Python.",
        discussion: """
            The script comes into the home of the head's user, under its own name. Each word after it is an argument \
            and reaches it as it is. Input, output and the exit status are those of the script.

            $ ray submit cluster.yaml train.py
            $ ray submit cluster.yaml train.py --lr 0.1 --name 'a b'
            $ ray submit cluster.yaml --start --stop train.py
            """)

    @OptionGroup var cluster: ClusterFileArguments
    @OptionGroup var head: HeadCommandOptions
    @OptionGroup var stopping: StopOption
    @OptionGroup var output: OutputOptions

    @Argument(
        parsing: .captureForPassthrough,
        help: ArgumentHelp("The script, and its arguments.", valueName: "script"))
    var words: [String] = []

    static var takesOptionsLast: Bool { false }

    func run(_ context: Context, _ interrupts: Interrupts) async throws -> Int32 {
        let words = words.first == "--" ? Array(words.dropFirst()) : words
        guard let given = words.first else {
            throw Failure(
                .usage, "a script is missing", hint: "give one, as in `ray submit cluster.yaml train.py`")
        }
        let script = context.resolved(given)
        guard Files.exists(script), !Files.isFolder(script) else {
            throw Failure(.usage, "there is no file `\(given)`", hint: "give the path of a script of this machine")
        }
        return try await runOnHead(context, interrupts) { node in
            let path = "\"$HOME\"/\(script.lastPathName.shellQuoted)"
            // Whole or not at all: one that runs already keeps what it has read.
            try await node.connection.send(
                script, to: "cat > \(path).ray-$$ && mv -f \(path).ray-$$ \(path)", node: node.id)
            let arguments = words.dropFirst().map { " " + $0.shellQuoted }.joined()
            return RemoteCommand(text: "python \(path)\(arguments)")
        }
    }
}
