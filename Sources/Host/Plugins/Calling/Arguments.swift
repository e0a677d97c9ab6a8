import FoundationEssentials

/// The arguments of one call, by name, as they go into a frame.
struct PluginArguments {
    var values: [(name: String, value: Data?)] = []

    /// Picks each parameter out of the request by its JSON pointer.
    ///
    /// Throws when a required one is absent or a value does not fit its type, naming plugin,
    /// operation and parameter.
    init(of operation: String, for plugin: Plugin, from request: JSONValue) throws(Failure) {
        for parameter in plugin.manifest.operations[operation]?.parameters ?? [] {
            switch parameter.type {
            case .op, .sink, .self: continue
            default: break
            }
            let pointer = parameter.from ?? "/" + parameter.name
            switch request.value(at: pointer) {
            case nil, .null?:
                guard parameter.optional == true else {
                    throw Failure(
                        .plugin,
                        "plugin `\(plugin.id)` \(plugin.manifest.version) needs `\(parameter.name)` for `\(operation)`, which this ray does not pass",
                        cause:
                            "its manifest, written for API \(plugin.manifest.api), takes the required parameter from `\(pointer)`; ray \(rayVersion) serves API \(Manifest.supportedVersion)",
                        hint: "update ray, or use a release of the plugin that marks the parameter optional")
                }
                values.append((parameter.name, nil))
            case let value?:
                guard let data = parameter.type.encode(value) else {
                    throw Failure(
                        .plugin,
                        "the parameter `\(parameter.name)` of `\(operation)` of plugin `\(plugin.id)` must be \(parameter.type.rawValue)",
                        cause: "`\(pointer)` of the request is \(value.kindName)",
                        hint: "correct the parameter's type in the plugin's manifest")
                }
                values.append((parameter.name, data))
            }
        }
    }
}

extension Manifest.Parameter.ValueType {
    /// The bytes of a value of this type; nil when it does not fit.
    fileprivate func encode(_ value: JSONValue) -> Data? {
        switch (self, value) {
        case (.json, _): value.canonical
        case (.text, .string(let text)), (.path, .string(let text)): text.utf8.contains(0) ? nil : Data(text.utf8)
        case (.i64, .int(let number)): Self.littleEndian(UInt64(bitPattern: number))
        case (.u64, .int(let number)) where number >= 0: Self.littleEndian(UInt64(number))
        case (.bool, .bool(let flag)): Self.littleEndian(flag ? 1 : 0)
        default: nil
        }
    }

    private static func littleEndian(_ value: UInt64) -> Data {
        Data((0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) })
    }
}

extension JSONValue {
    /// What kind of JSON value this is, with its article.
    package var kindName: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .int, .number: "a number"
        case .string: "text"
        case .array: "a list"
        case .object: "an object"
        }
    }
}
