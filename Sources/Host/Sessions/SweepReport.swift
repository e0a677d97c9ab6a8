/// How the runs of a sweep ended.
package struct SweepReport: Sendable {
    package struct Row: Sendable, Codable {
        package var run: String
        /// The choices, as in `dataset=a lr=0.1`.
        package var choices: String
        /// The same by parameter.
        package var values: [String: String]
        /// `ok`, `failed`, `ended` for one that the sweep ended, or `not begun`.
        package var state = "not begun"
        /// nil for one that was not begun.
        package var status: Int32?
        package var seconds: Double?
        package var log: String
    }

    package private(set) var rows: [Row]

    init(_ runs: [CommandRun]) {
        rows = runs.map { run in
            let values = run.command.choices.map { ($0.parameter, $0.value) }
            return Row(
                run: run.id, choices: run.command.label, values: Dictionary(values) { $1 }, log: run.log)
        }
    }

    mutating func finish(_ index: Int, _ exit: Exit, _ time: Duration, isEnded: Bool) {
        rows[index].state = isEnded ? "ended" : exit == .status(0) ? "ok" : "failed"
        rows[index].status = exit.shellStatus
        rows[index].seconds = Double(time / .milliseconds(1)).rounded() / 1000
    }

    /// 0 when all ended so, else the status of the first that failed of itself.
    package var status: Int32 { rows.first { $0.state == "failed" }?.status ?? 0 }

    /// How many did not come to an end of their own.
    package var unfinished: Int { rows.count { $0.state == "ended" || $0.state == "not begun" } }

    package var table: Table {
        var table = Table("RUN", "STATUS", "TIME")
        for row in rows {
            let status = row.state == "failed" ? row.status.map { "failed (\($0))" } : nil
            table.add(row.choices, status ?? row.state, row.seconds.map { Duration.seconds($0).forPeople } ?? "-")
        }
        return table
    }
}
