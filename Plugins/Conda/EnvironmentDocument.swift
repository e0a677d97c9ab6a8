import FoundationEssentials
import PipRequirements
import PluginKit

/// What an environment.yml asks for.
struct EnvironmentDocument {
    /// A line of it, and where it stands.
    struct Line {
        var text: String
        var place: Place?
    }

    private(set) var channels: [String] = []
    private(set) var packages: [Line] = []
    /// What pip installs in the end, as it stands there.
    private(set) var pip: [Line] = []
    /// The same with all files that it includes.
    private(set) var requirements = Requirements()
    /// The same as pip takes it on the node: lines of a requirements file, and words for those it includes.
    private(set) var pipLines: [String] = []
    private(set) var pipWords: [String] = []
    private(set) var folder: LocalFolder
    private(set) var variables: [String: String] = [:]
    /// Keys that are there and mean nothing here.
    private(set) var unused: [String] = []
    private(set) var diagnostics: [Diagnostic] = []

    /// nil where the project names an environment that there is; `variables` are those that `${NAME}` stands for.
    init?(_ request: BuilderRequest, variables: [String: String]) {
        guard let document = request.environment["conda"]?.object else { return nil }
        channels = (document["channels"]?.array ?? []).compactMap(\.string)
        unused = ["name", "prefix"].filter { document[$0] != nil }
        for (name, value) in document["variables"]?.object ?? [:] { self.variables[name] = value.plainText }
        folder = LocalFolder(of: request)
        for (index, item) in (document["dependencies"]?.array ?? []).enumerated() {
            let pointer = "/conda/dependencies/\(index)"
            if let text = item.string {
                add(package: Line(text: text.trimmed, place: request.place(of: pointer)))
            } else {
                for (number, entry) in (item["pip"]?.array ?? []).enumerated() {
                    let place = request.place(of: "\(pointer)/pip/\(number)")
                    add(requirement: Line(text: (entry.string ?? "").trimmed, place: place))
                }
            }
        }
        readRequirements(variables)
        if !pip.isEmpty, !names.contains("pip") { packages.append(Line(text: "pip", place: nil)) }
    }

    /// The names of the packages that are asked for.
    var names: [String] { packages.compactMap { PackageSpec($0.text)?.name } }

    /// What is asked for of a package; nil where it is not asked for.
    func line(of name: String) -> Line? {
        let name = name.lowercased()
        return packages.first { PackageSpec($0.text)?.name == name }
    }

    var hasError: Bool { diagnostics.contains { $0.severity == .error } }

    private mutating func add(package line: Line) {
        if line.text.contains(where: \.isNewline) || PackageSpec(line.text) == nil {
            let isOfPip = line.text.contains("://") || line.text.contains(" @ ") || line.text.hasPrefix("-")
            diagnostics.append(
                Diagnostic(
                    .input, "`\(line.text.firstLine)` names no conda package", at: line.place,
                    hint: isOfPip
                        ? "put it below `pip:`, a list at the end of `dependencies`"
                        : "write `NAME`, `NAME=1.2`, `NAME>=1,<2` or `CHANNEL::NAME`"))
        }
        packages.append(line)
    }

    private mutating func add(requirement line: Line) {
        guard !line.text.isEmpty, !line.text.contains(where: \.isNewline) else {
            diagnostics.append(
                Diagnostic(.input, "an entry of `pip` is no single line", at: line.place, hint: "write one for each"))
            return
        }
        pip.append(line)
    }

    private mutating func readRequirements(_ variables: [String: String]) {
        let unknown = Place(file: "\(folder.local)/environment.yml", line: 1, column: 1)
        requirements = RequirementsReader.read(
            pip.map { ($0.text, $0.place ?? unknown) }, in: folder.local, variables: variables)
        diagnostics += requirements.diagnostics
        for line in pip {
            let bytes = Array(line.text.utf8)
            let path = (try? ParsedLine(bytes, shown: bytes))?.includedPath
            if let path, let name = path.value {
                pipWords += ["--\(path.name)", LocalReference.isURL(name) ? name : folder.onNode(name)]
            } else {
                pipLines.append(line.text)
            }
        }
    }
}

/// The folder that relative paths of a document start from, here and on the node.
struct LocalFolder {
    let local: String
    let remote: String

    init(of request: BuilderRequest) {
        let file = request.place(of: "/conda")?.file ?? ""
        let folder = file.lastIndex(of: "/").map { String(file[..<$0]) } ?? ""
        let root = request.project.root
        let inner = folder.hasPrefix(root + "/") ? String(folder.dropFirst(root.count)) : ""
        // What stands in the project file itself starts from the project's root.
        let below = inner == "/.rayproject" || inner == "/ray-project" ? "" : inner
        local = root + below
        remote = (request.project.nodeRoot ?? root) + below
    }

    func onNode(_ path: String) -> String { path.hasPrefix("/") ? path : "\(remote)/\(path)" }
}

extension String {
    var trimmed: String {
        var text = self[...]
        while let first = text.first, first.isWhitespace { text = text.dropFirst() }
        while let last = text.last, last.isWhitespace { text = text.dropLast() }
        return String(text)
    }

    var firstLine: String { split(whereSeparator: \.isNewline).first.map(String.init) ?? "" }
}

extension JSONValue {
    /// A scalar as a variable has it.
    fileprivate var plainText: String {
        switch self {
        case .string(let text): text
        case .bool(let value): value ? "true" : "false"
        case .int(let value): String(value)
        case .number(let value): String(value)
        default: ""
        }
    }
}
