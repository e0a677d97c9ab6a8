import ArgumentParser

/// A command of ours that takes a command for a cluster's head, with options of ours between the two.
protocol TakesHeadCommand: RunnableCommand {
    var cluster: ClusterFileArguments { get }
    var head: HeadCommandOptions { get }
    var stopping: StopOption { get }
    /// Everything that follows the cluster file.
    var words: [String] { get }
    /// Whether options of ours may stand after a command of one word too.
    static var takesOptionsLast: Bool { get }
}

extension TakesHeadCommand {
    var passesStatusThrough: Bool { true }

    func validate() throws { try stopping.validate(with: head) }

    /// Runs on the head what `command` says once it is connected, as the options say; returns its status.
    func runOnHead(
        _ context: Context, _ interrupts: Interrupts, _ command: (ClusterNode) async throws -> RemoteCommand
    ) async throws -> Int32 {
        let host = PluginHost(context)
        return try await host.closing {
            let loaded = try await LoadedCluster(cluster, context, host)
            try await head.begin(loaded, context)
            return try await stopping.after(loaded, context) {
                let node = try await loaded.connectedHead()
                return try await head.run(try await command(node), on: node, context, interrupts)
            }
        }
    }

    /// This command with the options that stood after the cluster file.
    func completed(in context: Context) throws -> any RunnableCommand {
        let table = OptionTable(of: Self.self)
        var rest = words[...]
        var own = Self.options(from: &rest, table)
        if own.contains(where: { $0 == "--help" || $0 == "-h" }) {
            context.terminal.output(RayCommand.helpMessage(for: Self.self))
            throw ExitCode.success
        }
        if let word = rest.first, word != "--", word.hasPrefix("-"), word.count > 1 {
            throw Failure([Diagnostic(unknownOption: word, of: table)])
        }
        if Self.takesOptionsLast, rest.first != "--", rest.count > 1 {
            var last = rest.dropFirst()
            let more = Self.options(from: &last, table)
            if last.isEmpty {
                own += more
                rest = rest.prefix(1)
            }
        }
        guard !own.isEmpty else { return self }
        let before = context.arguments.dropLast(words.count)
        let all = before.prefix(1) + own + before.dropFirst() + rest
        do { return try RayCommand.parseAsRoot(Array(all)) as? any RunnableCommand ?? self } catch {
            throw Failure([
                Diagnostic(parsing: RayCommand.message(for: error), fullMessage: RayCommand.fullMessage(for: error))
            ])
        }
    }

    /// Takes the options of ours that `words` begin with.
    private static func options(from words: inout ArraySlice<String>, _ table: OptionTable) -> [String] {
        var options: [String] = []
        while let word = words.first, let option = table.option(word) {
            options.append(words.removeFirst())
            if option.takesValue, !word.contains("="), let value = words.popFirst() { options.append(value) }
        }
        return options
    }
}
