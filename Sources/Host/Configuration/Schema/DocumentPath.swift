/// The way from the root of a document to a value in it: `commands[0].params[1].type`.
package struct DocumentPath: Sendable, Hashable, CustomStringConvertible {
    /// One step: to the value of a key, or to an item.
    package enum Step: Sendable, Hashable {
        case key(String)
        case index(Int)
    }

    /// The steps from the root.
    package var steps: [Step]

    /// A path of these steps; the root without any.
    package init(_ steps: [Step] = []) {
        self.steps = steps
    }

    /// The path one key further.
    package func appending(_ key: String) -> DocumentPath { DocumentPath(steps + [.key(key)]) }

    /// The path one item further.
    package func appending(_ index: Int) -> DocumentPath { DocumentPath(steps + [.index(index)]) }

    /// Whether this is the document itself.
    package var isRoot: Bool { steps.isEmpty }

    /// Whether the other path leads here or to a value around this one.
    package func starts(with other: DocumentPath) -> Bool { steps.starts(with: other.steps) }

    /// The path as people write it.
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
