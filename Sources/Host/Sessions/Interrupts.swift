import Glibc
import Synchronization

/// What Ctrl-C, SIGTERM and the end of the terminal do: the first cancels the work, which then winds
/// down; the second ends the program at once.
package final class Interrupts: Sendable {
    private struct State {
        var cancel: (@Sendable () -> Void)?
        var received = 0
        var left = false
    }

    private let state = Mutex(State())

    /// Takes over these signals for all threads, but for the end of the terminal where that was to be
    /// ignored.
    ///
    /// Must be called before the program has others.
    package init() {
        var set = sigset_t()
        sigemptyset(&set)
        sigaddset(&set, SIGINT)
        sigaddset(&set, SIGTERM)
        var hangUp = sigaction()
        sigaction(SIGHUP, nil, &hangUp)
        // Functions can only be compared as the addresses that they are in C.
        let handler = unsafeBitCast(hangUp.__sigaction_handler.sa_handler, to: Int.self)
        if handler != unsafeBitCast(SIG_IGN, to: Int.self) { sigaddset(&set, SIGHUP) }
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

    /// What the first signal does, also when it has come already.
    package func onFirst(_ cancel: @escaping @Sendable () -> Void) {
        let isLate = state.withLock { state in
            state.cancel = cancel
            return state.received > 0
        }
        if isLate { cancel() }
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
            // The end of a terminal is often told twice: by the system and by the shell.
            if signal == SIGHUP && state.received > 0 { return nil }
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
