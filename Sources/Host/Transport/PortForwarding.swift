/// Ports of this machine that lead to a node while something runs.
package struct PortForwarding: Sendable {
    package struct Port: Sendable, Equatable {
        package var local: Int
        package var remote: Int

        package init(local: Int, remote: Int) {
            self.local = local
            self.remote = remote
        }
    }

    private let node: ClusterNode

    package init(to node: ClusterNode) {
        self.node = node
    }

    /// Runs `body` while these ports lead there; throws where one cannot.
    package func with<Result: Sendable>(_ ports: [Port], _ body: () async throws -> Result) async throws -> Result {
        var open: [Port] = []
        do {
            for port in ports {
                try await begin(port)
                open.append(port)
            }
            let result = try await body()
            await end(open)
            return result
        } catch {
            await end(open)
            throw error
        }
    }

    private func begin(_ port: Port) async throws {
        // ssh says yes also to a port that another program of ours has it forward, who would be the one to end it.
        if !LocalPort.isFree(port.local) { await node.connection.endAbandoned(port.local) }
        let isFree = LocalPort.isFree(port.local)
        let said = isFree ? try await node.connection.forward(port) : "something listens on it"
        guard let said else { return }
        throw Failure(
            .conflict, "cannot forward port \(port.local) of this machine",
            cause: said.split(whereSeparator: \.isNewline).last.map(String.init),
            hint: "end what listens on it, or forward another one")
    }

    private func end(_ ports: [Port]) async {
        // Also when this task was cancelled, which would end the program that does it.
        await Task { for port in ports { await node.connection.cancel(port) } }.value
    }
}
