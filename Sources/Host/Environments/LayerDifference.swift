/// In what two sets of components differ, in sentences that name lines: `click==8.1.7 → click==8.1.8`.
struct LayerDifference {
    let sentences: [String]

    /// Of what layers were made of, as their stamps have it.
    init(from old: JSONValue, to new: JSONValue) {
        var sentences: [String] = []
        if let before = old["generation"]?.int, let now = new["generation"]?.int, before != now {
            sentences.append("the plugin builds it in another way (generation \(before) → \(now))")
        }
        sentences += Self.ofValues(
            old["components"]?.object?.compactMapValues(\.string) ?? [:],
            new["components"]?.object?.compactMapValues(\.string) ?? [:])
        let (before, now) = (Self.files(old), Self.files(new))
        for name in Set(before.keys).union(now.keys).sorted() where before[name] != now[name] {
            let what = before[name] == nil ? "is new" : now[name] == nil ? "is gone" : "has changed"
            sentences.append("`\(name)` \(what)")
        }
        if sentences.isEmpty, old["below"] != new["below"] { sentences.append("a layer below it has changed") }
        self.sentences = sentences
    }

    /// Of named texts, line by line.
    static func ofValues(_ old: [String: String], _ new: [String: String]) -> [String] {
        Set(old.keys).union(new.keys).sorted().compactMap { name in
            let (before, now) = (lines(old[name]), lines(new[name]))
            guard before != now else { return nil }
            return "\(name): \(changes(before, now))"
        }
    }

    private static func lines(_ text: String?) -> [String] {
        (text ?? "").split(separator: "\n").map(String.init)
    }

    private static func files(_ components: JSONValue) -> [String: String] {
        let pairs = (components["inputs"]?.array ?? []).compactMap { item -> (String, String)? in
            guard let pair = item.array?.compactMap(\.string), pair.count == 2 else { return nil }
            return (pair[0], pair[1])
        }
        return Dictionary(pairs) { first, _ in first }
    }

    private static func changes(_ old: [String], _ new: [String]) -> String {
        var gone = old.filter { !new.contains($0) }
        var changes: [String] = []
        for line in new where !old.contains(line) {
            // The same package with another version is one change.
            if let index = gone.firstIndex(where: { subject($0) == subject(line) }) {
                changes.append("\(gone.remove(at: index)) → \(line)")
            } else {
                changes.append("\(line) added")
            }
        }
        changes += gone.map { "\($0) removed" }
        guard !changes.isEmpty else { return "in another order" }
        let shown = changes.prefix(4).joined(separator: ", ")
        return changes.count > 4 ? "\(shown) and \(changes.count - 4) more" : shown
    }

    /// What a line is about: the name that it begins with.
    private static func subject(_ line: String) -> Substring {
        let name = line.prefix { $0.isLetter || $0.isNumber || "-_.[]/".contains($0) }
        // A number is a version, and the text is about whatever its name says.
        return name.first?.isNumber ?? true ? "" : name
    }
}
