import FoundationEssentials
import PluginAPI

/// The operations of the contract.
enum Operation: String {
    case check, plan, lock, explain
    case configure, nodes, launch, find, stop, start, terminate, access
}

/// What an operation does with the bytes of its request: decode, run, encode.
typealias Handler = (Data, Call) throws -> Data

func handler<Request: Decodable, Answer: Encodable>(
    _ operation: @escaping (Request, Call) throws -> Answer
) -> Handler {
    { data, call in
        let request = try JSONDecoder().decode(Request.self, from: data)
        let encoder = JSONEncoder()
        // The same request must give the same bytes: hosts remember and compare answers.
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(try operation(request, call))
    }
}

/// The C side of an operation whose parameters are `Operation.signature`.
typealias OperationFunction =
    @convention(c) (
        _ request: UnsafePointer<rayp_view_t>?, _ out: OpaquePointer?, _ op: OpaquePointer?,
        _ instance: UnsafeMutableRawPointer?
    ) -> rayp_status_t

extension Operation {
    static let signature = "request:json,out:sink,op:op,self:self"

    /// A C function can capture nothing, not even a generic parameter: so there is one closure for
    /// each operation, and the builder itself comes in as `self`.
    static func of(builder: any EnvironmentBuilder.Type) -> [(Operation, OperationFunction)] {
        var operations: [(Operation, OperationFunction)] = [
            (.check, { serve(.check, $0, $1, $2, $3) }),
            (.plan, { serve(.plan, $0, $1, $2, $3) }),
        ]
        if builder is any LockingBuilder.Type { operations.append((.lock, { serve(.lock, $0, $1, $2, $3) })) }
        if builder is any ExplainingBuilder.Type {
            operations.append((.explain, { serve(.explain, $0, $1, $2, $3) }))
        }
        return operations
    }

    static let ofProviders: [(Operation, OperationFunction)] = [
        (.configure, { serve(.configure, $0, $1, $2, $3) }),
        (.nodes, { serve(.nodes, $0, $1, $2, $3) }),
        (.launch, { serve(.launch, $0, $1, $2, $3) }),
        (.find, { serve(.find, $0, $1, $2, $3) }),
        (.stop, { serve(.stop, $0, $1, $2, $3) }),
        (.start, { serve(.start, $0, $1, $2, $3) }),
        (.terminate, { serve(.terminate, $0, $1, $2, $3) }),
        (.access, { serve(.access, $0, $1, $2, $3) }),
    ]
}

private func serve(
    _ operation: Operation, _ request: UnsafePointer<rayp_view_t>?, _ out: OpaquePointer?,
    _ op: OpaquePointer?, _ instance: UnsafeMutableRawPointer?
) -> rayp_status_t {
    guard let request = request?.pointee, let out, let op, let instance else { return .init(RAYP_FAILED) }
    let plugin = Unmanaged<Instance>.fromOpaque(instance).takeUnretainedValue()
    let call = Call(host: plugin.host, op: op)
    do {
        guard let handler = plugin.handlers[operation] else {
            throw PluginError(.internal, "this plugin has no operation `\(operation.rawValue)`")
        }
        // Copied: the host's bytes end with the call, what is decoded from them need not.
        let answer = try handler(Data(bytes: request.data, count: Int(request.size)), call)
        return answer.withUnsafeBytes { plugin.host.value.pointee.write(out, $0.baseAddress, UInt64($0.count)) }
    } catch is CancellationError {
        return .init(RAYP_CANCELLED)
    } catch {
        return call.fail(PluginError(reporting: error))
    }
}
