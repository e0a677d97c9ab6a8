import FoundationEssentials
import Glibc

@testable import Host

/// A folder whose plugin.yaml is the input, read as that of any plugin is.
struct ManifestInput {
    let folder = ".build/fuzz/plugin"
    let schema: JSONSchema

    /// One for the process: what libFuzzer calls can capture nothing.
    static let only = ManifestInput()

    private init() {
        guard let text = try? Files.read("plugin-schema.json"),
            let schema = try? PluginSchema(parsing: [UInt8](text)).manifest(),
            (try? Files.makeFolder(folder)) != nil
        else { preconditionFailure("it runs in the root of the repository") }
        self.schema = schema
        // A library has to be there, not to be sound: none is opened.
        Self.put(Data(), at: folder / "library.so")
    }

    func read(_ input: Data) {
        Self.put(input, at: folder / "plugin.yaml")
        guard let plugin = try? Plugin(readingManifestIn: folder, schema: schema) else { return }
        for operation in plugin.manifest.operations.values { _ = operation.signature }
        for document in (plugin.manifest.keys ?? [:]).values { _ = try? JSONSchema(document.value) }
        if let document = plugin.manifest.schema { _ = try? JSONSchema(document.value) }
    }

    private static func put(_ data: Data, at path: String) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        precondition(descriptor >= 0 && Files.writeAll(data, to: descriptor) == 0)
        close(descriptor)
    }
}
