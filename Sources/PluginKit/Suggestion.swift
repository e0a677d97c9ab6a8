/// The one of `candidates` that `word` was most likely meant to be; nil where none is close.
///
/// Close is a third of the word's length in letters inserted, removed, replaced or swapped.
public func suggestion(for word: String, among candidates: some Sequence<String>) -> String? {
    let limit = max(1, word.count / 3)
    let ranked = candidates.filter { $0 != word }.map { (distance: distance(word, $0), text: $0) }
    return ranked.filter { $0.distance <= limit }.min { ($0.distance, $0.text) < ($1.distance, $1.text) }?.text
}

/// The optimal string alignment distance, without regard to case.
private func distance(_ first: String, _ second: String) -> Int {
    let first = Array(first.lowercased()), second = Array(second.lowercased())
    var beforeLast: [Int] = []
    var last = Array(0...second.count)
    for (row, letter) in first.enumerated() {
        var current = [row + 1]
        for (column, other) in second.enumerated() {
            var best = min(last[column + 1] + 1, current[column] + 1, last[column] + (letter == other ? 0 : 1))
            if row > 0, column > 0, letter == second[column - 1], first[row - 1] == other {
                best = min(best, beforeLast[column - 1] + 1)
            }
            current.append(best)
        }
        (beforeLast, last) = (last, current)
    }
    return last[second.count]
}
