import Glibc
import Synchronization

/// What Ctrl-C and SIGTERM do: the first cancels the work, which then winds down; the second ends
/// the program at once.
package final class Interrupts: Sendable {
    private struct State {
        var cancel: (@Sendable () -> Void)?
        var received = 0
        var left = false
    }

    private let state = Mutex(State())

    /// Takes over both signals for all threads.
    ///
    /// Must be called before the program has others.
    package init() {
        var set = sigset_t()
        sigemptyset(&set)
        sigaddset(&set, SIGINT)
        sigaddset(&set, SIGTERM)
        pthread_sigmask(SIG_BLOCK, &set, nil)
        let waiting = set
        var thread = pthread_t()
        let context = Unmanaged.passRetained(Waiter(set: waiting, owner: self)).toOpaque()
        pthread_create(
            &thread, nil,
            { context in
                guard let context else { return nil }
                let waiter = Unmanaged<Waiter>.fromOpaque(context).takeRetainedValue()
                waiter.run()
                return nil
            }, context)
    }

    /// What the first signal does.
    package func onFirst(_ cancel: @escaping @Sendable () -> Void) {
        state.withLock { $0.cancel = cancel }
    }

    /// Runs `body` with the signals left to the processes it starts: those of this terminal get
    /// Ctrl-C themselves, and this program waits for them.
    package func leaving<Result>(_ body: () async throws -> Result) async rethrows -> Result {
        state.withLock { $0.left = true }
        defer { state.withLock { $0.left = false } }
        return try await body()
    }

    fileprivate func received(_ signal: Int32, isFromTerminal: Bool) {
        let cancel = state.withLock { state -> (@Sendable () -> Void)? in
            if state.left && isFromTerminal { return nil }
            state.received += 1
            if state.received > 1 { _exit(128 + signal) }
            return state.cancel
        }
        cancel?()
    }
}

private final class Waiter {
    private let set: sigset_t
    private let owner: Interrupts

    init(set: sigset_t, owner: Interrupts) {
        self.set = set
        self.owner = owner
    }

    func run() {
        var set = set
        while true {
            var info = siginfo_t()
            let signal = sigwaitinfo(&set, &info)
            // The kernel's own, from Ctrl-C, reaches every process of the terminal.
            if signal > 0 { owner.received(signal, isFromTerminal: info.si_code > 0) }
        }
    }
}
