import Glibc

/// Moments as text: ISO 8601 in UTC with milliseconds, which sorts as time does.
package enum Timestamp {
    package static func now() -> String { text(nanosecondsNow()) }

    package static func text(_ nanoseconds: Int64) -> String {
        var seconds = time_t(nanoseconds / 1_000_000_000)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        var buffer = [CChar](repeating: 0, count: 32)
        strftime(&buffer, buffer.count, "%Y-%m-%dT%H:%M:%S", &parts)
        let whole = String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        let milliseconds = String(nanoseconds / 1_000_000 % 1000)
        return whole + "." + String(repeating: "0", count: 3 - milliseconds.count) + milliseconds + "Z"
    }

    /// The moment that a text of this form names; nil for any other text.
    package static func nanoseconds(of text: String) -> Int64? {
        let fields = text.split { !$0.isNumber }.compactMap { Int32($0) }
        guard fields.count == 7, text.utf8.count == 24 else { return nil }
        var parts = tm()
        (parts.tm_year, parts.tm_mon, parts.tm_mday) = (fields[0] - 1900, fields[1] - 1, fields[2])
        (parts.tm_hour, parts.tm_min, parts.tm_sec) = (fields[3], fields[4], fields[5])
        return Int64(timegm(&parts)) * 1_000_000_000 + Int64(fields[6]) * 1_000_000
    }

    /// How long ago a moment was, for people: `12 s ago`.
    package static func age(of text: String) -> String {
        guard let moment = nanoseconds(of: text) else { return text }
        return Duration.nanoseconds(max(0, nanosecondsNow() - moment)).forPeople + " ago"
    }

    /// The time between two moments, for people.
    package static func time(from start: String, to end: String) -> String? {
        guard let start = nanoseconds(of: start), let end = nanoseconds(of: end) else { return nil }
        return Duration.nanoseconds(max(0, end - start)).forPeople
    }
}

extension Duration {
    /// `0.4 s`, `12 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`.
    package var forPeople: String {
        let tenths = Int(self / .milliseconds(100))
        let seconds = tenths / 10
        switch seconds {
        case ..<10: return "\(seconds).\(tenths % 10) s"
        case ..<60: return "\(seconds) s"
        case ..<3600: return "\(seconds / 60) min \(seconds % 60) s"
        case ..<86400: return "\(seconds / 3600) h \(seconds % 3600 / 60) min"
        default: return "\(seconds / 86400) d \(seconds % 86400 / 3600) h"
        }
    }
}
