import FoundationEssentials

/// A file that holds the checksums of others, as the RECORD of an installed wheel does: lines of
/// `PATH,sha256=BASE64URL,SIZE`, the path relative to the folder that holds the record's own folder.
///
/// The format is that of PyPA's specification "Recording installed projects".
struct ChecksumRecord {
    /// Relative to the layer.
    let path: String
    /// The checksums in hexadecimal by the paths of their files, relative to the layer.
    private(set) var checksums: [String: String] = [:]

    init(_ text: Data, at path: String) {
        self.path = path
        let base = path.parentPath.parentPath
        for line in text.split(whereSeparator: { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }) {
            let fields = Self.fields(of: String(decoding: line, as: UTF8.self))
            guard fields.count >= 2, fields[1].hasPrefix("sha256="),
                let checksum = Self.hexadecimal(fields[1].dropFirst(7))
            else { continue }
            checksums[Self.normalised(base == "." ? fields[0] : base / fields[0])] = checksum
        }
    }

    /// The files of the manifest that are not as this record has them.
    func differences(from manifest: [String: String]) -> [String] {
        checksums.filter { manifest[$0.key] != $0.value }.keys.sorted()
    }

    /// The fields of a line of comma-separated values (RFC 4180).
    private static func fields(of line: String) -> [String] {
        guard line.contains("\"") else {
            return line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        var fields = [""]
        var isQuoted = false
        for character in line {
            if character == "\"" {
                // A doubled quote inside of quotes stands for one.
                if !isQuoted, fields[fields.count - 1].isEmpty == false { fields[fields.count - 1].append("\"") }
                isQuoted.toggle()
            } else if character == ",", !isQuoted {
                fields.append("")
            } else {
                fields[fields.count - 1].append(character)
            }
        }
        return fields
    }

    /// Without `.` and `..`.
    private static func normalised(_ path: String) -> String {
        guard path.contains("..") || path.contains("./") else { return path }
        var parts: [Substring] = []
        for part in path.split(separator: "/") where part != "." {
            if part == "..", !parts.isEmpty { parts.removeLast() } else { parts.append(part) }
        }
        return (path.hasPrefix("/") ? "/" : "") + parts.joined(separator: "/")
    }

    /// Base64 as in RFC 4648 §5, without padding.
    private static func hexadecimal(_ base64: Substring) -> String? {
        var text = String(base64).replacing("-", with: "+").replacing("_", with: "/")
        text += String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
        guard let data = Data(base64Encoded: text), data.count == 32 else { return nil }
        return Digest.hexadecimal(data)
    }
}

/// A path pattern in which `*` is any text without `/`.
struct LayerPattern {
    private let parts: [Substring]

    init(_ text: String) {
        parts = text.split(separator: "/", omittingEmptySubsequences: false)
    }

    func matches(_ path: String) -> Bool {
        let names = path.split(separator: "/", omittingEmptySubsequences: false)
        return names.count == parts.count
            && zip(parts, names).allSatisfy { part, name in Self.matches(Array(part.utf8)[...], Array(name.utf8)[...]) }
    }

    private static func matches(_ pattern: ArraySlice<UInt8>, _ name: ArraySlice<UInt8>) -> Bool {
        guard let first = pattern.first else { return name.isEmpty }
        if first == UInt8(ascii: "*") {
            let rest = pattern.dropFirst()
            return name.indices.contains { matches(rest, name[$0...]) } || matches(rest, [])
        }
        return name.first == first && matches(pattern.dropFirst(), name.dropFirst())
    }
}
