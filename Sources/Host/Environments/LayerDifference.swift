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
        let told = sentences.joined(separator: " ")
        var count = 0
        for name in Set(before.keys).union(now.keys).sorted() where before[name] != now[name] {
            // Files that come and go may be among the texts too.
            let isTold = count < 4 && (before[name] == nil || now[name] == nil) && told.contains(name)
            count += isTold ? 0 : 1
            guard count <= 4, !isTold else { continue }
            let what = before[name] == nil ? "is new" : now[name] == nil ? "is gone" : "has changed"
            sentences.append("`\(name)` \(what)")
        }
        if count > 4 { sentences.append("and \(count - 4) more files") }
        if sentences.isEmpty, old["below"] != new["below"] { sentences.append("a layer below it has changed") }
        self.sentences = sentences
    }

    /// Of named texts, line by line.
    static func ofValues(_ old: [String: String], _ new: [String: String]) -> [String] {
        let changed = Set(old.keys).union(new.keys).sorted().compactMap { name -> (String, [Change])? in
            let (before, now) = (lines(old[name]), lines(new[name]))
            return before == now ? nil : (name, changes(before, now))
        }
        return changed.enumerated().compactMap { index, item in
            // The checksum of another version is another one: that goes without saying.
            let subjects = Set(item.1.map(\.subject))
            let isImplied = changed.enumerated().contains { other, more in
                let others = Set(more.1.map(\.subject))
                let isShorter = more.1.reduce(0) { $0 + $1.text.count } < item.1.reduce(0) { $0 + $1.text.count }
                return other != index && !subjects.isEmpty && !subjects.contains("") && subjects.isSubset(of: others)
                    && isShorter
            }
            return isImplied ? nil : "\(item.0): \(sentence(item.1))"
        }
    }

    private struct Change {
        var subject: Substring
        var text: String
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

    private static func changes(_ old: [String], _ new: [String]) -> [Change] {
        let (before, now) = (Set(old), Set(new))
        let removed = old.filter { !now.contains($0) }
        var bySubject: [Substring: [String]] = [:]
        for line in removed.reversed() { bySubject[subject(line), default: []].append(line) }
        var changes: [Change] = []
        var replaced: Set<String> = []
        for line in new where !before.contains(line) {
            // The same package with another version is one change.
            if let other = bySubject[subject(line)]?.popLast() {
                replaced.insert(other)
                changes.append(
                    Change(subject: subject(line), text: "\(short(other)) → \(short(line))"))
            } else {
                changes.append(Change(subject: subject(line), text: "\(short(line)) added"))
            }
        }
        let gone = removed.filter { !replaced.contains($0) }
        if let only = gone.first, gone.count == 1, changes.count == 1, old.count == 1, new.count == 1 {
            return [Change(subject: "", text: "\(short(only)) → \(short(new[0]))")]
        }
        return changes + gone.map { Change(subject: subject($0), text: "\(short($0)) removed") }
    }

    private static func short(_ line: String) -> String { line.count > 72 ? "\(line.prefix(70))…" : line }

    private static func sentence(_ changes: [Change]) -> String {
        guard !changes.isEmpty else { return "in another order" }
        let shown = changes.prefix(4).map(\.text).joined(separator: ", ")
        return changes.count > 4 ? "\(shown) and \(changes.count - 4) more" : shown
    }

    /// What a line is about: the name that it begins with.
    private static func subject(_ line: String) -> Substring {
        let name = line.prefix { $0.isLetter || $0.isNumber || "-_.[]/".contains($0) }
        // A number is a version, and the text is about whatever its name says.
        return name.first?.isNumber ?? true ? "" : name
    }
}
