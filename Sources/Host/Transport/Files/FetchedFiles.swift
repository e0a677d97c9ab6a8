import FoundationEssentials
import Glibc
import Subprocess
import SystemPackage

/// Brings a file or folder of a node here.
///
/// It comes into a folder of its own first: what a node sends is nowhere else until it is whole, and then put in
/// place by this program, which follows no link at its target.
package struct FetchedFiles: Sendable {
    private let context: Context
    private let script: String

    package init(_ context: Context) throws(Failure) {
        self.context = context
        script = try NodeShell.script(context)
    }

    /// What came.
    package struct Fetched: Sendable {
        /// Its folder, which holds the contents of a folder or one file.
        package var folder: String
        package var isFolder: Bool
    }

    /// Brings `path` into a new folder below `place`; nil where the node has no such path.
    package func fetch(_ path: String, of node: NodeShell, below place: String) async throws -> Fetched? {
        guard let tar = context.tool("tar") else {
            throw Failure(.toolMissing, "`tar` is not on PATH", hint: "install tar")
        }
        let folder = place / ".ray-\(RandomName.make())"
        try Files.makeFolder(place)
        try Files.makeFolder(folder, mode: 0o700)
        do {
            let kind = try await receive("set -- give \(path.shellQuoted)\n" + script, node, tar, folder)
            if let kind { return Fetched(folder: folder, isFolder: kind == "ray-files folder") }
        } catch {
            try? Files.remove(folder)
            throw error
        }
        try Files.remove(folder)
        return nil
    }

    /// Returns the first line that the script says for itself; nil where there is nothing to send.
    private func receive(_ script: String, _ node: NodeShell, _ tar: String, _ folder: String) async throws -> String? {
        let words = try node.words(NodeShell.command(script))
        let result = try await Subprocess.run(
            .path(FilePath(words[0])), arguments: Arguments(Array(words.dropFirst())),
            environment: .only(node.environment), input: .none, output: .sequence, error: .bytes(limit: 1 << 20)
        ) { execution in
            var (begun, kind) = (Data(), String?.none)
            var told = execution.standardOutput.makeAsyncIterator()
            while kind == nil, let buffer = try await told.next() {
                buffer.withUnsafeBytes { begun.append(contentsOf: $0) }
                kind = Self.takeKind(&begun)
            }
            guard let kind else { return (String?.none, String?.none) }
            let local = try await Subprocess.run(
                .path(FilePath(tar)), arguments: ["-x", "-o", "-f", "-", "-C", folder],
                environment: .only(context.environment), input: .inputWriter, output: .discarded,
                error: .string(limit: 1 << 20)
            ) { local in
                do {
                    _ = try await local.standardInputWriter.write(Array(begun))
                    while let buffer = try await told.next() {
                        _ = try await local.standardInputWriter.write(buffer.withUnsafeBytes { Array($0) })
                    }
                    try await local.standardInputWriter.finish()
                } catch is SubprocessError {
                    // It has ended early, and says why.
                    try? await local.standardInputWriter.finish()
                }
            }
            return (kind, local.terminationStatus.isSuccess ? nil : local.standardError.lastLines(5))
        }
        let (kind, trouble) = result.closureResult
        let exit = Exit(result.terminationStatus)
        let errors = String(decoding: Data(result.standardError).suffix(8192), as: UTF8.self).lastLines(5)
        if kind == nil, exit == .status(3) { return nil }
        guard let kind, exit == .status(0) || (trouble != nil && errors.isEmpty) else {
            throw Failure(
                .input, "\(node.node) cannot send all of it", cause: errors,
                hint: "see whether the user there may read it")
        }
        if let trouble {
            throw Failure(
                trouble.contains("No space left") ? .disk : .input,
                "cannot write what \(node.node) sends into `\(folder)`", cause: trouble,
                hint: "see whether there is room, and whether you may write there")
        }
        return kind
    }

    private static func takeKind(_ text: inout Data) -> String? {
        for kind in ["ray-files folder", "ray-files file"] {
            let line = Data("\(kind)\n".utf8)
            guard let range = text.firstRange(of: line),
                range.lowerBound == text.startIndex
                    || text[text.index(before: range.lowerBound)] == UInt8(ascii: "\n")
            else { continue }
            text = Data(text[range.upperBound...])
            return kind
        }
        return nil
    }

    /// Puts what came where it belongs, over what is there, and leaves out what the filter says.
    package func place(_ fetched: Fetched, at target: String, _ filter: FileFilter) async throws {
        defer { try? Files.remove(fetched.folder) }
        guard fetched.isFolder else {
            for name in try LayerFiles.names(in: fetched.folder)
            where !filter.rules(ignoring: []).leavesOut(name, isFolder: false) {
                try move(fetched.folder / name, to: target)
            }
            return
        }
        let git = filter.asksGit ? try await IgnoredFiles(context).paths(in: fetched.folder) : []
        let rules = try filter.rules(ignoring: Set(git.map(EntryPath.init))).inside(fetched.folder, at: "")
        var status = stat()
        stat(fetched.folder, &status)
        chmod(fetched.folder, status.st_mode & 0o7777 | 0o700)
        let isNew = !Files.exists(target)
        try Files.makeFolder(target)
        try merge(fetched.folder, "", into: target, rules)
        if isNew { chmod(target, status.st_mode & 0o7777) }
    }

    private func merge(
        _ folder: String, _ path: String, into target: String, _ rules: FileFilter.Rules
    ) throws(Failure) {
        for name in try LayerFiles.names(in: folder, hint: "rename it there, or leave it out with `rsync_exclude`") {
            let (source, below) = (folder + "/" + name, path.isEmpty ? name : path + "/" + name)
            let isFolder = Files.isFolder(source) && !Files.isLink(source)
            guard !rules.leavesOut(below, isFolder: isFolder) else { continue }
            guard isFolder else {
                try move(source, to: target + "/" + name)
                continue
            }
            var status = stat()
            lstat(source, &status)
            let mode = status.st_mode & 0o7777
            // What is taken out of it must let itself be taken.
            chmod(source, mode | 0o700)
            if Files.isLink(target + "/" + name) || !Files.isFolder(target + "/" + name) {
                unlink(target + "/" + name)
                try Files.makeFolder(target + "/" + name)
            }
            chmod(target + "/" + name, mode | 0o700)
            try merge(source, below, into: target + "/" + name, try rules.inside(source, at: below))
            chmod(target + "/" + name, mode)
        }
    }

    private func move(_ source: String, to target: String) throws(Failure) {
        guard rename(source, target) == 0 else { throw Failure(system: errno, "cannot write `\(target)`") }
    }
}
