import PluginKit

/// Packages that are built from their source, and are not.
enum BuildFailures {
    static func explain(_ output: ToolOutput, _ asked: AskedFor) -> [Diagnostic] {
        let marks = [
            "build backend returned an error", "Failed building wheel for", "did not run successfully",
            "metadata-generation-failed", "Failed to build `",
        ]
        guard marks.contains(where: output.contains) else { return [] }
        let (name, place) = package(output, asked)
        let what = name.map { "`\($0)`" } ?? "a package"
        let words = lastWords(output)
        if let tool = missingTool(output) {
            return [
                Diagnostic(
                    .toolMissing, "building \(what) takes `\(tool)`, which is not there", at: place, cause: words,
                    hint: "install `\(tool)`, or choose a version that comes as a wheel")
            ]
        }
        let header = output.line(with: "fatal error: ")?.between("fatal error: ", ": No such file")
        return [
            Diagnostic(
                .buildFailed, "\(what) cannot be built from its source", at: place, cause: words,
                hint: header.map { "install the library that `\($0)` belongs to" }
                    ?? "choose a version that comes as a wheel, or install what its build lacks")
        ]
    }

    private static func package(_ output: ToolOutput, _ asked: AskedFor) -> (String?, Place?) {
        for mark in ["Failed to build `", "Failed to download and build `"] {
            guard let what = output.rest(after: mark)?.prefix(while: { $0 != "`" }) else { continue }
            let name = String(what.prefix { $0 != "=" && $0 != " " })
            let folder = what.firstRange(of: "file://").map { String(what[$0.upperBound...]) }
            let shown = folder == nil ? String(what) : name
            return (shown, asked.place(ofPackage: name) ?? folder.flatMap(asked.place(ofFolder:)) ?? asked.place)
        }
        if let name = output.rest(after: "Failed building wheel for ") {
            return (name, asked.place(ofPackage: name) ?? asked.place(ofFolder: name) ?? asked.place)
        }
        if let folder = asked.onlyFolder { return (folder.name, folder.place) }
        return (nil, asked.place)
    }

    /// The end of what the build printed: its last eight lines.
    private static func lastWords(_ output: ToolOutput) -> String {
        var lines = output.lines.map(\.trimmedStart)
        if let end = lines.firstIndex(of: "[end of output]") { lines = Array(lines[..<end]) }
        let noise = [
            "hint: ", "note: ", "ray: ", "ERROR: Could not build wheels", "ERROR: Failed building", "╰─>", "│", "×",
            "[stdout]", "[stderr]", "error: subprocess-exited-with-error", "error: Failed to build", "^^", "cause: ",
        ]
        lines = lines.filter { line in !line.isEmpty && !noise.contains { line.hasPrefix($0) } }
        return lines.suffix(8).map { $0.count > 200 ? $0.prefix(200) + "…" : $0 }.joined(separator: "\n")
    }

    private static let tools: Set = [
        "cc", "gcc", "g++", "c++", "clang", "clang++", "gfortran", "f95", "nvcc", "cmake", "ninja", "make", "meson",
        "cargo", "rustc", "pkg-config", "swig", "git", "hg", "svn", "bzr", "x86_64-linux-gnu-gcc",
        "aarch64-linux-gnu-gcc",
    ]

    private static func missingTool(_ output: ToolOutput) -> String? {
        if output.contains("can't find Rust compiler") { return "rustc" }
        for line in output.lines {
            if line.contains("[Errno 2] No such file or directory: '"),
                let name = line.between("No such file or directory: '", "'"), !name.contains("/"), !name.contains(".")
            {
                return name
            }
            if let name = line.between("command '", "' failed: No such file or directory") { return name }
            if let name = line.between("unable to execute '", "'") { return name }
            if line.hasSuffix(": command not found") || line.hasSuffix(": not found"),
                let name = line.split(separator: ":").dropLast().last?.split(separator: " ").last.map(String.init),
                tools.contains(name)
            {
                return name
            }
        }
        return nil
    }
}
