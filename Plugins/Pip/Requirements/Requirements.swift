import FoundationEssentials
package import PluginKit

/// What a requirements file and all that it includes ask for.
package struct Requirements: Sendable {
    package fileprivate(set) var lines: Set<String> = []
    /// How many things are to be installed, as the files count them.
    package fileprivate(set) var count = 0
    /// The options that say where packages come from, in order.
    package fileprivate(set) var indexes: [String] = []
    /// The other options, in order.
    package var options: [String] = []
    /// Whether a folder is named, so that the project's own place becomes a part of what is built.
    package fileprivate(set) var namesFolder = false
    /// Every local file that was read or looked for.
    package fileprivate(set) var files: [String] = []
    /// The local files whose contents decide what is installed, apart from requirements files.
    package fileprivate(set) var inputs: [String] = []
    package var diagnostics: [Diagnostic] = []

    package var hasError: Bool { diagnostics.contains { $0.severity == .error } }

    /// Whether an option replaces the index that is looked at first.
    package var choosesIndex: Bool { indexes.contains { $0.hasPrefix("--index-url") || $0 == "--no-index" } }
}

extension Requirements {
    private static let indexOptions: Set = ["index-url", "extra-index-url", "no-index", "find-links"]

    mutating func add(_ line: ParsedLine, isConstraint: Bool) {
        if line.isRequirement {
            lines.insert(isConstraint ? "-c \(line.normalised)" : line.normalised)
            if !isConstraint { count += 1 }
            return
        }
        for option in line.options where option.name != "trusted-host" {
            let option = option.name == "pypi-url" ? Option(name: "index-url", value: option.value, offset: 0) : option
            if Requirements.indexOptions.contains(option.name) {
                indexes.append(option.normalised)
            } else {
                options.append(option.normalised)
            }
        }
    }

    mutating func add(file: String) {
        if !files.contains(file) { files.append(file) }
    }

    /// Notes a file or folder that a requirement names; false if there is none.
    mutating func add(reference: URL) -> Bool {
        var isFolder = false
        guard FileManager.default.fileExists(atPath: reference.path, isDirectory: &isFolder) else {
            add(file: reference.path)
            return false
        }
        namesFolder = namesFolder || isFolder
        let candidates =
            isFolder
            ? ["pyproject.toml", "setup.py", "setup.cfg"].map { reference.appending(path: $0).path } : [reference.path]
        for path in candidates {
            add(file: path)
            if FileManager.default.fileExists(atPath: path), !inputs.contains(path) { inputs.append(path) }
        }
        return true
    }
}
