/// What a plugin says of itself in its `plugin.yaml` (Documentation/Plugins/Contract.md): all that the
/// host needs for choosing, validating and describing it without running its code.
package struct Manifest: Sendable, Codable {
    package enum Kind: String, Sendable, Codable, CaseIterable {
        case environment, provider
    }

    package struct Operation: Sendable, Codable {
        /// Seconds.
        package var deadline: Double?
        package var parameters: [Parameter]

        /// Names and types in order, as the library's row states them too.
        package var signature: String {
            parameters.map { "\($0.name):\($0.type.rawValue)" }.joined(separator: ",")
        }
    }

    package struct Parameter: Sendable, Codable {
        package enum ValueType: String, Sendable, Codable {
            case json, text, path, i64, u64, bool, op, sink, `self`
        }

        package var name: String
        package var type: ValueType
        /// A JSON pointer into the request; `/` and the name where it is absent.
        package var from: String?
        package var optional: Bool?
    }

    package var id: String
    package var version: String
    package var api: String
    package var kind: Kind
    package var description: String?
    /// File names by platform, as in `linux-x86_64`.
    package var libraries: [String: String]
    package var operations: [String: Operation]

    package var rank: Int?
    package var generation: Int?
    package var keys: [String: JSONValue]?
    package var probe: String?

    package var types: [String]?
    package var schema: JSONValue?

    /// The platform whose library this host loads.
    package static var platform: String {
        #if arch(x86_64)
        "linux-x86_64"
        #elseif arch(arm64)
        "linux-aarch64"
        #endif
    }

    /// The contract version that this host serves.
    package static let supportedAPI = (major: 1, minor: 0)
}

/// A plugin that may be used.
package struct Plugin: Sendable {
    package var manifest: Manifest
    package var folder: String
    /// The digest of the manifest's text.
    package var manifestDigest: String

    package var id: String { manifest.id }
    package var library: String { folder / (manifest.libraries[Manifest.platform] ?? "") }
}
