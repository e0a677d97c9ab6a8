/// Rows under a heading, columns as wide as they need to be.
package struct Table {
    private var rows: [[String]]

    package init(_ heading: String...) {
        rows = [heading]
    }

    package mutating func add(_ row: String...) {
        rows.append(row)
    }

    package var text: String {
        let widths = (rows.first ?? []).indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            let line = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }.joined(
                separator: "  ")
            return String(line.reversed().drop { $0 == " " }.reversed())
        }.joined(separator: "\n")
    }
}
