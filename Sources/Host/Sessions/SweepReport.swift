/// How the runs of a sweep ended.
package struct SweepReport: Sendable {
    package struct Row: Sendable, Codable {
        package var run: String
        /// The choices, as in `dataset=a lr=0.1`.
        package var choices: String
        /// nil for one that was not begun.
        package var status: Int32?
        package var seconds: Double?
        package var log: String
    }

    package private(set) var rows: [Row]

    init(_ runs: [CommandRun]) {
        rows = runs.map { Row(run: $0.id, choices: $0.command.label, log: $0.log) }
    }

    mutating func finish(_ index: Int, _ exit: Exit, _ time: Duration) {
        rows[index].status = exit.shellStatus
        rows[index].seconds = Double(time / .milliseconds(1)).rounded() / 1000
    }

    /// 0 when all ended so, else the status of the first that did not.
    package var status: Int32 { rows.lazy.compactMap(\.status).first { $0 != 0 } ?? 0 }

    package var table: Table {
        var table = Table("RUN", "STATUS", "TIME")
        for row in rows {
            let status = row.status.map { $0 == 0 ? "ok" : "failed (\($0))" } ?? "not run"
            table.add(row.choices, status, row.seconds.map { Duration.seconds($0).forPeople } ?? "-")
        }
        return table
    }
}
