import PluginKit

/// The machines of a cluster, as the cluster file names them.
struct Machines: Equatable {
    /// nil for this machine.
    var head: String?
    var workers: [String] = []
    /// The address of the head as seen from outside of its network.
    var external: String?

    var isThisMachine: Bool { head == nil }

    var nodes: [Node] {
        guard let head else {
            return [
                Node(id: "localhost", kind: .head, type: "local", state: .running, addresses: ["internal": "127.0.0.1"])
            ]
        }
        var addresses = ["internal": head]
        if let external { addresses["external"] = external }
        return [Node(id: head, kind: .head, type: "local", state: .running, addresses: addresses)]
            + workers.map {
                Node(id: $0, kind: .worker, type: "local", state: .running, addresses: ["internal": $0])
            }
    }
}

extension Machines {
    /// As the other operations get it back.
    var config: JSONValue {
        var members: [String: JSONValue] = ["type": "local"]
        if let head {
            members["head"] = .string(head)
            members["workers"] = .array(workers.map(JSONValue.string))
        }
        if let external { members["external"] = .string(external) }
        return .object(members)
    }

    init(config: JSONValue) {
        head = config["head"]?.string
        workers = config["workers"]?.array?.compactMap(\.string) ?? []
        external = config["external"]?.string
    }

    /// Reads the part `provider` of a cluster file, and what is wrong with it.
    static func read(_ request: ConfigureRequest) -> (machines: Machines, diagnostics: [Diagnostic]) {
        let provider = request.cluster["provider"]
        var machines = Machines()
        machines.head = filled(provider?["head_ip"])
        machines.workers = (provider?["worker_ips"]?.array ?? []).compactMap { filled($0) }
        machines.external = filled(provider?["external_head_ip"])
        var diagnostics: [Diagnostic] = []
        if filled(provider?["coordinator_address"]) != nil {
            diagnostics.append(
                Diagnostic(
                    .input, "a coordinator that gives out hosts is not supported",
                    at: request.place(of: "/provider/coordinator_address"),
                    hint: "name the hosts in `head_ip` and `worker_ips`"))
        }
        if machines.head == nil, !machines.workers.isEmpty || machines.external != nil {
            diagnostics.append(
                Diagnostic(
                    .input, "`head_ip` is missing: workers need a head",
                    at: request.place(of: "/provider"),
                    hint: "name the host of the head in `head_ip`, or leave `worker_ips` out to run on this machine"))
        }
        var seen: Set<String> = [machines.head ?? ""]
        for (index, item) in (provider?["worker_ips"]?.array ?? []).enumerated() {
            guard let worker = filled(item), !seen.insert(worker).inserted else { continue }
            diagnostics.append(
                Diagnostic(
                    .input, "the host `\(worker)` is named twice",
                    at: request.place(of: "/provider/worker_ips/\(index)"),
                    hint: "a machine is one node of a cluster"))
        }
        return (machines, diagnostics)
    }

    /// An empty text is what people leave in a copied file.
    private static func filled(_ value: JSONValue?) -> String? {
        guard let text = value?.string, !text.isEmpty else { return nil }
        return text
    }
}
