/// Everything impure that a command needs, passed down from `main`; there are no globals.
package struct Context: Sendable {
    /// The variables of this process.
    package var environment: [String: String]
    package var workingDirectory: String
    package var folders: Folders
    package var terminal: Terminal
    /// The running program, absolute and with links resolved.
    package var program: String
    /// The words of the command line after the program's name.
    package var arguments: [String]

    package init(
        environment: [String: String], workingDirectory: String, folders: Folders, terminal: Terminal,
        program: String, arguments: [String] = []
    ) {
        self.environment = environment
        self.workingDirectory = workingDirectory
        self.folders = folders
        self.terminal = terminal
        self.program = program
        self.arguments = arguments
    }
}

extension Context {
    /// A path of the command line as an absolute one without `.`, `..` and `/` at its end; links stay.
    func resolved(_ path: String) -> String {
        var parts: [Substring] = []
        for part in (workingDirectory / path).split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        return "/" + parts.joined(separator: "/")
    }

    /// The first program of this name on PATH.
    package func tool(_ name: String) -> String? {
        (environment["PATH"] ?? "").split(separator: ":").lazy.map { String($0) / name }
            .first { $0.hasPrefix("/") && Files.isProgram($0) }
    }
}

/// Where `ray` keeps things, by the XDG base directory specification, and where it is installed.
package struct Folders: Sendable {
    package var home: String
    /// Sessions and their journals.
    package var state: String
    /// Environments and remembered answers; may be deleted at any time.
    package var cache: String
    /// Plugins that the user installed.
    package var data: String
    /// What the user decided, as which plugins may be used.
    package var configuration: String
    /// The folder that holds `bin/ray`.
    package var prefix: String

    /// Reads `HOME` and the `XDG_*` variables; relative values are ignored, as the specification
    /// asks.
    package init(environment: [String: String], home: String, program: String) {
        func folder(_ variable: String, _ fallback: String) -> String {
            guard let value = environment[variable], value.hasPrefix("/") else { return home / fallback / "ray" }
            return value / "ray"
        }
        self.home = home
        state = folder("XDG_STATE_HOME", ".local/state")
        cache = folder("XDG_CACHE_HOME", ".cache") / "v1"
        data = folder("XDG_DATA_HOME", ".local/share")
        configuration = folder("XDG_CONFIG_HOME", ".config")
        prefix = program.parentPath.parentPath
    }

    package var helper: String { prefix / "libexec/ray/ray-plugin-helper" }
    package var installedPlugins: String { prefix / "lib/ray/plugins" }
    package var userPlugins: String { data / "plugins" }
    /// The plugins that the user has allowed.
    package var allowances: String { configuration / "plugins.yaml" }
    package var schema: String { prefix / "share/ray/schema.json" }
    package var pluginSchema: String { prefix / "share/ray/plugin-schema.json" }
    package var knownPlugins: String { prefix / "share/ray/known-plugins.yaml" }
    /// The cluster files that `ray project create` can begin with.
    package var templates: String { prefix / "share/ray/templates" }
    /// What `ray plugin new` begins with: a folder for each kind and language.
    package var pluginTemplates: String { prefix / "share/ray/plugin-templates" }
}
