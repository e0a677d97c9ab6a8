import FoundationEssentials
import Glibc

/// A plugin that is about to be made from a template.
struct NewPlugin {
    var id: PluginID
    var template: PluginTemplate
    var folder: String

    /// Makes the folder in one step, so that nothing half-written is left behind.
    ///
    /// `prefix` is where ray is installed, which the build of the plugin has to know.
    func write(for prefix: String, schema: JSONSchema) throws(Failure) {
        guard Files.names(in: folder).isEmpty, Files.isFolder(folder) || !Files.exists(folder) else {
            throw Failure(
                .input, "`\(folder)` is there already", hint: "choose another name, or remove what is there")
        }
        let staging = "\(folder).\(getpid()).new"
        do throws(Failure) {
            for file in template.files {
                let path = staging / filled(file.path, prefix)
                try Files.makeFolder(path.parentPath)
                try Files.replace(path, with: Data(filled(file.text, prefix).utf8), durable: false)
            }
            try generate(in: staging, schema)
            guard rename(staging, folder) == 0 else {
                throw Failure(system: errno, "cannot make the folder `\(folder)`")
            }
        } catch {
            try? Files.remove(staging)
            throw error
        }
    }

    /// A crate is built without ray: what it needs of it comes with the source.
    private func generate(in folder: String, _ schema: JSONSchema) throws(Failure) {
        guard Files.exists(folder / "Cargo.toml") else { return }
        let manifest = try Manifest.read(in: folder, schema: schema).manifest
        try Files.replace(
            folder / "src/generated.rs", with: Data(GeneratedCode.text(of: manifest, in: .rust).utf8), durable: false)
    }

    private func filled(_ text: String, _ prefix: String) -> String {
        let values = [
            "@ID@": id.text, "@NAME@": id.underscored, "@VARIABLE@": id.underscored.uppercased(),
            "@TYPE@": id.camelCased, "@PLATFORM@": Manifest.platform,
            "@PREFIX_IN_MAKE@": prefix.replacing("$", with: "$$").replacing("#", with: "\\#"),
            "@PREFIX_IN_SWIFT@": prefix.escapedForLiteral,
        ]
        return values.reduce(text) { $0.replacing($1.key, with: $1.value) }
    }
}
