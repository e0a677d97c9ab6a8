import Glibc

/// Several runs of one command with different values, side by side.
package struct Sweep: Sendable {
    package let runs: [CommandRun]
    /// How many run at the same time.
    private let parallel: Int
    /// Whether the first run that fails ends the others.
    private let endsAtFailure: Bool
    private let context: Context

    package init(
        _ commands: [SessionCommand], parallel: Int, endsAtFailure: Bool, in folder: SessionFolder,
        _ state: SessionState, _ context: Context
    ) throws(Failure) {
        runs = try commands.map { command throws(Failure) in try CommandRun(command, in: folder, state, context) }
        self.parallel = max(1, parallel)
        self.endsAtFailure = endsAtFailure
        self.context = context
    }

    private struct Finished: Sendable {
        var index: Int
        var exit: Exit
        var time: Duration
        /// Whether it was this sweep that ended it.
        var isEnded: Bool
    }

    /// Runs all to their end and returns how each ended.
    ///
    /// The session is locked only while records are written. When the task is cancelled the runs
    /// that are there are ended and no more begin.
    package func run(_ journal: JournalWriter) async throws -> SweepReport {
        let output = SweepOutput(runs, terminal: context.terminal)
        let printing = Task {
            while !Task.isCancelled {
                try await Task.sleep(for: .milliseconds(30))
                await output.printNew()
            }
        }
        defer { printing.cancel() }
        return try await withThrowingTaskGroup(of: Finished.self) { group in
            var report = SweepReport(runs)
            var next = 0
            try await start(parallel, &next, &group, journal)
            await journal.close()
            while let finished = try await group.next() {
                report.finish(finished.index, finished.exit, finished.time, isEnded: finished.isEnded)
                if endsAtFailure, finished.exit != .status(0) { group.cancelAll() }
                try await runs[finished.index].recordEnd(finished.exit, journal)
                // Stopped by someone else, it is not to begin again.
                if await journal.state.isEnded { group.cancelAll() }
                try await start(1, &next, &group, journal)
                await journal.close()
            }
            // Not before: who reads the output slowly is not to hold up the runs.
            printing.cancel()
            if !Task.isCancelled { await output.printRest() }
            return report
        }
    }

    private func start(
        _ count: Int, _ next: inout Int, _ group: inout ThrowingTaskGroup<Finished, any Error>,
        _ journal: JournalWriter
    ) async throws {
        for index in runs.indices.dropFirst(next).prefix(count) where !group.isCancelled {
            let run = runs[index]
            let program = try await run.begin(journal, terminal: false)
            next = index + 1
            group.addTask {
                let begin = ContinuousClock.now
                let exit = await end(of: run, program)
                // What it left behind would outlive the sweep.
                if Task.isCancelled { await run.endProcesses() }
                return Finished(
                    index: index, exit: exit, time: ContinuousClock.now - begin,
                    isEnded: Task.isCancelled && exit != .status(0))
            }
        }
    }

    /// Runs a program to its end; one that cannot be run is a run that failed.
    private func end(of run: CommandRun, _ program: NodeProgram) async -> Exit {
        do { return try await run.end(of: program) { try await ThisMachine().run(program, log: run.log) } } catch let
            failure as Failure
        {
            context.terminal.report(failure.diagnostics)
            return .status(125)
        } catch {
            // Cancelled before it could begin.
            return .signal(SIGTERM)
        }
    }
}

/// Prints what the runs of a sweep write, each line with the run that wrote it.
private actor SweepOutput {
    private var followers: [LogFollower]
    private let labels: [String]
    private let terminal: Terminal

    init(_ runs: [CommandRun], terminal: Terminal) {
        let width = runs.map(\.command.label.count).max() ?? 0
        labels = runs.map { $0.command.label + String(repeating: " ", count: width - $0.command.label.count) }
        followers = runs.map { LogFollower($0.log) }
        self.terminal = terminal
    }

    func printNew() {
        for index in followers.indices { print(index, followers[index].lines()) }
    }

    func printRest() {
        for index in followers.indices {
            while case let lines = followers[index].lines(atEnd: true), !lines.isEmpty { print(index, lines) }
        }
    }

    private func print(_ index: Int, _ lines: [String]) {
        // With JSON standard output is for the report.
        guard !lines.isEmpty, !terminal.isJSON else { return }
        terminal.output(lines.map { "\(labels[index]) | \($0)" }.joined(separator: "\n"))
    }
}
