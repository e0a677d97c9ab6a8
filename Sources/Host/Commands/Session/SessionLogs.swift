import ArgumentParser

struct SessionLogs: RunnableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs", abstract: "Print what a session has written.",
        discussion: """
            That is the builds of its environment, Ray's start, and the runs that had no terminal of their own: those \
            of a sweep and those in tmux. Each line tells where it is from.

            $ ray session logs
            $ ray session logs my-session -f
            $ ray session logs --only train
            """)

    @OptionGroup var sessions: SessionArguments

    @Flag(name: [.short, .long], help: "Go on with what is written from now on, until nothing runs any more.")
    var follow = false

    @Option(
        help: ArgumentHelp(
            "Only these: `build`, `ray`, a command, a run's id or choices, as in dataset=a.", valueName: "source"))
    var only: [String] = []

    @Option(help: ArgumentHelp("Of each, only the last lines.", valueName: "lines"))
    var lines: Int?

    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard lines ?? 0 >= 0 else { throw ValidationError("`--lines` must be 0 or more, not \(lines ?? 0)") }
    }

    func run(_ context: Context, _ interrupts: Interrupts) async throws -> Int32 {
        let folders = try sessions.folders(context)
        var logs = SessionLog.all(of: folders, in: context, isNamed: folders.count > 1)
        if !only.isEmpty { logs = try SessionLog.chosen(only, from: logs) }
        guard !logs.isEmpty || follow && folders.contains(where: \.isWritten) else {
            context.terminal.note("nothing was written yet")
            return 0
        }
        var printer = LogPrinter(logs, lines: lines, terminal: context.terminal)
        guard printer.print(atEnd: !follow) else { return 0 }
        while follow {
            let isRunning = folders.contains(where: \.isWritten)
            printer.add(
                SessionLog.all(of: folders, in: context, isNamed: folders.count > 1).filter { log in
                    only.isEmpty || only.contains { log.fits($0) }
                })
            guard printer.print(atEnd: !isRunning), isRunning else { break }
            do { try await Task.sleep(for: .milliseconds(100)) } catch {
                // It is how one leaves.
                throw ExitCode(130)
            }
        }
        return 0
    }
}

extension SessionFolder {
    /// Whether something runs in the session or is being started, and may write more.
    fileprivate var isWritten: Bool {
        guard let state = try? state() else { return false }
        return !state.runningCommands.isEmpty || (state.phase == .starting && FileLock.isHeld(lock))
            || state.commands.contains { hasMoreToCome($0.value, id: $0.key) }
    }

    /// Whether tmux has yet to write the end of a run that has ended just now.
    private func hasMoreToCome(_ command: SessionState.Command, id: String) -> Bool {
        guard command.tmux != nil, let ended = command.ended.flatMap(Timestamp.nanoseconds(of:)),
            nanosecondsNow() - ended < 5_000_000_000
        else { return false }
        return !Files.exists(logEnd(ofRun: id))
    }
}

/// Prints logs line by line, each with the name of its log.
private struct LogPrinter {
    private var followers: [(log: SessionLog, follower: LogFollower)] = []
    private let lines: Int?
    private let terminal: Terminal

    init(_ logs: [SessionLog], lines: Int?, terminal: Terminal) {
        self.lines = lines
        self.terminal = terminal
        add(logs)
    }

    mutating func add(_ logs: [SessionLog]) {
        for log in logs where !followers.contains(where: { $0.log.file == log.file }) {
            followers.append((log, LogFollower(log.file, lastLines: lines)))
        }
    }

    /// Prints what is new; false when nobody reads it any more.
    mutating func print(atEnd: Bool) -> Bool {
        let width = followers.map(\.log.title.count).max() ?? 0
        for index in followers.indices {
            let log = followers[index].log
            let gap = String(repeating: " ", count: width - log.title.count)
            while case let lines = followers[index].follower.lines(atEnd: atEnd), !lines.isEmpty {
                let isRead = lines.allSatisfy { line in
                    terminal.isJSON
                        ? terminal.output(line: ["source": .string(log.title), "line": .string(line)])
                        : terminal.output("\(log.title)\(gap) | \(line)")
                }
                guard isRead else { return false }
            }
        }
        return true
    }
}
