import FoundationEssentials
import PluginRuntime

@testable import Host

/// Any bytes from a helper, read as a conversation reads them.
struct AnswersInput {
    var received: Data

    mutating func read() {
        while var frame = try? Frame(taking: &received) {
            guard (try? readPayload(of: &frame)) != nil else { return }
        }
    }

    private func readPayload(of frame: inout Frame) throws {
        switch Int(frame.kind) {
        case RAYF_LOG: _ = try (frame.payload.u8(), frame.payload.text())
        case RAYF_PROGRESS: _ = try (frame.payload.u64(), frame.payload.u64(), frame.payload.text())
        case RAYF_REFUSED: _ = try frame.payload.text()
        case RAYF_RESULT:
            _ = try frame.payload.u32()
            let result = try frame.payload.bytes()
            let (word, _) = try (frame.payload.text(), frame.payload.text())
            _ = ErrorClass(rawValue: word)
            // What is read must come out as it went in.
            if let answer = try? JSONValue(parsing: result) {
                let again = try? JSONValue(parsing: answer.canonical)
                precondition(again == answer)
            }
        default: break
        }
    }
}
