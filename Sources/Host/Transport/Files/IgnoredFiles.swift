import FoundationEssentials
import Subprocess
import SystemPackage

/// What git would not keep of a folder.
///
/// In the top folder of a repository all of git's rules count, so that what is tracked stays; elsewhere the files
/// `.gitignore` in the folder and below it.
struct IgnoredFiles: Sendable {
    private let program: String
    private let environment: [String: String]
    private let scratch: String

    init(_ context: Context) throws(Failure) {
        guard let program = context.tool("git") else {
            throw Failure(
                .toolMissing, "`git` is not on PATH, and says which files `.gitignore` leaves out",
                hint: "install git, or leave `.gitignore` out of `rsync_filter`")
        }
        self.program = program
        // What git sets for its hooks would have it look at another repository.
        environment = context.environment.filter { !$0.key.hasPrefix("GIT_") }
        scratch = context.folders.cache / "git-\(RandomName.make())"
    }

    /// The ignored files and folders, as paths below the folder; nothing below an ignored folder.
    func paths(in folder: String) async throws -> [String] {
        let words = ["ls-files", "-z", "--others", "--ignored", "--directory"]
        let output: Data
        if Files.exists(folder / ".git") {
            output = try await run(words + ["--exclude-standard"], in: folder)
        } else {
            try Files.makeFolder(scratch, mode: 0o700)
            defer { try? Files.remove(scratch) }
            _ = try await run(["init", "--quiet", "--bare", "--template=", scratch], in: folder)
            let place = ["--git-dir=\(scratch)", "--work-tree=\(folder)", "-c", "core.bare=false"]
            output = try await run(place + words + ["--exclude-per-directory=.gitignore"], in: folder)
        }
        return output.split(separator: 0).map {
            String(decoding: $0.last == UInt8(ascii: "/") ? $0.dropLast() : $0, as: UTF8.self)
        }
    }

    private func run(_ words: [String], in folder: String) async throws -> Data {
        let result = try await Subprocess.run(
            .path(FilePath(program)), arguments: Arguments(words), environment: .only(environment),
            workingDirectory: FilePath(folder), input: .none, output: .bytes(limit: 1 << 28),
            error: .string(limit: 1 << 16))
        guard result.terminationStatus.isSuccess else {
            throw Failure(
                .input, "git cannot say which files of `\(folder)` it ignores",
                cause: result.standardError.lastLines(5),
                hint: "see what `git -C \(folder.shellQuoted) status` says")
        }
        return Data(result.standardOutput)
    }
}
