public import PluginAPI

/// A pointer that threads may share.
///
/// Unchecked, because the compiler cannot know what the contract says: a table is constant for as
/// long as it can be reached, and the host serves an `op` from any thread until its call returns.
struct Shared<Pointer>: @unchecked Sendable {
    let value: Pointer

    init(_ value: Pointer) {
        self.value = value
    }
}

/// A plugin's table, made once and kept for the life of the process.
///
///     private let plugin = Plugin(PipBuilder.self) { Plugin.start(PipBuilder.self, $0, $1) }
///
///     @c @implementation public func rayp_entry_v1() -> UnsafePointer<rayp_plugin_t>? { plugin.table }
public struct Plugin: Sendable {
    /// What `start` of the table is.
    public typealias Start =
        @convention(c) (UnsafePointer<rayp_host_t>?, UnsafeMutablePointer<UnsafeMutableRawPointer?>?)
        -> rayp_status_t

    private let shared: Shared<UnsafePointer<rayp_plugin_t>>

    /// The table, constant and never freed.
    ///
    /// May be read from any thread.
    public var table: UnsafePointer<rayp_plugin_t> { shared.value }

    /// The table of an environment builder.
    ///
    /// `start` is a closure that calls `Plugin.start` with the same type: only a closure that names
    /// the type can be a C function.
    public init<Builder: EnvironmentBuilder>(_ builder: Builder.Type, start: @escaping Start) {
        self.init(id: Builder.id, version: Builder.version, operations: Operation.of(builder: builder), start: start)
    }

    /// The table of a cluster provider.
    ///
    /// `start` is a closure that calls `Plugin.start` with the same type: only a closure that names
    /// the type can be a C function.
    public init<Provider: ClusterProvider>(_ provider: Provider.Type, start: @escaping Start) {
        self.init(id: Provider.id, version: Provider.version, operations: Operation.ofProviders, start: start)
    }

    private init(id: String, version: String, operations: [(Operation, OperationFunction)], start: @escaping Start) {
        let signature = constant(Operation.signature)
        let rows = operations.map { operation, function in
            rayp_operation_t(
                name: constant(operation.rawValue), signature: signature,
                function: unsafeBitCast(function, to: rayp_function_t.self))
        }
        let table = rayp_plugin_t(
            size: UInt64(MemoryLayout<rayp_plugin_t>.size), api_major: UInt32(RAYP_API_MAJOR),
            api_minor: Requirement.minor, id: constant(id), version: constant(version),
            operations: constant(rows), operation_count: UInt64(rows.count),
            operation_size: UInt64(MemoryLayout<rayp_operation_t>.stride), start: start, stop: Instance.stop,
            query: nil)
        shared = Shared(constant([table]))
    }
}

/// A copy of `items` that is never freed: tables live as long as the library, which is never
/// unloaded.
private func constant<Item>(_ items: [Item]) -> UnsafePointer<Item> {
    let copy = UnsafeMutablePointer<Item>.allocate(capacity: items.count)
    copy.initialize(from: items, count: items.count)
    return UnsafePointer(copy)
}

private func constant(_ text: String) -> UnsafePointer<CChar> {
    constant(Array(text.utf8CString))
}
