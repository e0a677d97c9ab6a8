import FoundationEssentials

/// Which plugin would handle what no installed one does: `share/ray/known-plugins.yaml`.
package struct KnownPlugins: Sendable {
    private struct Entry {
        var plugin: String
        var about: String
    }

    private var keys: [String: Entry] = [:]
    private var types: [String: Entry] = [:]

    package init(folders: Folders) throws(Failure) {
        guard let data = try Files.read(folders.knownPlugins) else { return }
        let root = try YAMLNode.parse([UInt8](data), file: folders.knownPlugins)
        keys = Self.entries(root["environment"])
        types = Self.entries(root["providers"])
    }

    private static func entries(_ node: YAMLNode?) -> [String: Entry] {
        guard case .mapping(let members)? = node?.value else { return [:] }
        return Dictionary(
            members.map {
                ($0.key, Entry(plugin: $0.value["plugin"]?.string ?? $0.key, about: $0.value["about"]?.string ?? ""))
            }
        ) { first, _ in first }
    }

    /// The error for a key of `environment` that no plugin handles.
    package func diagnostic(forKey key: String, at place: Place, _ catalogue: Catalogue) -> Diagnostic {
        let handled = Set(catalogue.builders.flatMap { $0.manifest.keys?.keys.map { $0 } ?? [] })
        if let entry = keys[key] { return absence(of: entry, for: "environment.\(key)", at: place, catalogue) }
        let known = handled.union(["variables"])
        return Diagnostic(
            .input, "no plugin handles `environment.\(key)`", at: place,
            hint: hint(for: key, among: known, or: keys, "`environment` can have", catalogue))
    }

    /// The error for a `provider.type` that no plugin handles.
    package func diagnostic(forProvider type: String, at place: Place, _ catalogue: Catalogue) -> Diagnostic {
        if let entry = types[type] { return absence(of: entry, for: "provider.type: \(type)", at: place, catalogue) }
        let handled = Set(catalogue.plugins.flatMap { $0.manifest.types ?? [] })
        return Diagnostic(
            .input, "no plugin handles `provider.type: \(type)`", at: place,
            hint: hint(for: type, among: handled, or: types, "the installed plugins handle", catalogue))
    }

    /// The plugin that would handle a key of `environment` or a provider type, or that is called so.
    package func plugin(for name: String) -> (id: String, about: String)? {
        let entry = keys[name] ?? types[name] ?? (keys.merging(types) { $1 }).values.first { $0.plugin == name }
        return entry.map { ($0.plugin, $0.about) }
    }

    /// The warning for a key of `environment` whose plugin is known and not installed, or nil.
    package func warning(forKey key: String, _ catalogue: Catalogue) -> Diagnostic? {
        guard catalogue.builders(of: key).isEmpty, let entry = keys[key] else { return nil }
        var warning = absence(of: entry, for: "environment.\(key)", at: nil, catalogue)
        warning.severity = .warning
        return warning
    }

    /// The warning for a `provider.type` whose plugin is known and not installed, or nil.
    package func warning(forProvider type: String, at place: Place?, _ catalogue: Catalogue) -> Diagnostic? {
        guard catalogue.providers(of: type).isEmpty, let entry = types[type] else { return nil }
        var warning = absence(of: entry, for: "provider.type: \(type)", at: place, catalogue)
        warning.message += "; what else is in `provider` is not checked"
        warning.severity = .warning
        return warning
    }

    private func absence(of entry: Entry, for name: String, at place: Place?, _ catalogue: Catalogue) -> Diagnostic {
        Diagnostic(
            .plugin, "`\(name)` needs the plugin `\(entry.plugin)` (\(entry.about)), which is not installed", at: place,
            hint: install(entry, catalogue))
    }

    /// `others`: what plugins that are not installed handle, which may be meant too.
    private func hint(
        for name: String, among known: Set<String>, or others: [String: Entry], _ words: String, _ catalogue: Catalogue
    ) -> String {
        let near = suggestion(for: name, among: known.union(others.keys))
        let list = known.sorted().map { "`\($0)`" }.joined(separator: ", ")
        let all = known.isEmpty ? "no plugin is installed" : "\(words) \(list)"
        return near ?? [all, catalogue.remark].compactMap(\.self).joined(separator: "; ")
    }

    private func install(_ entry: Entry, _ catalogue: Catalogue) -> String {
        "`ray plugin install` takes its folder, its archive or its URL; "
            + (catalogue.remark ?? "`ray plugin list` shows what is installed")
    }
}
