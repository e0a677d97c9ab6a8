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
                guard try await begin(port) else { throw taken(port.local) }
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

    /// Returns whether the port was free here.
    package func begin(_ port: Port) async throws -> Bool {
        guard LocalPort.isFree(port.local) else { return false }
        guard let said = try await node.connection.forward(port) else { return true }
        throw Failure(
            .unreachable, "cannot forward port \(port.local) to port \(port.remote) of node `\(node.id)`",
            cause: said.split(whereSeparator: \.isNewline).last.map(String.init),
            hint: "see whether sshd there lets ports be forwarded: `AllowTcpForwarding` in its configuration")
    }

    package func end(_ ports: [Port]) async {
        // Also when this task was cancelled, which would end the program that does it.
        await Task { for port in ports { await node.connection.cancel(port) } }.value
    }

    private func taken(_ port: Int) -> Failure {
        Failure(
            .conflict, "port \(port) of this machine is in use",
            hint: "end what listens on it, or forward another one")
    }
}
