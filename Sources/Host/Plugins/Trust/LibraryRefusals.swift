import Glibc

/// What keeps a library from being loaded as a plugin.
///
/// The dynamic linker's own words mislead (a library for another machine is "no such file") and a
/// file that is cut off ends the process that loads it: so the host looks first.
extension ELFFile {
    /// The one function that a plugin exports.
    static let entry = "rayp_entry_v1"

    /// Throws everything that keeps it from being loaded on `platform`, as in `linux-x86_64`.
    ///
    /// `resolving` looks also for the symbols that other libraries have to define, in those that it
    /// needs and those that these need; that takes longer, and dlopen finds it out as well.
    package func judge(
        for platform: String, descriptor: Int32, search: @autoclosure () -> LibrarySearch = LibrarySearch(),
        resolving: Bool = false
    ) throws(Failure) {
        let findings = refusals(for: platform, descriptor: descriptor, search: search(), resolving: resolving)
        guard findings.isEmpty else { throw Failure(findings.map(\.diagnostic)) }
    }

    /// The same as findings.
    package func refusals(
        for platform: String, descriptor: Int32, search: @autoclosure () -> LibrarySearch, resolving: Bool
    ) -> [Finding] {
        let finding = isHeaderWhole ? wrongMachine(platform) ?? wrongType ?? truncation : truncation
        if let finding { return [finding] }
        let search = search()
        return (missingEntry(descriptor).map { [$0] } ?? []) + foreignLibraries + missingLibraries(search)
            + (resolving ? unresolved(search) : [])
    }

    /// Whether it is a library for a platform, as in `linux-x86_64`.
    func isBuilt(for platform: String) -> Bool { isHeaderWhole && wrongMachine(platform) == nil }

    private func wrongMachine(_ platform: String) -> Finding? {
        let wanted = platform.split(separator: "-").last.map(String.init) ?? platform
        if !is64Bit {
            return Finding(
                .elfClass, "`\(path)` is a 32-bit library, built for \(machineName)",
                cause: "this machine is \(wanted)",
                hint: "build the plugin for \(platform)")
        }
        guard machineName == wanted, isLittleEndian else {
            return Finding(
                .elfMachine, "`\(path)` is built for \(machineName), this machine is \(wanted)",
                hint: "install a build of the plugin for \(platform)")
        }
        return nil
    }

    private var machineName: String {
        let names: [UInt16: String] = [
            2: "sparc", 3: "i386", 8: "mips", 20: "ppc", 21: "ppc64", 22: "s390x", 40: "arm", 43: "sparc64",
            62: "x86_64", 183: "aarch64", 243: "riscv64", 258: "loongarch64",
        ]
        return (names[machine] ?? "machine \(machine)") + (isLittleEndian ? "" : " (big-endian)")
    }

    private var wrongType: Finding? {
        let kinds: [UInt16: String] = [1: "an object file, not yet linked", 2: "a program", 4: "a core dump"]
        guard type != 3 || isProgram else { return nil }
        return Finding(
            .elfType,
            "`\(path)` is no shared library: it is \(type == 3 ? "a program" : kinds[type] ?? "of type \(type)")",
            hint: "link the plugin with `-shared`")
    }

    private var truncation: Finding? {
        if isTruncated {
            return Finding(
                .elfTruncated, "`\(path)` is cut off: \(end - size) of its \(end) bytes are missing",
                cause: "its headers describe what lies behind the end of the file",
                hint: "copy or install the plugin again")
        }
        guard !hasDynamicSection else { return nil }
        return Finding(
            .elfType, "`\(path)` has no dynamic section, so that it cannot be loaded",
            hint: "link the plugin with `-shared`, and strip it with `strip --strip-unneeded` at most")
    }

    private func missingEntry(_ descriptor: Int32) -> Finding? {
        switch symbols.export(Self.entry) {
        case .function?: return nil
        case .data?:
            return Finding(
                .elfEntry, "`\(path)` exports `\(Self.entry)` as data, not as a function",
                hint: "define it as `const rayp_plugin_t *\(Self.entry)(void)`, as <ray/plugin.h> declares it")
        case nil:
            let exports = symbols.exports.keys.sorted()
            let cause = exports.isEmpty ? "it exports nothing" : nearMisses(exports)
            return Finding(
                .elfEntry, "`\(path)` does not export the function `\(Self.entry)`", cause: cause,
                hint: hides(Self.entry, descriptor)
                    ? "it has the function, hidden: give it default visibility, and name it in the export map if there is one"
                    : "define the function that <ray/plugin.h> declares, with C linkage and default visibility")
        }
    }

    private func nearMisses(_ exports: [String]) -> String {
        let near = exports.filter { $0.contains("rayp_entry") || nearest(to: Self.entry, among: [$0]) != nil }
        guard near.isEmpty else { return "it exports \(near.prefix(5).map { "`\($0)`" }.joined(separator: ", "))" }
        return "it exports \(exports.count == 1 ? "one other symbol" : "\(exports.count) other symbols"), none like it"
    }

    /// Libraries from elsewhere would run with it, and nobody has looked at those.
    ///
    /// `$ORIGIN` leads nowhere for one that is loaded by its descriptor.
    private var foreignLibraries: [Finding] {
        let folders = runpath.filter { !$0.hasPrefix("$ORIGIN") && !$0.hasPrefix("${ORIGIN}") }
        let paths = folders.map { $0.isEmpty ? "." : $0 } + needed.filter { $0.contains("/") }
        guard !paths.isEmpty else { return [] }
        return [
            Finding(
                .elfRunpath, "`\(path)` takes libraries from `\(paths.joined(separator: ":"))`",
                cause: "a plugin is one file, and what it needs besides comes from the system's own folders",
                hint: "link it without `-rpath`, and its libraries by name or statically")
        ]
    }

    private func missingLibraries(_ search: LibrarySearch) -> [Finding] {
        needed.filter { search.path(of: $0, for: self) == nil }.map { name in
            let origin = runpath.contains { $0.contains("$ORIGIN") || $0.contains("${ORIGIN}") }
            return Finding(
                .elfNeeded, "`\(path)` needs the library `\(name)`, which is not on this machine",
                cause: "looked for in \(search.places(for: self).joined(separator: ", "))"
                    + (origin ? "; `$ORIGIN` has no meaning for a plugin, which is loaded by its descriptor" : ""),
                hint: "install `\(name)`, or link the plugin with it statically: a plugin is one file")
        }
    }

    /// Symbols and versions that none of the libraries in reach has.
    private func unresolved(_ search: LibrarySearch) -> [Finding] {
        let reached = closure(search)
        let stale = symbols.requiredVersions.filter { required in
            reached[required.library].map { !$0.symbols.defined.contains(required.version) } ?? false
        }
        var findings = stale.map { required in
            Finding(
                .elfVersion,
                "`\(path)` needs \(required.version) of `\(required.library)`, which this machine's is too old for",
                cause: "it is `\(reached[required.library]?.path ?? "")`",
                hint: "build the plugin on a system as old as the oldest that it is for")
        }
        let missing = symbols.undefined.sorted { $0.name < $1.name }.filter { symbol in
            !stale.contains { $0.version == symbol.version && $0.library == symbol.library }
                && symbols.export(symbol.name) == nil
                && !reached.values.contains { $0.symbols.export(symbol.name) != nil }
        }
        if !missing.isEmpty {
            let lines = missing.prefix(40).map { symbol in
                "`\(symbol.name)`"
                    + (symbol.library.map { " of \($0)" } ?? "") + (symbol.version.map { ", version \($0)" } ?? "")
            }
            findings.append(
                Finding(
                    .elfUndefined,
                    "`\(path)` uses \(missing.count == 1 ? "a symbol" : "\(missing.count) symbols") that no library it needs defines",
                    cause: (lines + (missing.count > 40 ? ["and \(missing.count - 40) more"] : [])).joined(
                        separator: "\n"),
                    hint: "link the plugin with what defines them; `-Wl,-z,defs` makes the linker tell"))
        }
        return findings
    }

    /// The libraries that it needs, and those that these need, by the names they are needed by.
    private func closure(_ search: LibrarySearch) -> [String: ELFFile] {
        var reached: [String: ELFFile] = [:]
        var waiting = [self]
        while let file = waiting.popLast() {
            for name in file.needed where reached[name] == nil {
                guard reached.count < 256, let path = search.path(of: name, for: file),
                    let library = try? ELFFile(path: path)
                else { continue }
                reached[name] = library
                waiting.append(library)
            }
        }
        return reached
    }

    /// Reads the file at a path; throws also when it cannot be opened.
    package init(path: String) throws(Failure) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Failure(system: errno, "cannot open `\(path)`") }
        defer { close(descriptor) }
        try self.init(descriptor: descriptor, size: FileStamp(descriptor: descriptor)?.size ?? 0, path: path)
    }

    /// The finding for a file that begins with something else than an ELF header.
    static func noELF(_ start: some Sequence<UInt8>, _ path: String) -> Finding {
        let bytes = Array(start)
        let text = String(decoding: bytes.prefix { $0 >= 0x20 && $0 < 0x7F }, as: UTF8.self)
        let known = [
            ("!<arch>", "it is a static library"), ("MZ", "it is a library of Windows"),
            ("version https:/", "it is a pointer of Git LFS"), ("#!", "it is a script"),
        ]
        let isApple = [[0xCF, 0xFA, 0xED, 0xFE], [0xCA, 0xFE, 0xBA, 0xBE]].contains(Array(bytes.prefix(4)))
        let digits = bytes.prefix(8).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }
        let beginning = text.count >= 2 ? "`\(text)`" : "the bytes \(digits.joined(separator: " "))"
        return Finding(
            .notELF,
            bytes.isEmpty ? "`\(path)` is empty" : "`\(path)` is no ELF file: it begins with \(beginning)",
            cause: isApple ? "it is a library of macOS" : known.first { text.hasPrefix($0.0) }?.1,
            hint: "build the plugin for \(Manifest.platform), and link it with `-shared`")
    }
}
