package import FoundationEssentials

/// What is wrong with a line, and where in it.
package struct Problem: Error, Sendable, Hashable {
    /// The offset into the bytes of the line.
    package var offset: Int
    package var message: String
    package var hint: String?

    package init(_ offset: Int, _ message: String, hint: String? = nil) {
        self.offset = offset
        self.message = message
        self.hint = hint
    }
}

/// The bytes of a requirements file as UTF-8, read as pip reads them: by byte order mark, by a
/// `coding:` comment, otherwise as UTF-8.
///
/// Throws the place of the first byte that is neither.
package func utf8Text(of data: Data) throws(Problem) -> [UInt8] {
    let bytes = [UInt8](data)
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { return try validated(Array(bytes.dropFirst(3))) }
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
        return String(data: data, encoding: .utf16).map { Array($0.utf8) } ?? []
    }
    // Any other coding: what is not ASCII is replaced, for it can only be in a comment or a path.
    if namesCoding(bytes) { return Array(String(decoding: bytes, as: UTF8.self).utf8) }
    return try validated(bytes)
}

private func validated(_ bytes: [UInt8]) throws(Problem) -> [UInt8] {
    do {
        _ = try UTF8Span(validating: bytes.span)
        return bytes
    } catch {
        throw Problem(error.byteOffsets.lowerBound, "the file is not UTF-8")
    }
}

/// Whether one of the first two lines is a comment with `coding:` or `coding=`, as in PEP 263.
private func namesCoding(_ bytes: [UInt8]) -> Bool {
    bytes.split(separator: UInt8(ascii: "\n"), maxSplits: 2, omittingEmptySubsequences: false).prefix(2).contains {
        let line = String(decoding: $0, as: UTF8.self)
        return line.hasPrefix("#") && (line.contains("coding:") || line.contains("coding="))
    }
}
