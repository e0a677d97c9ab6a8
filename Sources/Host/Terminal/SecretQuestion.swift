import Glibc
import Synchronization

/// The question that stands on the terminal now, for all who write there.
final class ShownQuestion: Sendable {
    private let shown = Mutex<String?>(nil)

    /// What has to be written again after other words.
    var text: String { shown.withLock { $0 ?? "" } }

    /// False while another one stands there.
    fileprivate func begin(_ text: String) -> Bool {
        shown.withLock { shown in
            guard shown == nil else { return false }
            shown = text
            return true
        }
    }

    fileprivate func end() { shown.withLock { $0 = nil } }
}

extension Terminal {
    /// Whether somebody is there to type what nobody may see; the input may be something else.
    var canAskForSecrets: Bool { showsProgress && !isJSON && HiddenKeyboard.isThere }

    /// Asks for a line that is not shown, after the questions before it; nil where nobody answers.
    func askForSecret(_ question: String) async throws -> String? {
        let text = String(question.printable.map { $0.isNewline ? " " : $0 })
        while !shownQuestion.begin(text) { try await Task.sleep(for: .milliseconds(20)) }
        do {
            let answer = try await typedLine(after: text)
            endQuestion()
            return answer
        } catch {
            endQuestion()
            throw error
        }
    }

    private func typedLine(after text: String) async throws -> String? {
        guard let keyboard = HiddenKeyboard() else { return nil }
        show(question: text)
        return try await keyboard.line()
    }

    private func endQuestion() {
        shownQuestion.end()
        endLine()
    }
}
