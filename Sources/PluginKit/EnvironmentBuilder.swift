/// A plugin that handles keys of `environment`: it checks them and plans how they are built.
///
/// A builder is made once, when the host starts the plugin; its operations are then called one at a
/// time on one thread. It never opens a connection to a node and builds nothing itself: it answers
/// with scripts, and the host runs them.
public protocol EnvironmentBuilder {
    /// The id of the plugin, as in its manifest.
    static var id: String { get }
    /// The version of the plugin, as in its manifest.
    static var version: String { get }

    /// Makes the builder. Called once, before any operation.
    init()

    /// Looks at the plugin's part of the project, offline, and reports everything that is wrong.
    ///
    /// What the user got wrong is no error to throw but a diagnostic of the answer. Throws
    /// `PluginError` where there can be no answer, and `CancellationError` to stop early.
    func check(_ request: BuilderRequest, _ call: Call) throws -> CheckAnswer

    /// Says what to build on a node with the facts of the request.
    ///
    /// Changes nothing and gives the same answer for the same request and files. Where the
    /// diagnostics hold an error, the rest of the answer is not looked at. Throws as `check` does.
    func plan(_ request: BuilderRequest, _ call: Call) throws -> PlanAnswer
}

extension EnvironmentBuilder {
    /// What each operation does with its request: decode, run, encode.
    var handlers: [Operation: Handler] {
        [.check: handler(check), .plan: handler(plan)]
    }
}
