package import FoundationEssentials

/// A JSON document of any shape.
package enum JSONValue: Sendable, Hashable {
    case null
    case bool(Bool)
    case int(Int64)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])
}

extension JSONValue {
    package init(parsing data: Data) throws {
        self = try data.withUnsafeBytes { bytes in
            var reader = JSONReader(bytes.bindMemory(to: UInt8.self))
            return try reader.document()
        }
    }

    /// The one text of this value, of which digests are taken: keys sorted, no white space.
    package var canonical: Data {
        var writer = JSONWriter()
        do { try writer.write(self) } catch { return Data("null".utf8) }
        return Data(writer.bytes)
    }

    package subscript(key: String) -> JSONValue? {
        if case .object(let members) = self { members[key] } else { nil }
    }

    package var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    package var array: [JSONValue]? {
        if case .array(let items) = self { items } else { nil }
    }

    package var object: [String: JSONValue]? {
        if case .object(let members) = self { members } else { nil }
    }

    package var int: Int64? {
        if case .int(let value) = self { value } else { nil }
    }

    package var bool: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    /// The value that an RFC 6901 pointer names, or nil where there is none.
    package func value(at pointer: String) -> JSONValue? {
        guard !pointer.isEmpty else { return self }
        return pointer.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
            .reduce(Optional(self)) { value, token in
                let key = String(token).replacing("~1", with: "/").replacing("~0", with: "~")
                switch value {
                case .object(let members)?: return members[key]
                case .array(let items)?: return Int(key).flatMap { items.indices.contains($0) ? items[$0] : nil }
                default: return nil
                }
            }
    }
}

extension Place {
    /// This place as plugins are told of it.
    package var json: JSONValue {
        var members: [String: JSONValue] = ["file": .string(file)]
        members["line"] = line.map { .int(Int64($0)) }
        members["column"] = column.map { .int(Int64($0)) }
        return .object(members)
    }
}

extension JSONValue: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        // Every kind that does not fit costs a thrown error: the common ones come first.
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([String: JSONValue].self) {
            self = .object(value)
        } else if let value = try? container.decode([JSONValue].self) {
            self = .array(value)
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Int64.self) {
            self = .int(value)
        } else {
            self = .number(try container.decode(Double.self))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        case .int(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .string(let value): try container.encode(value)
        case .array(let value): try container.encode(value)
        case .object(let value): try container.encode(value)
        }
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral
{
    package init(stringLiteral value: String) { self = .string(value) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(integerLiteral value: Int64) { self = .int(value) }
    package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(Dictionary(elements) { _, last in last })
    }
}
