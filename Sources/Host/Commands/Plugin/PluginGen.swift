import ArgumentParser
import FoundationEssentials

struct PluginGen: RunnableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gen",
        abstract: "Write what a plugin.yaml says of its operations as code for the author's compiler.",
        discussion: """
            C has a header with a prototype for each operation and the table of all; C++ takes it too, and so does \
            Swift with `@c @implementation`. Rust has a module. A function that differs is refused by the compiler.

            $ ray plugin gen -o hello.h
            $ ray plugin gen --language rust -o src/generated.rs
            $ ray plugin gen --check -o hello.h
            """)

    @Argument(help: ArgumentHelp("The folder with the plugin.yaml; this one, if left out.", valueName: "folder"))
    var folder: String?

    @Option(help: "The language of the code.")
    var language = GeneratedLanguage.c

    @Option(
        name: [.customShort("o"), .customLong("output")],
        help: ArgumentHelp("Write to this file; one that is as it should be is left alone.", valueName: "file"))
    var file: String?

    @Flag(help: "Write nothing; fail if the file is not as it should be.")
    var check = false

    @OptionGroup var output: OutputOptions

    func run(_ context: Context, _ interrupts: Interrupts) async throws -> Int32 {
        guard file != nil || !check else {
            throw Failure(.usage, "`--check` needs the file to check", hint: "name it with `--output FILE`")
        }
        let folder = folder.map { context.workingDirectory / $0 } ?? context.workingDirectory
        let schema = try PluginSchema(context.folders).manifest()
        let text = GeneratedCode.text(of: try Manifest.read(in: folder, schema: schema).manifest, in: language)
        guard let file = file.map({ context.workingDirectory / $0 }) else {
            context.terminal.output(String(text.dropLast()))
            return 0
        }
        let found = try Files.read(file)
        guard found != Data(text.utf8) else { return 0 }
        if let found, !found.isEmpty, found.firstRange(of: Data(GeneratedCode.firstLine.utf8)) == nil {
            throw Failure(
                .usage, "`\(self.file ?? file)` was not written by `ray plugin gen`, and stays as it is",
                hint: "name another file, or remove this one first")
        }
        if check { throw difference(of: found.map { String(decoding: $0, as: UTF8.self) }, from: text, in: file) }
        try Files.replace(file, with: Data(text.utf8), durable: false)
        return 0
    }

    private func difference(of found: String?, from text: String, in file: String) -> Failure {
        let words = self.file.map(\.shellQuoted) ?? file
        let hint = "write it with `ray plugin gen --language \(language.rawValue) -o \(words)`"
        guard let found else { return Failure(.input, "there is no file `\(file)`", hint: hint) }
        let lines = zip(
            found.split(separator: "\n", omittingEmptySubsequences: false),
            text.split(separator: "\n", omittingEmptySubsequences: false))
        let equal = lines.prefix { $0 == $1 }.count
        return Failure(
            .input, "this is not what plugin.yaml asks for", at: Place(file: file, line: equal + 1), hint: hint)
    }
}

extension GeneratedLanguage: ExpressibleByArgument {}
