import ArgumentParser

struct GetHeadIP: RunnableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get-head-ip", abstract: "Print the address of a cluster's head.")

    @OptionGroup var cluster: ClusterFileArguments
    @OptionGroup var output: OutputOptions

    func run(_ context: Context, _ interrupts: Interrupts) async throws -> Int32 {
        try await printAddresses(cluster, context) { $0.kind == .head }
    }
}

struct GetWorkerIPs: RunnableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get-worker-ips", abstract: "Print the addresses of a cluster's workers.")

    @OptionGroup var cluster: ClusterFileArguments
    @OptionGroup var output: OutputOptions

    func run(_ context: Context, _ interrupts: Interrupts) async throws -> Int32 {
        try await printAddresses(cluster, context) { $0.kind == .worker }
    }
}

/// Prints the address of each node that is meant, a line each; from outside, where it has one.
private func printAddresses(
    _ arguments: ClusterFileArguments, _ context: Context, _ isMeant: (Node) -> Bool
) async throws -> Int32 {
    let host = PluginHost(context)
    return try await host.closing {
        let loaded = try await LoadedCluster(arguments, context, host)
        let nodes = try await loaded.provider.nodes(loaded.configuration.config, uid: try loaded.uid())
        let addresses = nodes.filter { isMeant($0) && $0.state == .running }
            .map { $0.addresses?["external"] ?? $0.addresses?["internal"] ?? $0.id }
        if context.terminal.isJSON {
            context.terminal.output(json: .array(addresses.map(JSONValue.string)))
        } else {
            for address in addresses { context.terminal.output(address) }
        }
        return 0
    }
}
