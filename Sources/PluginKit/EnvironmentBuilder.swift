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

/// A builder that resolves what it is asked for to exact versions, which the project keeps.
public protocol LockingBuilder: EnvironmentBuilder {
    /// Says what makes the lock on a node with the facts of the request, and what it follows from.
    ///
    /// Asked before `plan`, which is given the lock. Throws as `check` does.
    func lock(_ request: BuilderRequest, _ call: Call) throws -> LockAnswer
}

/// A builder that knows what its tools mean when they fail.
public protocol ExplainingBuilder: EnvironmentBuilder {
    /// Says what was wrong, from what a step printed: class, place, cause and cure.
    ///
    /// Throws as `check` does; the host then tells the end of the output.
    func explain(_ request: BuilderRequest, _ call: Call) throws -> ExplainAnswer
}

extension EnvironmentBuilder {
    /// What each operation does with its request: decode, run, encode.
    var handlers: [Operation: Handler] {
        var handlers: [Operation: Handler] = [.check: handler(check), .plan: handler(plan)]
        if let locking = self as? any LockingBuilder { handlers[.lock] = handler(locking.lock) }
        if let explaining = self as? any ExplainingBuilder { handlers[.explain] = handler(explaining.explain) }
        return handlers
    }
}
