/// A plugin that gives out the nodes of a cluster.
///
/// A provider is made once, when the host starts the plugin; its operations are then called one at
/// a time on one thread. It asks its cloud and never opens a connection to a node. Each operation
/// throws `PluginError` where there can be no answer, and `CancellationError` to stop early; after
/// an error of class `ambiguous` the host asks `find` before anything else.
public protocol ClusterProvider {
    /// The id of the plugin, as in its manifest.
    static var id: String { get }
    /// The version of the plugin, as in its manifest.
    static var version: String { get }

    /// Makes the provider. Called once, before any operation.
    init()

    /// Checks the cluster file and resolves its defaults. Has no side effects.
    func configure(_ request: ConfigureRequest, _ call: Call) throws -> ConfigureAnswer

    /// Lists every node of the cluster, those that end or have ended included.
    func nodes(_ request: NodesRequest, _ call: Call) throws -> NodesAnswer

    /// Makes nodes. Repeated with the same token it makes no more of them.
    func launch(_ request: LaunchRequest, _ call: Call) throws -> LaunchAnswer

    /// Lists the nodes that the launch with the token of the request made.
    func find(_ request: FindRequest, _ call: Call) throws -> NodesAnswer

    /// Stops nodes so that they can be started again.
    func stop(_ request: IDsRequest, _ call: Call) throws -> OutcomeAnswer

    /// Starts nodes that were stopped.
    func start(_ request: IDsRequest, _ call: Call) throws -> OutcomeAnswer

    /// Gives nodes back for good.
    func terminate(_ request: IDsRequest, _ call: Call) throws -> OutcomeAnswer

    /// Says how to reach nodes; those that cannot be reached are left out.
    func access(_ request: IDsRequest, _ call: Call) throws -> AccessAnswer
}

extension ClusterProvider {
    /// What each operation does with its request: decode, run, encode.
    var handlers: [Operation: Handler] {
        [
            .configure: handler(configure), .nodes: handler(nodes), .launch: handler(launch),
            .find: handler(find), .stop: handler(stop), .start: handler(start),
            .terminate: handler(terminate), .access: handler(access),
        ]
    }
}
