import FoundationEssentials
import Host
import Testing

extension Trait where Self == ConditionTrait {
    /// Skips where a program is not installed, and says so; fails there when `CI` is set.
    static func needs(_ program: String) -> Self {
        .enabled("`\(program)` is not installed") {
            let folders = (TestBed.variable("PATH") ?? "").split(separator: ":").map(String.init)
            let isThere = folders.contains { Files.isProgram($0 / program) }
            if !isThere, TestBed.variable("CI") != nil { throw MissingProgram(name: program) }
            return isThere
        }
    }
}

struct MissingProgram: Error, CustomStringConvertible {
    var name: String
    var description: String { "CI is set and `\(name)` is not installed" }
}

extension Workplace {
    /// The variables of an author who has the built `ray` on PATH and rustup in his own home.
    var authorVariables: [String: String] {
        get throws {
            var variables = ["PATH": try #require(TestBed.prefix) / "bin:" + (environment["PATH"] ?? "")]
            if let home = TestBed.variable("HOME"), Files.isFolder(home / ".rustup") {
                variables["RUSTUP_HOME"] = TestBed.variable("RUSTUP_HOME") ?? home / ".rustup"
            }
            return variables
        }
    }

    /// Runs a program without a network, where this system lets its users do that.
    func runOffline(_ program: String, _ arguments: [String], in directory: String) async throws -> Outcome {
        let cut = ["-rn", "--"]
        let canCut = try await run("unshare", cut + ["true"]).status == 0
        return try await run(
            canCut ? "unshare" : program, canCut ? cut + [program] + arguments : arguments, in: directory,
            variables: authorVariables)
    }

    /// Copies a folder of the repository to where nothing else of it is.
    func copy(_ path: String, to folder: String) async throws {
        let repository = #filePath.parentPath.parentPath.parentPath.parentPath
        try Files.makeFolder(folder.parentPath)
        let copied = try await run("cp", ["-R", repository / path, folder])
        #expect(copied.status == 0, "\(copied.errors)")
    }
}
