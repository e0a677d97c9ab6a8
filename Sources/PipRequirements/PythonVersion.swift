/// The version of a Python: `3.11` or `3.11.7`.
package struct PythonVersion: Comparable {
    package var major: Int
    package var minor: Int
    package var patch: Int?

    package init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let numbers = parts.map { Int($0.prefix { $0.isNumber }) }
        guard (2...3).contains(parts.count), let major = numbers[0], let minor = numbers[1],
            parts.prefix(2).allSatisfy({ $0.allSatisfy(\.isNumber) })
        else { return nil }
        self.major = major
        self.minor = minor
        patch = numbers.count > 2 ? numbers[2] : nil
    }

    package var minorText: String { "\(major).\(minor)" }

    package var text: String { patch.map { "\(minorText).\($0)" } ?? minorText }

    package static func < (first: PythonVersion, second: PythonVersion) -> Bool {
        (first.major, first.minor, first.patch ?? 0) < (second.major, second.minor, second.patch ?? 0)
    }

    package static func == (first: PythonVersion, second: PythonVersion) -> Bool {
        (first.major, first.minor, first.patch ?? 0) == (second.major, second.minor, second.patch ?? 0)
    }

    /// Whether this is an older minor version than `other`.
    package func isOlderMinor(than other: PythonVersion) -> Bool { (major, minor) < (other.major, other.minor) }
}
