import FoundationEssentials
package import PluginKit

/// What a requirements file and all that it includes ask for.
package struct Requirements: Sendable {
    /// Where a line stands.
    package struct Source: Sendable, Hashable {
        package var place: Place
        /// The lines of the file that it is written in.
        package var lines: ClosedRange<Int>
        /// Whether it must reach the installer without anybody seeing it.
        package var holdsSecret: Bool
    }

    /// A requirement, with where it stands.
    package struct Item: Sendable {
        package var requirement: Requirement?
        package var editable: String?
        package var hashes: [String]
        package var isConstraint: Bool
        package var source: Source
    }

    /// An option that says where packages come from or which of them count.
    package struct SourceOption: Sendable {
        package var name: String
        /// Its value without credentials.
        package var value: String?
        package var source: Source
    }

    package fileprivate(set) var lines: Set<String> = []
    /// The requirements, in order.
    package fileprivate(set) var items: [Item] = []
    /// How many things are to be installed, as the files count them.
    package fileprivate(set) var count = 0
    /// The options that say where packages come from, in order.
    package fileprivate(set) var indexes: [String] = []
    /// The options that the installer of a lock needs as well, in order.
    package fileprivate(set) var sources: [SourceOption] = []
    /// The other options, in order.
    package fileprivate(set) var options: [String] = []
    /// The files on other hosts that are included, which nobody here has read.
    package fileprivate(set) var remote: [(text: String, place: Place)] = []
    /// The folders that are named, and whether all of them are editable.
    package fileprivate(set) var folders: [LocalTree] = []
    /// Every local file that was read or looked for.
    package fileprivate(set) var files: [String] = []
    /// The local files that are to be installed, or hold what is.
    package fileprivate(set) var archives: [String] = []
    /// The names of the variables that stand in URLs.
    package fileprivate(set) var secrets: [String] = []
    package var diagnostics: [Diagnostic] = []

    package init() {}

    package var hasError: Bool { diagnostics.contains { $0.severity == .error } }

    /// Whether an option replaces the index that is looked at first.
    package var choosesIndex: Bool { indexes.contains { $0.hasPrefix("--index-url") || $0 == "--no-index" } }
}

extension Requirements {
    private static let indexOptions: Set = ["index-url", "extra-index-url", "no-index", "find-links"]
    private static let choices: Set = ["no-binary", "only-binary"]

    mutating func add(_ line: ParsedLine, isConstraint: Bool, variables: [String], source: Source) {
        let hasURL = line.normalised.contains("://") || line.options.contains { $0.value?.contains("://") == true }
        for name in variables where hasURL && !secrets.contains(name) { secrets.append(name) }
        if line.isRequirement {
            lines.insert(isConstraint ? "-c \(line.normalised)" : line.normalised)
            items.append(
                Item(
                    requirement: line.requirement, editable: line.editable, hashes: line.hashes,
                    isConstraint: isConstraint, source: source))
            if !isConstraint { count += 1 }
            return
        }
        for option in line.shownOptions where option.name != "trusted-host" {
            let option = option.name == "pypi-url" ? Option(name: "index-url", value: option.value, offset: 0) : option
            if Requirements.indexOptions.contains(option.name) {
                indexes.append(option.normalised)
            } else {
                options.append(option.normalised)
            }
            if Requirements.indexOptions.union(Requirements.choices).contains(option.name) {
                sources.append(SourceOption(name: option.name, value: option.value, source: source))
            }
        }
        for option in line.shownOptions where option.name == "trusted-host" {
            sources.append(SourceOption(name: option.name, value: option.value, source: source))
        }
    }

    mutating func add(remote text: String, at place: Place) {
        options.append(text)
        remote.append((text, place))
    }

    mutating func add(file: String) {
        if !files.contains(file) { files.append(file) }
    }

    /// Notes a file or folder that a requirement names; false if there is none.
    mutating func add(reference: URL, isEditable: Bool) -> Bool {
        var isFolder = false
        let path = reference.trimmedPath
        add(file: path)
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return false }
        if isFolder {
            if !folders.contains(where: { $0.root == path }) { folders.append(LocalTree(root: path)) }
        } else if !archives.contains(path) {
            archives.append(path)
        }
        return true
    }

    /// What a URL, a path or a name of a lock's entry was asked for as.
    package func items(named name: String) -> [Item] {
        items.filter { $0.requirement?.packageName == name }
    }
}
