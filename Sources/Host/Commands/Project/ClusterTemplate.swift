import FoundationEssentials

/// A cluster file to begin with: `share/ray/templates/NAME.yaml`.
///
/// Data only: the host names no provider in code. The first line says `# about: …`.
struct ClusterTemplate {
    /// What it is, in a few words.
    var about: String
    /// The file without its first line.
    var text: String

    init(_ name: String, in folders: Folders) throws(Failure) {
        let names = Files.names(in: folders.templates).filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }
        guard names.contains(name), let data = try Files.read(folders.templates / "\(name).yaml") else {
            throw Failure(
                .usage, "there is no template `\(name)`",
                hint: suggestion(for: name, among: names)
                    ?? (names.isEmpty ? "install ray again: `\(folders.templates)` is missing" : listing(names)))
        }
        let lines = String(decoding: data, as: UTF8.self).split(separator: "\n", maxSplits: 1)
        about = lines.first.map { String($0.trimmingPrefix("# about: ")) } ?? name
        text = lines.count > 1 ? String(lines[1]) : ""
    }

    /// The cluster file for a project.
    func text(named name: String) -> String {
        "cluster_name: \(YAMLText.quoted(name))\n\(text)"
    }
}
