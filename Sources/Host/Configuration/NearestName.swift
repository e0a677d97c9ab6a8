/// The candidate that a mistyped name most likely meant, or nil where none is near.
///
/// Near means at most a third of the name's letters changed, added, left out or swapped with their
/// neighbour; case counts for nothing.
package func nearest(to name: String, among candidates: some Sequence<String>) -> String? {
    let typed = Array(name.lowercased())
    let limit = max(1, typed.count / 3)
    return
        candidates
        .map { (candidate: $0, distance: editDistance(typed, Array($0.lowercased()))) }
        .filter { $0.distance <= limit && $0.distance < max(typed.count, 1) }
        .min { ($0.distance, $0.candidate) < ($1.distance, $1.candidate) }?
        .candidate
}

/// The hint for a mistyped name, or nil where none is near; `form` is how the name is written.
package func suggestion(
    for name: String, among candidates: some Sequence<String>, as form: (String) -> String = { $0 }
) -> String? {
    nearest(to: name, among: candidates).map { "did you mean `\(form($0))`?" }
}

/// The names that there are, for a hint.
package func listing(_ names: [String]) -> String {
    let list = names.map { "`\($0)`" }.joined(separator: ", ")
    return names.count == 1 ? "there is only \(list)" : "there are \(list)"
}

/// The Damerau-Levenshtein distance (optimal string alignment).
private func editDistance(_ left: [Character], _ right: [Character]) -> Int {
    guard !left.isEmpty, !right.isEmpty else { return max(left.count, right.count) }
    var beforePrevious: [Int] = []
    var previous = Array(0...right.count)
    for row in 1...left.count {
        var current = [row]
        for column in 1...right.count {
            let isSame = left[row - 1] == right[column - 1]
            var best = min(
                previous[column] + 1, current[column - 1] + 1, previous[column - 1] + (isSame ? 0 : 1))
            if row > 1, column > 1, left[row - 1] == right[column - 2], left[row - 2] == right[column - 1] {
                best = min(best, beforePrevious[column - 2] + 1)
            }
            current.append(best)
        }
        (beforePrevious, previous) = (previous, current)
    }
    return previous[right.count]
}
