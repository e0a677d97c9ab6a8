import FoundationEssentials
import Glibc

extension HelperProcess: PluginLink {
    var fateAfterDeadline: String { " and was ended" }

    /// Writes all of `data`, as far as the helper takes it before `deadline`.
    func send(_ data: Data, until deadline: ContinuousClock.Instant) -> Bool {
        var rest = data
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes {
                Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if sent > 0 {
                rest = rest.dropFirst(sent)
            } else if errno == EAGAIN, ContinuousClock.now < deadline {
                var waiting = pollfd(fd: socket, events: Int16(POLLOUT), revents: 0)
                _ = poll(&waiting, 1, 100)
            } else if errno != EINTR {
                return false
            }
        }
        return true
    }

    func receive(
        until deadline: ContinuousClock.Instant, _ frames: inout Data, _ printed: inout PrintedText
    ) -> Reception {
        // Asked before looking for bytes: what a helper sent before its end is still there.
        let isOver = hasExited
        let left = isOver ? .zero : max(.zero, min(deadline - .now, .milliseconds(100)))
        var waiting = [
            pollfd(fd: socket, events: Int16(POLLIN), revents: 0),
            pollfd(fd: output, events: Int16(POLLIN), revents: 0),
        ]
        guard poll(&waiting, 2, Int32((left / .milliseconds(1)).rounded(.up))) > 0 else {
            return isOver ? .closed : .more
        }
        if waiting[1].revents & Int16(POLLIN) != 0 { drain(into: &printed) }
        guard waiting[0].revents != 0 else {
            if isOver { return .closed }
            // The output may be closed long before the socket: then there is nothing to poll for.
            if waiting[1].revents & Int16(POLLIN) == 0 { usleep(1000) }
            return .more
        }
        let count = Self.read(socket) { frames.append(contentsOf: $0) }
        if count > 0 { return .more }
        return count < 0 && (errno == EAGAIN || errno == EINTR) ? .more : .closed
    }

    /// Whether the process is over, which its socket may not tell: a child may have kept that open.
    private var hasExited: Bool {
        var information = siginfo_t()
        return waitid(P_PID, id_t(pid), &information, WEXITED | WNOHANG | WNOWAIT) == 0 && information.si_signo != 0
    }

    func drain(into printed: inout PrintedText) {
        _ = Self.read(output) { printed.append($0) }
    }

    /// Reads what is there and hands it over; returns what `read` does.
    private static func read(_ descriptor: Int32, _ take: (UnsafeBufferPointer<UInt8>) -> Void) -> Int {
        // Not an array, which would be filled with zeroes first.
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 1 << 16) { buffer in
            let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            if count > 0 { take(UnsafeBufferPointer(rebasing: buffer[..<count])) }
            return count
        }
    }

    func end(politely: Bool) -> String {
        let ending = reap(politely: politely)
        return ending.wasForced ? "it closed its connection to ray and was ended" : describe(waitStatus: ending.status)
    }

    /// Ends the helper and all it started: where it may end by itself it gets a moment, then SIGTERM
    /// goes to the group, then SIGKILL.
    func reap(politely: Bool) -> (status: Int32, wasForced: Bool) {
        var status: Int32 = 0
        func isReaped(within milliseconds: Int) -> Bool {
            for _ in 0..<milliseconds {
                if waitpid(pid, &status, WNOHANG) == pid { return true }
                usleep(1000)
            }
            return false
        }
        defer { kill(-pid, SIGKILL) }
        if politely, isReaped(within: 50) { return (status, false) }
        kill(-pid, SIGTERM)
        if isReaped(within: 100) { return (status, true) }
        kill(-pid, SIGKILL)
        while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
        return (status, true)
    }
}
