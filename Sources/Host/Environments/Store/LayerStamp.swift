package import FoundationEssentials

/// The file `OK` of a layer, which publishes it: what it is made of and what vouches for its contents.
///
/// As text, a line for each value, so that a shell reads and writes it too (`node-store.sh`).
package struct LayerStamp: Sendable, Equatable {
    package var digest: String
    /// The SHA-256 of the layer's manifest.
    package var manifest: String
    package var files: Int
    /// Bytes of all files together.
    package var size: Int64
    /// ISO 8601.
    package var built: String
    /// Names of files and folders that what runs inside the layer may write.
    package var volatile: [String]
    /// What the digest was taken of, as JSON in one line.
    package var components: Data

    package init(
        digest: String, manifest: String, files: Int, size: Int64, built: String, volatile: [String], components: Data
    ) {
        self.digest = digest
        self.manifest = manifest
        self.files = files
        self.size = size
        self.built = built
        self.volatile = volatile
        self.components = components
    }

    private static let head = "ray layer 1"

    /// Nil for what is no whole stamp.
    package init?(_ data: Data) {
        let lines = data.split(separator: UInt8(ascii: "\n"))
        guard data.last == UInt8(ascii: "\n"), lines.first.map({ String(decoding: $0, as: UTF8.self) }) == Self.head
        else { return nil }
        var values: [String: Data] = [:]
        volatile = []
        for line in lines.dropFirst() {
            guard let space = line.firstIndex(of: UInt8(ascii: " ")) else { return nil }
            let (name, value) = (String(decoding: line[..<space], as: UTF8.self), line[line.index(after: space)...])
            if name == "volatile" {
                volatile.append(String(decoding: value, as: UTF8.self))
            } else {
                values[name] = Data(value)
            }
        }
        func text(_ name: String) -> String? { values[name].map { String(decoding: $0, as: UTF8.self) } }
        guard let digest = text("digest"), let manifest = text("manifest"), let built = text("built"),
            let files = text("files").flatMap({ Int($0) }), let size = text("size").flatMap({ Int64($0) }),
            let components = values["components"], files >= 0, size >= 0, size < 1 << 56
        else { return nil }
        self.digest = digest
        self.manifest = manifest
        self.built = built
        self.files = files
        self.size = size
        self.components = components
    }

    package var data: Data {
        var lines = [
            Self.head, "digest \(digest)", "manifest \(manifest)", "files \(files)", "size \(size)", "built \(built)",
        ]
        lines += volatile.map { "volatile \($0)" }
        return Data((lines.joined(separator: "\n") + "\ncomponents ").utf8) + components + Data("\n".utf8)
    }

    /// The id of the plugin that built it.
    package var plugin: String? { (try? JSONValue(parsing: components))?["plugin"]?.string }
}
