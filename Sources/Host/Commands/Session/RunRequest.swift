import Glibc

/// What a command line asks to run in a session: nothing, one command, or several runs of one.
struct RunRequest: Sendable {
    let commands: [SessionCommand]
    /// Whether several values were asked for, be it in the end one.
    private let isSweep: Bool
    private let context: Context
    private let sweep: SweepOptions
    /// What this client would have to be given to run the same again.
    private let words: [String]
    private let variables: [String: String]
    /// The id of the run, where this client is the one inside tmux.
    private let insideTmux: String?

    /// Reads what `own` was given; without words and with `isDefaultMeant` that is the command
    /// `default`, where there is one.
    init(
        _ own: some TakesCommand, isDefaultMeant: Bool = false, insideTmux: String? = nil, _ loaded: LoadedProject,
        _ context: Context
    ) throws {
        self.context = context
        sweep = own.running.sweep
        self.insideTmux = insideTmux
        variables = try own.running.command.environment(context)
        var commands: [SessionCommand] = []
        let given = own.commandWords
        if own.running.shell {
            commands = [try loaded.shellCommand(given)]
        } else if let name = given.first {
            if name.hasPrefix("-"), own.words.first != "--" {
                var unknown = Diagnostic(unknownOption: name, of: OptionTable(of: type(of: own)))
                let parameter = String(name.dropFirst(2).prefix { $0 != "=" })
                if loaded.project.commands.contains(where: { $0.parameter(named: parameter) != nil }) {
                    unknown.hint = "options of a command follow its name, as in `train --\(parameter)`"
                }
                throw Failure([unknown])
            }
            commands = try loaded.runs(of: name, Array(given.dropFirst()))
        } else if isDefaultMeant, loaded.project.commands.contains(where: { $0.name == "default" }) {
            commands = try loaded.runs(of: "default", [])
        }
        for index in commands.indices { commands[index].variables.merge(variables) { $1 } }
        isSweep = commands.contains { !$0.choices.isEmpty }
        self.commands = commands
        let paths =
            own.plugins.pluginPath.flatMap { ["--plugin-path", $0] }
            + (own.plugins.noPlugins ? ["--no-plugins"] : [])
        words = paths + ["--"] + (given.isEmpty ? ["default"] : given)
    }

    /// The command as a sentence has it.
    var title: String {
        guard let first = commands.first else { return "nothing" }
        let name = first.name.map { "`\($0)`" } ?? "the command"
        return isSweep ? "\(name), \(commands.count) runs, \(min(parallel, commands.count)) at a time" : name
    }

    /// Each run takes some descriptors of this process.
    private var parallel: Int {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        let most = max(1, (Int(clamping: limit.rlim_cur) - 64) / 8)
        return min(sweep.parallel ?? max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))), most)
    }

    private var usesTmux: Bool { !isSweep && insideTmux == nil && commands.first?.usesTmux == true }

    /// Whether what the commands need beside the session is there.
    func check(_ folder: SessionFolder) throws(Failure) {
        if usesTmux, let command = commands.first { _ = try TmuxRun(of: command, in: folder, context) }
    }

    /// Runs what was asked for and returns its status; closes the journal.
    func run(in folder: SessionFolder, _ journal: JournalWriter, _ interrupts: Interrupts) async throws -> Int32 {
        let state = await journal.state
        if isSweep { return try await runSweep(in: folder, state, journal) }
        guard let command = commands.first else { return 0 }
        for port in command.ports {
            context.terminal.note(
                state.nodes.isEmpty
                    ? "      port \(port) is this machine's own: http://localhost:\(port)"
                    : "      port \(port) of the head is at http://localhost:\(port)")
        }
        guard usesTmux else {
            defer { if insideTmux != nil { TmuxRun.removeOwnSocket(context) } }
            return try await CommandRun(command, in: folder, state, context, insideTmux: insideTmux)
                .run(journal, interrupts)
        }
        await journal.close()
        let tmux = try TmuxRun(of: command, in: folder, context)
        try await tmux.start(words, variables: variables, uid: state.uid, title: command.name ?? "command")
        context.terminal.note(
            """
            it runs in tmux: `ray session attach \(folder.name.shellQuoted) --tmux` shows it, `ray session logs \
            \(folder.name.shellQuoted)` prints what it has written
            """)
        return 0
    }

    private func runSweep(in folder: SessionFolder, _ state: SessionState, _ journal: JournalWriter) async throws
        -> Int32
    {
        if commands.first?.usesTmux == true {
            context.terminal.note("      several runs stay with this client: `tmux: true` is for one")
        }
        let sweep = try Sweep(
            commands, parallel: parallel, endsAtFailure: sweep.failFast, in: folder, state, context)
        let report = try await sweep.run(journal)
        if context.terminal.isJSON {
            context.terminal.output(json: ["runs": JSONValue(encoding: report.rows)])
        }
        context.terminal.note(report.table)
        if report.status != 0 {
            context.terminal.note(
                "what each run wrote: `ray session logs \(folder.name.shellQuoted)`, or the files in \(folder.logs)")
        }
        guard !Task.isCancelled else {
            throw Failure(
                .cancelled, "interrupted: \(report.unfinished) of \(report.rows.count) runs did not come to their end",
                hint: "the same command runs all of them again")
        }
        return report.status
    }
}
