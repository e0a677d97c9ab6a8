import FoundationEssentials
import Testing

@testable import Host

/// What tests need that call plugins themselves, without the program.
enum PluginCalls {
    /// Requests that plugins serve, refuse and cannot understand.
    static let requests: [JSONValue] = [
        [
            "environment": ["shell": ["echo one", ""], "requirements": "requirements.txt", "good": "x", "logs": "x"],
            "places": [:], "project": ["name": "p", "root": "/nowhere", "node_root": "/nowhere"],
            "facts": [
                "os": "linux", "arch": "x86_64", "libc": "glibc-2.36", "home": "/", "python": "/usr/bin/python3",
            ],
            "layers": [], "host": ["version": "1", "api": "1.1"],
        ],
        [
            "cluster": ["cluster_name": "c", "provider": ["type": "local"]], "places": [:],
            "project": ["name": "p", "root": "/nowhere"], "config": [:], "uid": "u", "token": "t", "kind": "head",
            "type": "this-machine", "count": 1, "min_count": 1, "tags": [:], "ids": ["this-machine", "other"],
        ],
        [:], ["environment": 3, "cluster": [1, 2]], [],
    ]
}

extension Plugin {
    /// The plugin in a folder, as if the user had allowed whatever is built there.
    static func built(in folder: String, _ isolation: Allowances.Isolation = .process) throws -> Plugin {
        let file = try #require(TestBed.prefix) / "share/ray/plugin-schema.json"
        let schema = try PluginSchema(parsing: ConfigurationFile.read(file))
        var plugin = try Plugin(readingManifestIn: folder, schema: schema.manifest())
        plugin.allowances = [Allowances.Entry(id: plugin.id, folder: folder, digests: nil, isolation: isolation)]
        return plugin
    }

    /// The fixture of that name, with less time for `plan` where that is given.
    static func fixture(
        _ name: String, deadline: Double? = nil, _ isolation: Allowances.Isolation = .process
    ) throws -> Plugin {
        var plugin = try built(in: #require(TestBed.fixtures) / name, isolation)
        if let deadline { plugin.manifest.operations["plan"]?.deadline = deadline }
        return plugin
    }
}

extension Workplace {
    /// What the program would have here.
    var context: Context {
        let program = (TestBed.prefix ?? "") / "bin/ray"
        return Context(
            environment: environment, workingDirectory: project,
            folders: Folders(environment: environment, home: folder / "home", program: program),
            terminal: Terminal(environment: environment, directory: project), program: program)
    }
}

extension PluginHost {
    /// What became of one call: the canonical text of its answer, or the first message of its error.
    func outcome(_ plugin: Plugin, _ operation: String = "plan") async -> String {
        do {
            return String(decoding: try await call(plugin, operation, PluginCalls.requests[0]).canonical, as: UTF8.self)
        } catch { return (error as? Failure)?.diagnostics.first?.message ?? "\(error)" }
    }
}
