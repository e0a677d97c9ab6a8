import ArgumentParser

struct Dashboard: RunnableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dashboard", abstract: "Have a port of this machine lead to the dashboard of a cluster.",
        discussion: """
            Prints the address to open in a browser, and stays until it is interrupted.

            $ ray dashboard cluster.yaml
            """)

    @OptionGroup var cluster: ClusterFileArguments

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("The port here; otherwise 8265, or another that is free.", valueName: "number"))
    var port: Int?

    @Option(
        name: .customLong("remote-port"),
        help: ArgumentHelp("The dashboard's port on the head.", valueName: "number"))
    var remotePort = 8265

    @OptionGroup var output: OutputOptions

    func validate() throws {
        for number in [port ?? 1, remotePort] where !(1...65535).contains(number) {
            throw ValidationError("a port is from 1 to 65535, not \(number)")
        }
    }

    func run(_ context: Context, _ interrupts: Interrupts) async throws -> Int32 {
        let host = PluginHost(context)
        return try await host.closing {
            let loaded = try await LoadedCluster(cluster, context, host)
            let head = try await loaded.connectedHead()
            let local = port ?? (LocalPort.isFree(8265) ? 8265 : LocalPort.anyFree() ?? 8265)
            let forwarded = [PortForwarding.Port(local: local, remote: remotePort)]
            return try await PortForwarding(to: head).with(forwarded) {
                let address = "http://localhost:\(local)"
                if context.terminal.isJSON {
                    context.terminal.output(json: ["url": .string(address)])
                } else {
                    context.terminal.output(address)
                }
                while !Task.isCancelled {
                    guard await head.connection.isOpen else {
                        throw Failure(
                            .unreachable, "the connection to node `\(head.id)` has ended", hint: "run the command again"
                        )
                    }
                    try? await Task.sleep(for: .seconds(1))
                }
                return 0
            }
        }
    }
}
