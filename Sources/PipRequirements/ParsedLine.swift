import PluginKit

/// A line that says what to install, how, or which other file to read.
package struct ParsedLine {
    /// The requirement; nil for a line of options and for an editable one.
    package private(set) var requirement: Requirement?
    package private(set) var options: [Option]
    /// The options, with the names in them of those variables that hold secrets.
    package private(set) var shownOptions: [Option]
    /// The one form of the line, credentials taken off, for comparing environments.
    package private(set) var normalised: String
    /// Where what the line is about begins.
    package private(set) var start: Int

    /// Reads a line.
    ///
    /// `expanded` has the values of its variables in the place of their names; in `shown` those that
    /// hold secrets keep their names.
    package init(_ expanded: [UInt8], shown: [UInt8]) throws(Problem) {
        let split = OptionLine.start(in: expanded)
        let head = Array(expanded[..<split])
        options = try OptionLine.parse(expanded, from: split)
        shownOptions =
            shown == expanded ? options : try OptionLine.parse(shown, from: OptionLine.start(in: shown))
        start = expanded.prefix { $0.isSpace }.count
        guard head.contains(where: { !$0.isSpace }) else {
            start = options.first { $0.name == "editable" }?.offset ?? start
            normalised = shownOptions.map(\.normalised).joined(separator: " ")
            return
        }
        let requirement = try Requirement(trimmedEnd(head))
        self.requirement = requirement
        var visible = requirement
        if case .url = requirement.target, shown != expanded,
            let literal = try? Requirement(trimmedEnd(Array(shown[..<OptionLine.start(in: shown)])))
        {
            visible = literal
        }
        normalised = ([visible.normalised] + options.map(\.normalised).sorted()).joined(separator: " ")
    }

    /// The hashes that the requirement may have, as `sha256:…`.
    package var hashes: [String] { options.filter { $0.name == "hash" }.compactMap(\.value) }

    /// Whether a URL of the line holds a name or a password.
    package var hasCredentials: Bool {
        var values = options.compactMap(\.value)
        if case .url(_, let url)? = requirement?.target { values.append(url) }
        return values.contains { LocalReference.withoutCredentials($0) != $0 }
    }

    /// What to install in a way that changes in the project are seen at once.
    package var editable: String? {
        requirement == nil ? options.first { $0.name == "editable" }?.value : nil
    }

    /// The option that names another file to read.
    ///
    /// As in pip, the first of a line counts, and a requirement beside it wins.
    package var includedPath: Option? {
        guard requirement == nil, editable == nil else { return nil }
        return options.first { $0.name == "requirement" } ?? options.first { $0.name == "constraint" }
    }

    /// Whether the line asks for something to be installed.
    package var isRequirement: Bool { requirement != nil || editable != nil }

    /// The file or folder of this machine that the line names.
    package var localPath: String? {
        if let editable { return LocalReference.path(of: LocalReference.withoutExtras(editable).path) }
        switch requirement?.target {
        case .path(let path, _): return path
        case .url(_, let url): return LocalReference.path(of: url)
        default: return nil
        }
    }

    /// Whether every installer fails when `localPath` is not there.
    package var mustExist: Bool {
        if editable != nil { return true }
        if case .path = requirement?.target { return requirement?.marker == nil }
        return false
    }
}

extension Option {
    package var normalised: String {
        guard let value else { return "--\(name)" }
        return "--\(name) \(LocalReference.withoutCredentials(value))"
    }
}

extension Requirement {
    /// The one form of this requirement, credentials taken off.
    package var normalised: String {
        let text =
            switch target {
            case .package(let name, let rest): name + rest
            case .url(let name, let url):
                (name.map { "\($0) @ " } ?? "") + LocalReference.withoutCredentials(url)
            case .path(let path, let extras): path + extras
            }
        return marker.map { "\(text) ; \($0)" } ?? text
    }
}

private func trimmedEnd(_ bytes: [UInt8]) -> [UInt8] {
    Array(bytes[..<((bytes.lastIndex { !$0.isSpace } ?? -1) + 1)])
}
