import FoundationEssentials
import PipRequirements
import PluginKit

/// The options of requirements files that say where packages come from, for an installer that gets a
/// lock instead of these files.
///
/// Those that hold secrets are no part of any answer: the script copies their lines when it runs.
struct SourceFile {
    private let requirements: Requirements
    private let root: String
    private let nodeRoot: String

    init(_ requirements: Requirements, _ project: Project) {
        self.requirements = requirements
        root = project.root
        nodeRoot = project.nodeRoot ?? project.root
    }

    var isEmpty: Bool { requirements.sources.isEmpty }

    /// Whether they say anything about wheels, so that not even the bundled pip could be installed with them.
    var restrictsBinaries: Bool { requirements.sources.contains { $0.name == "no-binary" } }

    /// Commands that print the options, as a requirements file.
    var printing: String {
        var script = ""
        var plain: [String] = []
        var copied: Set<Requirements.Source> = []
        for option in requirements.sources where option.name != "trusted-host" {
            if option.source.holdsSecret {
                guard copied.insert(option.source).inserted else { continue }
                script += ShellText.printing(plain.joined(separator: "\n")) + SourceFile.copying(option.source, root)
                plain = []
            } else {
                plain.append(line(option))
            }
        }
        return script + ShellText.printing(plain.joined(separator: "\n"))
    }

    /// The hosts that need no valid certificate, as arguments of uv.
    var hostArguments: String {
        requirements.sources.filter { $0.name == "trusted-host" }.compactMap(\.value)
            .map { " --allow-insecure-host \($0.shellQuoted)" }.joined()
    }

    /// The hosts that need no valid certificate, as arguments of pip.
    var pipHostArguments: String {
        requirements.sources.filter { $0.name == "trusted-host" }.compactMap(\.value)
            .map { " --trusted-host \($0.shellQuoted)" }.joined()
    }

    private func line(_ option: Requirements.SourceOption) -> String {
        guard let value = option.value else { return "--\(option.name)" }
        guard option.name == "find-links", let path = LocalReference.path(of: value) else {
            return "--\(option.name) \(value)"
        }
        guard !path.hasPrefix("/"), !path.hasPrefix("~") else { return "--find-links \(path)" }
        // A path is relative to the file that it stands in, if it is there, and this one is elsewhere.
        let folder = SourceFile.relativePath(option.source.place.file, root).split(separator: "/").dropLast()
        let beside = (folder.map(String.init) + [path]).joined(separator: "/")
        let file = URL(filePath: option.source.place.file).deletingLastPathComponent().appending(path: path).path
        let isBeside = FileManager.default.fileExists(atPath: file)
        return "--find-links \(nodeRoot)/\(isBeside ? beside : path)"
    }

    /// A command that prints the lines of a file of the project as they are on the node.
    static func copying(_ source: Requirements.Source, _ root: String) -> String {
        let file = relativePath(source.place.file, root)
        return "sed -n '\(source.lines.lowerBound),\(source.lines.upperBound)p' \(ShellText.path(file))\necho\n"
    }

    /// The path as it is from the project's root, where scripts run.
    static func relativePath(_ path: String, _ root: String) -> String {
        let path = URL(filePath: path).standardizedFileURL.trimmedPath
        let root = URL(filePath: root).standardizedFileURL.trimmedPath
        return path.hasPrefix("\(root)/") ? String(path.dropFirst(root.count + 1)) : path
    }
}
