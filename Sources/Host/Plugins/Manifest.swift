/// What a plugin says of itself in its `plugin.yaml` (Documentation/Plugins/Contract.md): all that the
/// host needs for choosing, validating and describing it without running its code.
package struct Manifest: Sendable, Codable {
    package enum Kind: String, Sendable, Codable, CaseIterable {
        case environment, provider

        /// The operations that a plugin of this kind may have.
        package var allOperations: [String] {
            self == .environment ? operations + ["lock", "explain"] : operations
        }

        /// The operations that every plugin of this kind has.
        package var operations: [String] {
            switch self {
            case .environment: ["check", "plan"]
            case .provider: ["configure", "nodes", "launch", "find", "stop", "start", "terminate", "access"]
            }
        }
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
    package var keys: [String: JSONDocument]?
    package var probe: String?

    package var types: [String]?
    package var schema: JSONDocument?

    /// The platform whose library this host loads.
    package static var platform: String {
        #if arch(x86_64)
        "linux-x86_64"
        #elseif arch(arm64)
        "linux-aarch64"
        #endif
    }

    /// The most bytes that a manifest may have.
    static let maximumSize = 64 << 10

    /// Whether a version of the contract, as text, is of this major version and has a greater minor
    /// one than this host knows.
    static func isNewer(_ api: String?) -> Bool {
        let parts = (api ?? "").split(separator: ".").compactMap { Int($0) }
        return parts.count == 2 && parts[0] == supportedAPI.major && parts[1] > supportedAPI.minor
    }

    /// The contract version that this host serves.
    package static let supportedAPI = (major: 1, minor: 1)
    package static var supportedVersion: String { "\(supportedAPI.major).\(supportedAPI.minor)" }
}

/// A plugin with a manifest without a flaw.
package struct Plugin: Sendable {
    /// Where the search found it.
    package enum Origin: Sendable, Equatable {
        /// In the installation of ray; `program` is the running one, whose owner is trusted as it is.
        case ray(program: String)
        /// In the folder of the user's plugins, from a source as `PluginLock` has it.
        case user(source: String)
        /// In a folder that was named.
        case named
    }

    package var manifest: Manifest
    package var folder: String
    /// The digest of the manifest's text.
    package var manifestDigest: String
    package var origin = Origin.named
    /// What the user said of it, and of others with its id.
    package var allowances: [Allowances.Entry] = []
    /// What its library must be, where the project is locked.
    package var lockedLibrary: String?

    package var id: String { manifest.id }
    package var library: String { folder / (manifest.libraries[Manifest.platform] ?? "") }
    package var comesWithRay: Bool { if case .ray = origin { true } else { false } }

    /// Where it came from, as `PluginLock` has it.
    var source: String {
        switch origin {
        case .ray: "ray"
        case .user(let source): source
        case .named: "folder"
        }
    }
}
