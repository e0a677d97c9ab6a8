import FoundationEssentials

/// The way to a plugin, wherever it runs: frames go out, frames come back.
///
/// Used by one thread at a time.
protocol PluginLink: Sendable {
    /// Sends all of a frame; false when the other side does not take it before `deadline`.
    func send(_ frame: Data, until deadline: ContinuousClock.Instant) -> Bool

    /// Waits for bytes of frames and for what the plugin prints, a tenth of a second at most, so that
    /// a cancel is noticed.
    func receive(
        until deadline: ContinuousClock.Instant, _ frames: inout Data, _ printed: inout PrintedText
    ) -> Reception

    /// Takes what the plugin has printed and nobody has read yet.
    func drain(into printed: inout PrintedText)

    /// Ends the plugin and says how it ended; with `politely`, one that is about to end by itself gets
    /// a moment to do so.
    func end(politely: Bool) -> String

    /// What becomes of a plugin that went beyond its deadline or another limit, behind the words for that.
    var fateAfterDeadline: String { get }

    /// Whether the plugin goes on after its end: only one that nothing can stop does.
    var isLeftBehind: Bool { get }
}

extension PluginLink {
    var isLeftBehind: Bool { false }
}

/// What waiting for a plugin came to.
enum Reception {
    case more, closed
}

/// What a plugin has printed, as far as it is kept.
struct PrintedText {
    /// Where `all` is cut, in bytes.
    private static let most = 64 << 10

    private(set) var count = 0
    private(set) var all = Data()
    private var tail = Data()

    mutating func append(_ bytes: some Collection<UInt8>) {
        count += bytes.count
        all.append(contentsOf: bytes.prefix(Self.most - all.count))
        tail.append(contentsOf: bytes)
        tail = Data(tail.suffix(16 << 10))
    }

    /// The last lines, for an error; nil when there are none that help.
    ///
    /// Without the frames of a stack, which would hide the message before them; the log has them.
    var lastLines: String? {
        let last = String(decoding: tail, as: UTF8.self).split(whereSeparator: \.isNewline)
            .filter { $0.firstMatch(of: #/^(\s+([0-9]+: |at )|stack backtrace:)/#) == nil }.suffix(8)
            .joined(separator: "\n")
        return last.isEmpty || last.utf8.count >= 1000 ? nil : last
    }
}
