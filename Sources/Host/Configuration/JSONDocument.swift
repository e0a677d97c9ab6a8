import FoundationEssentials

/// A JSON document as text, which is read only when it is asked for.
package struct JSONDocument: Sendable, Equatable {
    /// In the canonical form, one line.
    package let text: String

    package init(_ value: JSONValue) { text = value.text }

    /// Text that was the canonical form of a value.
    init(canonicalText text: String) { self.text = text }

    package var value: JSONValue { (try? JSONValue(parsing: Data(text.utf8))) ?? .null }
}

extension JSONDocument: Codable {
    package init(from decoder: any Decoder) throws { self.init(try JSONValue(from: decoder)) }
    package func encode(to encoder: any Encoder) throws { try value.encode(to: encoder) }
}
