import FoundationEssentials
import Glibc

/// Talks to plugins: starts a helper when a plugin is first asked, remembers answers that cannot
/// have changed, and ends all helpers when it is closed.
package actor PluginHost {
    private let context: Context
    private let digests: DigestMemory
    private let answers: RememberedAnswers
    private var conversations: [String: Conversation] = [:]
    /// The files that the answers so far depend on.
    private(set) var consulted: Set<String> = []

    package init(_ context: Context) {
        self.context = context
        digests = DigestMemory(folders: context.folders)
        answers = RememberedAnswers(folder: context.folders.cache / "answers")
    }

    /// Asks for something that follows from the request and the files that the answer names, as
    /// `check`, `plan` and `configure` do: the remembered answer while all of them are unchanged.
    package func answer(_ plugin: Plugin, _ operation: String, _ request: JSONValue) async throws -> JSONValue {
        let digest = try digests.digest(ofFile: plugin.library)
        let key = RememberedAnswers.key(
            plugin: [plugin.manifestDigest, digest], operation: operation, request: request,
            environment: context.environment)
        if let answer = answers.answer(for: key) { return noting(answer) }
        let asked = nanosecondsNow()
        let answer = try await call(plugin, operation, request)
        answers.remember(answer, for: key, asked: asked)
        return noting(answer)
    }

    private func noting(_ answer: JSONValue) -> JSONValue {
        consulted.formUnion(answer["files"]?.array?.compactMap(\.string) ?? [])
        return answer
    }

    /// Calls an operation now.
    package func call(_ plugin: Plugin, _ operation: String, _ request: JSONValue) async throws -> JSONValue {
        guard let described = plugin.manifest.operations[operation] else {
            throw Failure(
                .plugin, "plugin `\(plugin.id)` \(plugin.manifest.version) has no operation `\(operation)`",
                hint: "use a release of the plugin that has it")
        }
        let arguments = try PluginArguments(of: operation, for: plugin, from: request)
        let conversation = try await conversation(with: plugin)
        let terminal = context.terminal
        let data: Data
        do {
            data = try await conversation.call(
                operation, arguments, .init(deadline: .bounded(seconds: described.deadline ?? 30)),
                onReport: { report in
                    switch report {
                    case .progress(let text): terminal.progress(text)
                    case .warning(let text): terminal.note("      \(plugin.id): \(text)")
                    }
                })
        } catch {
            // It may have ended; a new one is started for the next call.
            await conversations.removeValue(forKey: plugin.id)?.close()
            throw error
        }
        do { return try JSONValue(parsing: data) } catch {
            throw plugin.failure(
                "it answered with something that is not JSON", operation,
                cause: String(decoding: data.prefix(200), as: UTF8.self))
        }
    }

    private func conversation(with plugin: Plugin) async throws -> Conversation {
        if let conversation = conversations[plugin.id] { return conversation }
        let library = open(plugin.library, O_RDONLY | O_CLOEXEC)
        guard library >= 0 else { throw Failure(system: errno, "cannot open `\(plugin.library)`") }
        defer { Glibc.close(library) }
        let process = try HelperProcess.start(
            program: context.folders.helper, library: library, environment: context.environment)
        let conversation = Conversation(plugin, process: process)
        try await conversation.open()
        conversations[plugin.id] = conversation
        return conversation
    }

    /// Ends all helpers; later calls start new ones.
    package func close() async {
        let all = conversations.values
        conversations = [:]
        for conversation in all { await conversation.close() }
    }
}
