import FoundationEssentials
import PluginKit

/// A folder of this machine that `--find-links` names: packages that no index has.
package struct LinkFolder {
    /// The absolute path of the folder.
    package let path: String
    /// Whether it is a part of the project.
    package let isInside: Bool

    /// The folders that the options name, those of other hosts left out.
    package static func all(in requirements: Requirements, root: String) -> [LinkFolder] {
        let root = URL(filePath: root, directoryHint: .isDirectory)
        return requirements.sources.filter { $0.name == "find-links" }.compactMap { option in
            guard let value = option.value, let path = LocalReference.path(of: value), !path.contains("${"),
                !path.hasPrefix("~")
            else { return nil }
            let file = URL(filePath: option.source.place.file).deletingLastPathComponent()
            let candidates = [URL(filePath: path, relativeTo: file), URL(filePath: path, relativeTo: root)]
                .map(\.standardizedFileURL.trimmedPath)
            let found = candidates.first { isFolder($0) } ?? candidates[0]
            return LinkFolder(path: found, isInside: "\(found)/".hasPrefix(root.standardizedFileURL.trimmedPath + "/"))
        }
    }

    /// The wheels and archives in the folder, sorted.
    package var packages: [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        return names.filter { name in LocalReference.archives.contains { name.hasSuffix($0) } }.sorted()
            .map { "\(path)/\($0)" }
    }

    /// Name, size and time of each package, for a folder that is too far away for its contents to count.
    package var listing: [String] {
        packages.map { file in
            let attributes = try? FileManager.default.attributesOfItem(atPath: file)
            let size = (attributes?[.size] as? UInt).map(String.init) ?? "?"
            let time = (attributes?[.modificationDate] as? Date).map { String(Int($0.timeIntervalSince1970)) } ?? "?"
            return "\(file) \(size) \(time)"
        }
    }

    /// The normalised name of the package that a file holds, by the name of the file.
    package static func packageName(of file: String) -> String {
        let name = file.split(separator: "/").last.map(String.init) ?? file
        let parts = name.split(separator: "-")
        let words = name.hasSuffix(".whl") ? parts.prefix(1) : parts.prefix { $0.first?.isNumber != true }
        return Requirement.normalised(words.joined(separator: "-"))
    }

    private static func isFolder(_ path: String) -> Bool {
        var isFolder = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder
    }
}
