/// The schemas of what is written about plugins: plugin-schema.json.
package struct PluginSchema: Sendable {
    private let json: JSONValue

    /// Reads plugin-schema.json, which like all JSON is YAML.
    package init(parsing text: [UInt8], file: String = "plugin-schema.json") throws(Failure) {
        json = try YAMLNode.parse(text, file: file).json
    }

    /// Reads the file that is installed.
    package init(_ folders: Folders) throws(Failure) {
        guard let data = try Files.read(folders.pluginSchema) else {
            throw Failure(incompleteInstallation: folders.pluginSchema)
        }
        try self.init(parsing: [UInt8](data), file: folders.pluginSchema)
    }

    /// What a plugin's manifest must fit.
    package func manifest() throws(Failure) -> JSONSchema {
        try JSONSchema(json, called: "plugin-schema.json")
    }

    /// What the list of allowed plugins must fit.
    package func allowances() throws(Failure) -> JSONSchema {
        try JSONSchema(json, at: "/$defs/allowances", called: "plugin-schema.json")
    }

    /// What a project's plugins.lock must fit.
    package func lock() throws(Failure) -> JSONSchema {
        try JSONSchema(json, at: "/$defs/lock", called: "plugin-schema.json")
    }
}

extension Failure {
    /// A file that is installed with ray is not there.
    package init(incompleteInstallation file: String) {
        self.init(
            .internal, "`\(file)` is missing",
            hint: "install ray again: its bin, lib, libexec and share belong together")
    }
}
