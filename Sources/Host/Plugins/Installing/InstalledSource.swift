import FoundationEssentials

/// Where a plugin of the user's folder came from: a line of text in a file beside its manifest.
enum InstalledSource {
    private static let name = ".source"

    /// What `write` left in a plugin's folder; `folder` where somebody put the plugin there by hand.
    static func read(in folder: String) -> String {
        guard let data = try? Files.read(folder / name) else { return "folder" }
        return String(decoding: data, as: UTF8.self).split(separator: "\n").first.map(String.init) ?? "folder"
    }

    static func write(_ source: String, in folder: String) throws(Failure) {
        try Files.replace(folder / name, with: Data((source + "\n").utf8))
    }
}
