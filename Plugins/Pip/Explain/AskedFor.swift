import PipRequirements
import PluginKit

/// Where the things stand that a tool speaks of.
struct AskedFor {
    let requirements: Requirements
    let lock: (text: LockText, value: Lock)?
    /// Where the file of requirements is named.
    let place: Place?
    let python: String?
    /// What the key `python` says, and where.
    let wantedPython: String?
    let pythonPlace: Place?

    func item(named name: String) -> Requirements.Item? {
        let items = requirements.items(named: Requirement.normalised(name))
        return items.first { !$0.isConstraint } ?? items.first
    }

    /// Where a package is asked for: by a requirement, or else by the lock.
    func place(ofPackage name: String) -> Place? {
        item(named: name)?.source.place ?? place(ofArchive: name) ?? lockPlace(ofPackage: name)
    }

    /// Where a wheel or an archive is named that holds a package.
    private func place(ofArchive name: String) -> Place? {
        requirements.items.first { item in
            guard case .path(let path, _)? = item.requirement?.target, LocalReference.isArchive(path) else {
                return false
            }
            return LinkFolder.packageName(of: path) == Requirement.normalised(name)
        }?.source.place
    }

    func lockPlace(ofPackage name: String) -> Place? {
        let name = Requirement.normalised(name)
        guard let lock, let entry = lock.text.entries.first(where: { $0.name == name }) else { return nil }
        return lock.value.place(ofLine: entry.line)
    }

    /// Where a host is named: by an option, or else by a requirement.
    func place(ofHost host: String) -> Place? {
        let option = requirements.sources.first { $0.value.flatMap(URLHost.name) == host }
        return option?.source.place
            ?? requirements.items.first { item in
                if case .url(_, let url)? = item.requirement?.target { return URLHost.name(of: url) == host }
                return item.editable.flatMap(URLHost.name) == host
            }?.source.place
    }

    /// The package of a folder where only one is named.
    var onlyFolder: (name: String, place: Place)? {
        let folders = requirements.items.filter { $0.localFolder != nil && !$0.isConstraint }
        guard folders.count == 1, let item = folders.first, let name = item.localFolder else { return nil }
        return (name, item.source.place)
    }

    func place(ofFolder path: String) -> Place? {
        let last = path.split(separator: "/").last
        return requirements.items.first { item in
            item.localFolder.map { $0.split(separator: "/").last == last } ?? false
        }?.source.place
    }
}

extension Requirements.Item {
    /// The folder that is asked for, as it is written.
    fileprivate var localFolder: String? {
        let path: String? =
            if let editable {
                LocalReference.path(of: LocalReference.withoutExtras(editable).path)
            } else {
                switch requirement?.target {
                case .path(let path, _)?: path
                case .url(_, let url)?: LocalReference.path(of: url)
                default: nil
                }
            }
        return path.flatMap { LocalReference.isArchive($0) ? nil : $0 }
    }

    /// The requirement as a person would write it.
    var shown: String {
        guard let requirement else { return editable.map { LocalReference.withoutCredentials($0) } ?? "" }
        if case .package(let name, _) = requirement.target { return name + requirement.comparisons }
        return requirement.packageName ?? requirement.normalised
    }
}
