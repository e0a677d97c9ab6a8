/// Rows under a heading, columns as wide as they need to be.
package struct Table: Sendable {
    private var rows: [[String]]
    /// Whether the last column is broken, between words if possible, rather than cut where it is too wide.
    package var wrapsLast = false

    package init(_ heading: String...) {
        rows = [heading]
    }

    /// Adds a row; what has several lines goes on below.
    package mutating func add(_ row: String...) {
        let cells = row.map { $0.printable.split(whereSeparator: \.isNewline).map(String.init) }
        for line in 0..<max(1, cells.map(\.count).max() ?? 0) {
            rows.append(cells.map { line < $0.count ? $0[line] : "" })
        }
    }

    package var isEmpty: Bool { rows.count == 1 }

    /// The table as lines of text, none longer than `width` where that is possible.
    package func text(width: Int? = nil) -> String {
        let widths = fitted(to: width)
        return rows.flatMap { wrapsLast ? wrapped($0, widths) : [$0] }.map { row in
            // What is empty at the end needs no space in front of it.
            let count = (row.lastIndex { !$0.isEmpty } ?? -1) + 1
            return zip(row.prefix(count), widths).enumerated().map { column, cell in
                let (text, width) = (cell.0, cell.1)
                let length = text.count
                if length > width { return text.prefix(width - 1) + "…" }
                return column == count - 1 ? text : text + String(repeating: " ", count: width - length)
            }.joined(separator: "  ")
        }.joined(separator: "\n")
    }

    /// The row, and the rows below it that hold the rest of its last cell.
    private func wrapped(_ row: [String], _ widths: [Int]) -> [[String]] {
        guard let cell = row.last, let width = widths.last else { return [row] }
        let lines = TextStyle(width: width).wrapped(cell, indent: "").split(separator: "\n").flatMap { line in
            // A path or a word that is too long is rather broken anywhere than not shown.
            stride(from: 0, to: line.count, by: width).map { String(line.dropFirst($0).prefix(width)) }
        }
        return (lines.isEmpty ? [""] : lines).enumerated().map { index, line in
            (index == 0 ? Array(row.dropLast()) : row.dropLast().map { _ in "" }) + [line]
        }
    }

    /// The widths of the columns; where the whole is too wide the widest give way, before them a last
    /// one that can be broken.
    private func fitted(to width: Int?) -> [Int] {
        var widths = (rows.first ?? []).indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        guard let width else { return widths }
        let gaps = 2 * (widths.count - 1)
        if wrapsLast, let last = widths.indices.last {
            widths[last] = min(widths[last], max(30, width - gaps - widths.dropLast().reduce(0, +)))
        }
        while widths.reduce(gaps, +) > width, let widest = widths.indices.max(by: { widths[$0] < widths[$1] }),
            widths[widest] > 8
        {
            widths[widest] -= 1
        }
        return widths
    }
}
