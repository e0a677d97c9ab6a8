/// A value of a YAML document with the place where it is written.
package struct YAMLNode: Sendable, Equatable {
    /// What the scalar, sequence or mapping is.
    package enum Value: Sendable, Equatable {
        case null
        case bool(Bool)
        case int(Int64)
        case float(Double)
        case string(String)
        case sequence([YAMLNode])
        case mapping([YAMLEntry])
    }

    /// The value.
    package var value: Value
    /// Where it begins; for what an alias stands for, where that is written.
    package var place: Place
    /// The text of a scalar as the file has it, so that `1.10` stays `1.10`; nil for a collection.
    package var text: String?
    /// Whether nothing but the text of a scalar decided what it is: it has no quotes and no tag.
    package var isPlain = false

    /// A node; only scalars have a text.
    package init(_ value: Value, at place: Place, text: String? = nil, isPlain: Bool = false) {
        self.value = value
        self.place = place
        self.text = text
        self.isPlain = isPlain
    }
}

/// A key of a mapping, as written, and its value.
package struct YAMLEntry: Sendable, Equatable {
    /// The key as written.
    package var key: String
    /// Where the key stands.
    package var keyPlace: Place
    /// The value of the key.
    package var value: YAMLNode

    /// A key and its value.
    package init(key: String, keyPlace: Place, value: YAMLNode) {
        self.key = key
        self.keyPlace = keyPlace
        self.value = value
    }
}

extension YAMLNode {
    /// The value of a key, or nil where this is no mapping or has no such key.
    package subscript(key: String) -> YAMLNode? {
        entry(key)?.value
    }

    /// The item at an index, or nil where this is no sequence or is too short.
    package subscript(index: Int) -> YAMLNode? {
        guard let items = sequence, items.indices.contains(index) else { return nil }
        return items[index]
    }

    /// The entry of a key, for the key's own place.
    package func entry(_ key: String) -> YAMLEntry? {
        mapping?.first { $0.key == key }
    }

    /// Whether this is null or nothing at all.
    package var isNull: Bool { value == .null }

    @inline(never)  // Swift 6.3.1 crashes while it optimises callers that this is inlined into.
    /// The truth value, or nil for another type.
    package var bool: Bool? {
        if case .bool(let value) = value { value } else { nil }
    }

    @inline(never)  // Swift 6.3.1 crashes while it optimises callers that this is inlined into.
    /// The whole number, or nil for another type.
    package var int: Int64? {
        if case .int(let value) = value { value } else { nil }
    }

    /// The number, whole or not.
    @inline(never)  // Swift 6.3.1 crashes while it optimises callers that this is inlined into.
    package var number: Double? {
        switch value {
        case .int(let value): Double(value)
        case .float(let value): value
        default: nil
        }
    }

    /// The text of a string, or nil for another type.
    package var string: String? {
        if case .string(let value) = value { value } else { nil }
    }

    /// The items, or nil for another type.
    package var sequence: [YAMLNode]? {
        if case .sequence(let items) = value { items } else { nil }
    }

    /// The entries in the order of the file, or nil for another type.
    package var mapping: [YAMLEntry]? {
        if case .mapping(let entries) = value { entries } else { nil }
    }

    /// The same value without places; infinities and NaN, which JSON lacks, as their text.
    package var json: JSONValue {
        switch value {
        case .null: .null
        case .bool(let value): .bool(value)
        case .int(let value): .int(value)
        case .float(let value): value.isFinite ? .number(value) : .string(text ?? "\(value)")
        case .string(let value): .string(value)
        case .sequence(let items): .array(items.map(\.json))
        case .mapping(let entries):
            .object(Dictionary(entries.map { ($0.key, $0.value.json) }) { _, last in last })
        }
    }

    /// The place of this value and of every value in it, by JSON pointer from here.
    package var places: [String: Place] {
        var found: [String: Place] = [:]
        collectPlaces(below: "", into: &found)
        return found
    }

    private func collectPlaces(below pointer: String, into found: inout [String: Place]) {
        found[pointer] = place
        for (index, item) in (sequence ?? []).enumerated() {
            item.collectPlaces(below: "\(pointer)/\(index)", into: &found)
        }
        for entry in mapping ?? [] {
            let token = entry.key.replacing("~", with: "~0").replacing("/", with: "~1")
            entry.value.collectPlaces(below: "\(pointer)/\(token)", into: &found)
        }
    }
}
