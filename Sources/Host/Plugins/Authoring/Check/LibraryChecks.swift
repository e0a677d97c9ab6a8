import Glibc

/// What can be said of a plugin's library without running any of it.
struct LibraryChecks {
    private(set) var findings: [Finding] = []
    private(set) var summary = ""
    /// Whether there is a library that may be loaded.
    private(set) var isLoadable = false

    init(_ plugin: Plugin) {
        let path = plugin.library
        guard !Files.isLink(path) else {
            findings = [
                Finding(
                    .libraryNone, "the library `\(path)` is a symbolic link, which no host loads",
                    hint: "copy the library into the plugin's folder")
            ]
            return
        }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            findings = [
                Finding(
                    .libraryNone, "the library `\(path)` cannot be read", cause: String(cString: strerror(errno)),
                    hint: "build the plugin, and make the file readable")
            ]
            return
        }
        defer { close(descriptor) }
        do throws(Failure) {
            let size = FileStamp(descriptor: descriptor)?.size ?? 0
            check(try ELFFile(descriptor: descriptor, size: size, path: path), descriptor)
        } catch {
            findings = error.diagnostics.map { Finding(.notELF, $0) }
        }
        isLoadable = !findings.contains { $0.diagnostic.severity == .error && $0.code != .elfStack }
        findings += modes(of: [path, plugin.folder, plugin.folder / "plugin.yaml"])
    }

    private mutating func check(_ file: ELFFile, _ descriptor: Int32) {
        findings = file.refusals(
            for: Manifest.platform, descriptor: descriptor, search: LibrarySearch(), resolving: true)
        guard file.hasDynamicSection else { return }
        findings += memory(file) + surroundings(file)
        let others = file.needed.isEmpty ? "no other" : file.needed.joined(separator: ", ")
        summary = "for \(Manifest.platform), needs \(others)"
    }

    private func memory(_ file: ELFFile) -> [Finding] {
        var findings: [Finding] = []
        if file.hasExecutableStack {
            findings.append(
                Finding(
                    .elfStack, "`\(file.path)` asks for a stack that can run code",
                    hint:
                        "link it with `-Wl,-z,noexecstack`; an object made from assembler may lack a `.note.GNU-stack`"
                ))
        }
        if file.hasTextRelocations {
            findings.append(
                Finding(
                    .elfTextRelocations, "`\(file.path)` changes its own code while it is loaded",
                    hint: "compile all of it with `-fPIC`", severity: .warning))
        }
        if file.hasStaticTLS {
            findings.append(
                Finding(
                    .elfStaticTLS,
                    "`\(file.path)` takes thread storage that only a few libraries of a process can have",
                    hint: "compile it with `-ftls-model=global-dynamic`, or link nothing that was compiled otherwise",
                    severity: .warning))
        }
        return findings
    }

    private func surroundings(_ file: ELFFile) -> [Finding] {
        var findings: [Finding] = []
        let marks: Set = ["_init", "_fini", "_edata", "_end", "__bss_start", ELFFile.entry]
        let others = file.symbols.exports.keys.filter { !marks.contains($0) }.sorted()
        if !others.isEmpty {
            let names = others.prefix(3).map { "`\($0)`" }.joined(separator: ", ")
            findings.append(
                Finding(
                    .elfExports,
                    "`\(file.path)` exports \(others.count == 1 ? "a symbol" : "\(others.count) symbols") beside `\(ELFFile.entry)`",
                    cause: names + (others.count > 3 ? " and others" : ""),
                    hint: "compile it with `-fvisibility=hidden`, or link it with an export map", severity: .warning))
        }
        return findings
    }

    /// What others may write to is not the author's alone.
    private func modes(of paths: [String]) -> [Finding] {
        paths.compactMap { path in
            var status = stat()
            guard stat(path, &status) == 0, status.st_mode & 0o022 != 0 else { return nil }
            return Finding(
                .fileMode,
                "`\(path)` may be written by others: its mode is \(String(status.st_mode & 0o7777, radix: 8))",
                hint: "`chmod go-w \(path.shellQuoted)`")
        }
    }
}
