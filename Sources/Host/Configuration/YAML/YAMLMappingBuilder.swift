/// The entries of one mapping as they come, with `<<` resolved as PyYAML does: the mapping's own
/// keys win, then the later `<<`, then the earlier mapping in a list of them.
struct YAMLMappingBuilder {
    private var own: [YAMLEntry] = []
    /// Kept only for mappings with more than a few keys, which most are not.
    private var ownIndex: [String: Int] = [:]
    private var merged: [YAMLEntry] = []

    mutating func add(_ entry: YAMLEntry) throws(Failure) {
        if let first = index(of: entry.key) {
            let line = own[first].keyPlace.line ?? 1
            let column = own[first].keyPlace.column ?? 1
            throw Failure(
                .input, "the key `\(entry.key)` is given twice, first on line \(line), column \(column)",
                at: entry.keyPlace)
        }
        own.append(entry)
        if own.count == Self.few {
            for (index, entry) in own.enumerated() { ownIndex[entry.key] = index }
        } else if own.count > Self.few {
            ownIndex[entry.key] = own.count - 1
        }
    }

    private static let few = 16

    private func index(of key: String) -> Int? {
        own.count < Self.few ? own.firstIndex { $0.key == key } : ownIndex[key]
    }

    mutating func merge(_ node: YAMLNode) throws(Failure) {
        switch node.value {
        case .mapping(let entries): merged += entries
        case .sequence(let items):
            for item in items.reversed() {
                guard let entries = item.mapping else { throw Self.refusal(at: item.place) }
                merged += entries
            }
        default: throw Self.refusal(at: node.place)
        }
    }

    var entries: [YAMLEntry] {
        guard !merged.isEmpty else { return own }
        var all: [YAMLEntry] = []
        var index: [String: Int] = [:]
        for entry in merged + own {
            if let seen = index[entry.key] {
                all[seen] = entry
            } else {
                index[entry.key] = all.count
                all.append(entry)
            }
        }
        return all
    }

    private static func refusal(at place: Place) -> Failure {
        Failure(.input, "`<<` takes a mapping or a list of mappings", at: place)
    }
}
