import ArgumentParser
import FoundationEssentials
import Glibc

struct Exec: RunnableCommand {
    static let configuration = CommandConfiguration(
        commandName: "exec", abstract: "Run a command on a cluster's head.",
        discussion: """
            One word is a command for the login shell of the head's user. After `--` each word is an argument of a \
            program, and reaches it as it is. Input, output and the exit status are those of the command.

            $ ray exec cluster.yaml 'ray status'
            $ ray exec cluster.yaml -- python train.py --name 'a b'
            """)

    @OptionGroup var cluster: ClusterFileArguments
    @OptionGroup var output: OutputOptions

    @Argument(
        parsing: .captureForPassthrough,
        help: ArgumentHelp("The command, or `--` and a program with its arguments.", valueName: "command"))
    var words: [String] = []

    var passesStatusThrough: Bool { true }

    func run(_ context: Context, _ interrupts: Interrupts) async throws -> Int32 {
        let command = try RemoteCommand(words)
        let host = PluginHost(context)
        return try await host.closing {
            let loaded = try await LoadedCluster(cluster, context, host)
            let uid = try loaded.uid()
            let reach = try NodeReach(context)
            let head = try loaded.head(of: try await loaded.nodes(of: uid, reach: reach))
            try await head.connection.open(node: head.id, wait: .seconds(10)) {
                context.terminal.note("\(head.title): waiting: \($0)")
            }
            return try await RemoteRun(head, context).run(command, interrupts)
        }
    }
}
