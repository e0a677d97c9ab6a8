import FoundationEssentials

/// Gives out text that comes in pieces as whole lines: a secret does not reach over the end of one.
actor LineBuffer {
    /// Bytes of a line that is given out although it has not ended.
    private static let longest = 1 << 20
    private var line = Data()

    /// What has become whole with this.
    func take(_ more: Data) -> Data {
        line += more
        let end = line.lastIndex { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }.map { line.index(after: $0) }
        guard let end = end ?? (line.count > Self.longest ? line.endIndex : nil) else { return Data() }
        let whole = Data(line[..<end])
        line = Data(line[end...])
        return whole
    }

    /// What has not ended with a line.
    var rest: Data { line }
}
