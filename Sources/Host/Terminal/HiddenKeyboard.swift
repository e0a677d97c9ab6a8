import Glibc

/// The keyboard of the terminal that this program runs in, while what is typed is not shown.
struct HiddenKeyboard: ~Copyable {
    private let descriptor: Int32
    private var before = termios()

    /// Nil where there is no such terminal, or it belongs to another job of the shell now.
    init?() {
        descriptor = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)
        guard descriptor >= 0 else { return nil }
        guard tcgetpgrp(descriptor) == getpgrp(), tcgetattr(descriptor, &before) == 0 else {
            close(descriptor)
            return nil
        }
        var hidden = before
        hidden.c_lflag &= ~tcflag_t(ECHO | ECHONL)
        hidden.c_lflag |= tcflag_t(ICANON | ISIG)
        // What was typed before the question is no answer to it.
        tcsetattr(descriptor, TCSAFLUSH, &hidden)
    }

    static var isThere: Bool {
        let descriptor = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return tcgetpgrp(descriptor) == getpgrp()
    }

    /// Waits for a line; nil where it is ended without one.
    func line() async throws -> String? {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        // Other tasks need the thread meanwhile.
        while poll(&waiting, 1, 0) == 0 { try await Task.sleep(for: .milliseconds(30)) }
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = read(descriptor, &buffer, buffer.count)
        guard count > 0, buffer[count - 1] == UInt8(ascii: "\n") else { return nil }
        return String(decoding: buffer[..<(count - 1)], as: UTF8.self)
    }

    deinit {
        var before = before
        tcsetattr(descriptor, TCSANOW, &before)
        close(descriptor)
    }
}
