/// The way from the root of a document to a value in it: `commands[0].params[1].type`.
package struct DocumentPath: Sendable, Hashable, CustomStringConvertible {
    package enum Step: Sendable, Hashable {
        case key(String)
        case index(Int)
    }

    package var steps: [Step]

    package init(_ steps: [Step] = []) {
        self.steps = steps
    }

    package func appending(_ key: String) -> DocumentPath { DocumentPath(steps + [.key(key)]) }

    package func appending(_ index: Int) -> DocumentPath { DocumentPath(steps + [.index(index)]) }

    package var isRoot: Bool { steps.isEmpty }

    package func starts(with other: DocumentPath) -> Bool { steps.starts(with: other.steps) }

    package var description: String {
        steps.reduce(into: "") { text, step in
            switch step {
            case .index(let index): text += "[\(index)]"
            case .key(let key) where !Self.isWord(key): text += "[\"\(key)\"]"
            case .key(let key): text += text.isEmpty ? key : ".\(key)"
            }
        }
    }

    private static func isWord(_ key: String) -> Bool {
        !key.isEmpty && key.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" }
    }
}
