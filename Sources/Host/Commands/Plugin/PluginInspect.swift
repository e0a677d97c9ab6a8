import ArgumentParser
import FoundationEssentials

struct PluginInspect: RunnableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Show all that a plugin says of itself and what its files are, without running it.",
        discussion: """
            $ ray plugin inspect pip
            $ ray plugin inspect ./my-plugin --json
            """)

    @Argument(help: "A plugin's id, or its folder.") var plugin: String
    @OptionGroup var plugins: PluginPathOptions
    @OptionGroup var output: OutputOptions

    func run(_ context: Context, _ interrupts: Interrupts) async throws -> Int32 {
        let found = try Catalogue.plugin(plugin, context, plugins.options)
        let inspection = try PluginInspection(found, context)
        if context.terminal.isJSON {
            context.terminal.output(json: inspection.json)
        } else {
            context.terminal.output(inspection.text)
        }
        return 0
    }
}

/// What can be known of a plugin without running it.
private struct PluginInspection {
    private let plugin: Plugin
    private let manifestText: JSONValue
    private let library: ELFFile
    private let digests: [String: String]
    private let trust: String
    private let log: String

    init(_ plugin: Plugin, _ context: Context) throws(Failure) {
        self.plugin = plugin
        let file = plugin.folder / "plugin.yaml"
        manifestText = try YAMLNode.parse(ConfigurationFile.read(file), file: file).json
        let memory = DigestMemory(folders: context.folders)
        let opened = try PluginLibrary(of: plugin, memory)
        library = try ELFFile(
            descriptor: opened.descriptor, size: FileStamp(descriptor: opened.descriptor)?.size ?? 0,
            path: plugin.library)
        digests = try plugin.libraryDigests(memory)
        let isolation =
            plugin.isolation(library: opened.digest) == .inProcess ? "inside ray" : "in a process of its own"
        trust =
            switch plugin.consent(library: opened.digest) {
            case .notNeeded: "came with ray; runs \(isolation)"
            case .given: "allowed by you; runs \(isolation)"
            case .outdated: "changed since you allowed it"
            case .missing: "not allowed yet: `ray plugin allow \(plugin.folder.shellQuoted)`"
            }
        let logFile = PluginLog(context.folders).file(of: plugin.id)
        log = Files.exists(logFile) ? logFile : ""
    }

    private var operations: [(name: String, operation: Manifest.Operation)] {
        plugin.manifest.operations.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    var json: JSONValue {
        [
            "manifest": manifestText, "folder": .string(plugin.folder), "source": .string(plugin.source),
            "trust": .string(trust), "log": log.isEmpty ? .null : .string(log),
            "digests": [
                "manifest": .string(plugin.manifestDigest), "libraries": .object(digests.mapValues(JSONValue.string)),
            ],
            "library": [
                "path": .string(plugin.library), "bytes": .int(Int64(library.size)),
                "needs": .array(library.needed.map(JSONValue.string)),
            ],
            "operations": .object(
                Dictionary(operations.map { ($0.name, JSONValue.string($0.operation.signature)) }) { $1 }),
        ]
    }

    var text: String {
        let manifest = plugin.manifest
        var lines = [
            "\(manifest.id) \(manifest.version)  \(manifest.description ?? "")",
            "kind         \(manifest.kind.rawValue), API \(manifest.api)",
            "handles      \(manifest.handled.joined(separator: ", "))",
            "folder       \(plugin.folder)",
            "source       \(plugin.source)",
            "trust        \(trust)",
            "manifest     sha256 \(plugin.manifestDigest)",
        ]
        for (platform, name) in manifest.libraries.sorted(by: { $0.key < $1.key }) {
            lines.append(
                "library      \(platform) \(name) \(digests[platform].map { "sha256 \($0)" } ?? "is not there")")
        }
        let needed = library.needed.isEmpty ? "no other library" : library.needed.joined(separator: ", ")
        lines.append("             \(library.size) bytes, needs \(needed)")
        for (name, operation) in operations {
            lines.append(
                "operation    \(name)(\(operation.signature)), \(plugin.deadline(of: name).inSeconds)"
            )
        }
        if !log.isEmpty { lines.append("log          \(log)") }
        return lines.map(\.printable).joined(separator: "\n")
    }
}
