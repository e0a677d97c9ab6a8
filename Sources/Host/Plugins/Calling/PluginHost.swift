import FoundationEssentials
import Glibc

/// Talks to plugins: starts a helper when a plugin is first asked, remembers answers that cannot
/// have changed, and ends all helpers when it is closed.
package actor PluginHost {
    private let context: Context
    private let digests: DigestMemory
    private let answers: RememberedAnswers
    private let log: PluginLog
    private var conversations: [String: Conversation] = [:]
    /// Those whose plugin may go on inside this process.
    private var leftBehind: [String: Conversation] = [:]
    /// Digests of manifests and libraries that may run.
    private var admitted: Set<String> = []
    /// The files that the answers so far depend on.
    private(set) var consulted: Set<String> = []

    package init(_ context: Context) {
        self.context = context
        digests = DigestMemory(folders: context.folders)
        answers = RememberedAnswers(folder: context.folders.cache / "answers")
        log = PluginLog(context.folders)
    }

    /// Asks for something that follows from the request and the files that the answer names, as
    /// `check`, `plan` and `configure` do: the remembered answer while all of them are unchanged.
    package func answer(_ plugin: Plugin, _ operation: String, _ request: JSONValue) async throws -> JSONValue {
        let digest = try digests.digest(ofFile: plugin.library)
        try await admit(plugin, digest)
        let request = request.addingHost
        let key = RememberedAnswers.key(
            plugin: [plugin.manifestDigest, digest], operation: operation, request: request,
            environment: context.environment)
        if let answer = answers.answer(for: key) { return noting(answer) }
        let asked = nanosecondsNow()
        let answer = try await call(plugin, operation, request)
        answers.remember(answer, for: key, asked: asked)
        return noting(answer)
    }

    /// Adds files that answers of another sort depend on.
    func consult(_ files: [String]) {
        consulted.formUnion(files)
    }

    private func noting(_ answer: JSONValue) -> JSONValue {
        consulted.formUnion(answer["files"]?.array?.compactMap(\.string) ?? [])
        return answer
    }

    /// Calls an operation now.
    package func call(_ plugin: Plugin, _ operation: String, _ request: JSONValue) async throws -> JSONValue {
        let arguments = try PluginArguments(of: operation, for: plugin, from: request.addingHost)
        let conversation = try await conversation(with: plugin)
        let data: Data
        do {
            data = try await conversation.call(
                operation, arguments,
                .init(deadline: plugin.deadline(of: operation)),
                onReport: reporter(plugin, operation))
        } catch {
            // It may have ended; a new one is started for the next call.
            let ended = conversations.removeValue(forKey: plugin.id)
            await ended?.close()
            if ended?.isLeftBehind == true { leftBehind[plugin.id] = ended }
            throw error
        }
        do { return try JSONValue(parsing: data) } catch {
            let fault = data.firstOffsetOutsideUTF8.map { "byte \($0) is not UTF-8:\n" } ?? ""
            throw plugin.failure(
                "it answered with something that is not JSON", operation,
                cause: fault + String(decoding: data.prefix(200), as: UTF8.self))
        }
    }

    /// Lets a plugin through that the user trusts; asks where nothing was said and there is a terminal.
    private func admit(_ plugin: Plugin, _ digest: String) async throws {
        let files = plugin.manifestDigest + digest
        guard !admitted.contains(files) else { return }
        if let locked = plugin.lockedLibrary, locked != digest {
            throw Failure(
                .hash, "the library of plugin `\(plugin.id)` is not the locked one",
                cause: "sha256 \(locked) is locked\nsha256 \(digest) is in `\(plugin.folder)`",
                hint: "`ray plugin lock` accepts what is installed")
        }
        let consent = plugin.consent(library: digest)
        if consent == .missing || consent == .outdated {
            guard context.terminal.canAsk, try await context.terminal.ask(plugin.question(consent)) else {
                throw plugin.refusal(consent)
            }
            let entry = Allowances.Entry(
                id: plugin.id, folder: plugin.folder,
                digests: .init(manifest: plugin.manifestDigest, library: digest))
            try await Allowances.change(context.folders) { $0.allow(entry) }
        }
        admitted.insert(files)
    }

    /// What is done with the words of a plugin: warnings are shown, and all of them logged.
    private func reporter(_ plugin: Plugin, _ operation: String?) -> @Sendable (PluginReport) -> Void {
        let (terminal, log, id) = (context.terminal, log, plugin.id)
        return { report in
            switch report {
            case .progress(let text): terminal.progress(text)
            case .log(let level, let text):
                if level == .warning || level == .error { terminal.note("      \(id): \(text)") }
                log.add(text, kind: "\(level)", operation, of: id)
            case .printed(let bytes):
                log.add(String(decoding: bytes, as: UTF8.self), kind: "printed", operation, of: id)
            }
        }
    }

    private func conversation(with plugin: Plugin) async throws -> Conversation {
        if let conversation = conversations[plugin.id] { return conversation }
        guard leftBehind[plugin.id]?.isLeftBehind != true else {
            throw plugin.failure(
                "an earlier call of it goes on inside ray, where nothing can stop it", nil,
                hint: "end this ray and run the command again")
        }
        let library = try PluginLibrary(of: plugin, digests)
        try await admit(plugin, library.digest)
        let link: any PluginLink =
            switch plugin.isolation(library: library.digest) {
            case .inProcess: try InProcessPlugin(library: library.descriptor)
            case .process:
                try HelperProcess.start(
                    program: context.folders.helper, library: library.descriptor, environment: context.environment)
            }
        let conversation = Conversation(plugin, over: link)
        do { try await conversation.open(onReport: reporter(plugin, nil)) } catch {
            // The dynamic linker names one symbol, and not where it was looked for.
            try library.judgeSymbols(of: plugin)
            throw error
        }
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

extension JSONValue {
    /// This request with what every operation may know of the host.
    var addingHost: JSONValue {
        guard case .object(var members) = self else { return self }
        members["host"] = ["version": .string(rayVersion), "api": .string(Manifest.supportedVersion)]
        return .object(members)
    }
}

extension Data {
    /// Where, from 0, the first byte stands that is no part of UTF-8 text; nil where all of it is text.
    fileprivate var firstOffsetOutsideUTF8: Int? {
        let text = String(decoding: self, as: UTF8.self)
        return zip(self, text.utf8).enumerated().first { $0.element.0 != $0.element.1 }?.offset
    }
}
