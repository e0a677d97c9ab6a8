import FoundationEssentials
import Host
import Testing

extension Workplace {
    /// The folder of this machine's environments.
    var store: EnvironmentStore { EnvironmentStore(root: folder / "cache/ray/v1") }

    /// A project with a small requirements file, its tools' cache its own.
    static func withPip(
        _ requirements: String = "click==8.1.7\n", _ more: String = "", _ body: (Workplace) async throws -> Void
    ) async throws {
        try await with { place in
            var place = place
            place.environment["UV_CACHE_DIR"] = nil
            try place.makeProject("environment:\n  requirements: requirements.txt\n\(more)")
            try place.write("requirements.txt", requirements)
            try await body(place)
        }
    }

    /// Runs `ray environment build` and returns the layers that it tells of, by plugin.
    @discardableResult
    func built(_ arguments: String..., variables: [String: String] = [:], plugins: [String] = []) async throws
        -> [String: BuiltLayer]
    {
        let program = try #require(TestBed.prefix) / "bin/ray"
        var variables = variables
        if !plugins.isEmpty {
            let fixtures = try #require(TestBed.fixtures)
            variables["RAY_PLUGIN_PATH"] = plugins.map { fixtures / $0 }.joined(separator: ":")
        }
        let outcome = try await run(
            program, ["environment", "build", "--json"] + arguments, variables: variables)
        try #require(outcome.status == 0, "\(outcome.errors)")
        let layers = try JSONValue(parsing: Data(outcome.output.utf8)).array ?? []
        return Dictionary(
            layers.map { layer in
                let (plugin, digest) = (layer["plugin"]?.string ?? "", layer["digest"]?.string ?? "")
                return (plugin, BuiltLayer(plugin: plugin, digest: digest, prefix: store.prefix(of: digest)))
            }
        ) { $1 }
    }

    /// What `ray environment plan` says of a layer.
    func planned(_ plugin: String, plugins: [String] = []) async throws -> JSONValue {
        let outcome = try await ray("environment", "plan", "--json", plugins: plugins)
        try #require(outcome.status == 0, "\(outcome.errors)")
        return try #require(
            try JSONValue(parsing: Data(outcome.output.utf8)).array?.first { $0["plugin"]?.string == plugin })
    }

    /// Runs shell text in which `ray` is the built one.
    func shell(_ text: String, variables: [String: String] = [:]) async throws -> Outcome {
        let prefix = try #require(TestBed.prefix)
        let path = prefix / "bin" + ":" + environment["PATH", default: ""]
        return try await run("/bin/sh", ["-c", text], variables: variables.merging(["PATH": path]) { $1 })
    }
}

/// A layer that `ray environment build` told of.
struct BuiltLayer: Equatable {
    var plugin: String
    var digest: String
    var prefix: String
}
