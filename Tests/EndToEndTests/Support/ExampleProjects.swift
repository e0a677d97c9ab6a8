import FoundationEssentials
import Host

extension Workplace {
    /// The project of the acceptance cases: its cluster is called otherwise.
    func makeP2(_ rest: String = "") throws {
        try makeProject(
            named: "p2",
            """
            \(rest)
            commands:
              - name: default
                help: runs the job
                command: echo "Starting ray job in $PWD"
              - name: train
                help: trains the model
                command: echo "train {{lr}} {{dataset}} {{epochs}} {{opt}}"
                params:
                  - {name: lr, help: the learning rate, type: float, default: 0.1}
                  - {name: dataset, help: the data set, choices: [a, b]}
                  - {name: epochs, type: int, default: 3}
                  - {name: opt, required: false}
              - name: bg
                command: echo in the background
                config: {tmux: true}
              - name: fail
                command: exit 7
            """)
    }

    /// The upstream tests' project with two commands that take two parameters each.
    func makeFirstAndSecond(_ rest: String = "") throws {
        func command(_ name: String) -> String {
            """
              - name: \(name)
                help: the \(name) of two
                command: echo "Starting ray job with {{a}} and {{b}}"
                params:
                  - {name: a, help: "what a does", choices: [1, 2], type: int}
                  - {name: b, choices: [1, 2], type: int}
            """
        }
        try makeProject(
            named: "commands-test", "\(rest)\ncommands:\n\(command("first"))\n\(command("second"))")
    }

    /// What `ray session list --json` says of one session.
    func listed(_ session: String) async throws -> JSONValue? {
        let list = try await ray("session", "list", "--json")
        return try JSONValue(parsing: Data(list.output.utf8)).array?.first { $0["name"] == .string(session) }
    }

    /// A file of the project as text; empty where there is none.
    func text(_ path: String) throws -> String {
        String(decoding: try Files.read(project / path) ?? Data(), as: UTF8.self)
    }
}

extension Outcome {
    /// The lines of standard output, sorted: what ran side by side has no order.
    var sortedLines: [String] { output.split(separator: "\n").map(String.init).sorted() }
}
